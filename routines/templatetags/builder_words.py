"""The builder in words: what a step needs, and the foot to tap."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight, draw_foot
from routines.plans.check_draft import StepReport
from routines.plans.highlights import atlas_of
from routines.templatetags.plan_words import SIDE_WORDS

register = template.Library()

WORST_FIRST = ("blocked", "excluded", "reduce_pressure", "shorten")


@register.filter
def worst_state(report: StepReport) -> str:
    """The class that colours a step's card."""
    kinds = {verdict.kind for verdict in report.sides.values()}
    if report.invalid:
        kinds.add("excluded")
    return next((kind for kind in WORST_FIRST if kind in kinds), "allowed")


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
def said(finding: dict[str, Any]) -> str:
    """The question and the answer behind a finding."""
    return "; ".join(
        _("“%(question)s” — %(answer)s") % {"question": entry["question"], "answer": entry["answer"]}
        for entry in finding["answers"]
    )


@register.filter
def of_rule(findings: Any, rule: str) -> dict[str, Any] | None:
    return findings.get(rule)


@register.simple_tag
def pick_map(picker: Any, plan: Any, catalog: Catalog) -> SafeString:
    """One foot whose places lead to the zones there."""
    address = reverse("routines:builder_pick", args=[plan.pk, picker.phase.pk])
    view, wanted = picker.wanted.view, picker.wanted
    atlas = atlas_of(catalog)
    links = {
        region.slug: f"{address}?{urlencode({'region': region.slug, 'view': view, 'tradition': wanted.tradition})}"
        for region in atlas.leaves_in(view)
    }
    marks = [Highlight((wanted.region,), "right", "pick", atlas.regions[wanted.region].name)] if wanted.region else []
    return draw_foot(
        view, "right", marks, atlas=atlas, element_id=f"pick-{picker.phase.pk.hex[:8]}", interactive=True, links=links
    )
