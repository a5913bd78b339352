"""The builder in words: what a step needs, and the foot to tap."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.screening.stored_findings import StoredFinding
from practice.wording.findings import Finding
from routines.catalog.methods import Protocol
from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight, draw_foot
from routines.plans.check_draft import StepReport
from routines.templatetags.plan_words import SIDE_WORDS

register = template.Library()

WORST_FIRST = ("blocked", "excluded", "reduce_pressure", "shorten")


@register.filter
def worst_state(report: StepReport) -> str:
    """The CSS class that colours a step's card."""
    kinds = {verdict.kind for verdict in report.sides.values()}
    if report.invalid:
        kinds.add("excluded")
    return next((kind for kind in WORST_FIRST if kind in kinds), "allowed")


@register.filter
def wording(field: BoundField) -> list[Finding]:
    """What was found in the stored text of this field of the builder."""
    found: list[Finding] = getattr(field.form, "wording", {}).get(field.name, [])
    return found


@register.filter
def trouble_words(trouble: Any, catalog: Catalog) -> str:
    """What some sides of a step need: "Left: leave out", "Both feet: no stronger than “light”, at most 120 s"."""
    side = SIDE_WORDS[trouble.side]
    if trouble.kind == "excluded":
        return _("%(side)s: has to be left out.") % {"side": side}
    limits = []
    if trouble.level:
        limits.append(_("no stronger than “%(level)s”") % {"level": catalog.level_by_slug[trouble.level].name.lower()})
    if trouble.seconds:
        limits.append(_("at most %(n)d s") % {"n": trouble.seconds})
    return _("%(side)s: %(limits)s.") % {"side": side, "limits": ", ".join(limits)}


@register.filter
def said(finding: StoredFinding) -> str:
    """The question and the answer behind a finding, or the fact."""
    if finding["kind"] == "absence":
        return finding["rationale"]
    return "; ".join(
        _("“%(question)s” — %(answer)s") % {"question": entry["question"], "answer": entry["answer"]}
        for entry in finding["answers"]
    )


@register.filter
def of_rule(findings: Mapping[str, StoredFinding], rule: str) -> StoredFinding | None:
    return findings.get(rule)


@register.filter
def protocol_facts(protocol: Protocol) -> str:
    """How long, how often and in how many phases: "10 min, 2 times a day · 4 phases"."""
    minutes, per_day = protocol.session.minutes, protocol.session.per_day
    long = _("%(low)s\u2013%(high)s min") % {"low": minutes.min, "high": minutes.max}
    if per_day.max == 1:
        often = _("once a day")
    elif per_day.min == per_day.max:
        often = _("%(n)s times a day") % {"n": per_day.min}
    else:
        often = _("%(low)s\u2013%(high)s times a day") % {"low": per_day.min, "high": per_day.max}
    count = len(protocol.phases)
    phases = ngettext("%(phases)d phase", "%(phases)d phases", count) % {"phases": count}
    return f"{long}, {often} · {phases}"


@register.simple_tag
def pick_map(picker: Any, plan: Any, catalog: Catalog) -> SafeString:
    """One foot whose places lead to the zones there."""
    address = reverse("routines:builder_pick", args=[plan.pk, picker.phase.pk])
    view, wanted = picker.wanted.view, picker.wanted
    atlas = catalog.atlas
    links = {
        region.slug: f"{address}?{urlencode({'region': region.slug, 'view': view, 'tradition': wanted.tradition})}"
        for region in atlas.leaves_in(view)
    }
    highlights = (
        [Highlight((wanted.region,), "right", "pick", atlas.regions[wanted.region].name)] if wanted.region else []
    )
    highlights += [Highlight((leaf,), "right", "absent", atlas.regions[leaf].name) for leaf in sorted(picker.nowhere)]
    return draw_foot(
        view,
        "right",
        highlights,
        atlas=atlas,
        element_id=f"pick-{picker.phase.pk.hex[:8]}",
        interactive=True,
        links=links,
    )
