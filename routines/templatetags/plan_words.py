"""Plans in words, for therapist and client alike."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routines.catalog import Catalog
from routines.footmap import Highlight, describe, draw_foot, draw_legend, draw_pair, views_needed
from routines.plan_check import StepReport
from routines.plan_map import atlas_of
from routines.runs import Run

register = template.Library()

DAY_NAMES = {
    1: gettext_lazy("Mon"),
    2: gettext_lazy("Tue"),
    3: gettext_lazy("Wed"),
    4: gettext_lazy("Thu"),
    5: gettext_lazy("Fri"),
    6: gettext_lazy("Sat"),
    7: gettext_lazy("Sun"),
}
SIDE_WORDS = {
    "left": gettext_lazy("Left"),
    "right": gettext_lazy("Right"),
    "both": gettext_lazy("Both feet"),
    "none": gettext_lazy("Step"),
}
OUTCOME_NAMES = {
    "CLEAR": gettext_lazy("Clear"),
    "CAUTION": gettext_lazy("Caution"),
    "RESTRICT": gettext_lazy("Restrict"),
    "INCOMPLETE": gettext_lazy("Incomplete"),
    "REFER": gettext_lazy("Refer"),
    "STOP": gettext_lazy("Stop"),
}
WORST_FIRST = ("blocked", "excluded", "reduce_pressure", "shorten")


@register.filter
def weekdays(days: list[int]) -> str:
    if sorted(days) == list(range(1, 8)):
        return _("every day")
    return ", ".join(str(DAY_NAMES[day]) for day in sorted(days))


@register.filter
def minutes(seconds: int | None) -> str:
    """90 -> "1 min 30 s"."""
    if not seconds:
        return ""
    whole, rest = divmod(seconds, 60)
    if not whole:
        return _("%(n)d s") % {"n": rest}
    text = _("%(n)d min") % {"n": whole}
    return f"{text} {_('%(n)d s') % {'n': rest}}" if rest else text


@register.filter
def clock(seconds: int) -> str:
    """90 -> "1:30"."""
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.filter
def side_name(side: str) -> str:
    return str(SIDE_WORDS.get(side, side))


@register.simple_tag
def side_words(side: str) -> str:
    return str(SIDE_WORDS.get(side, side))


@register.filter
def outcome_name(outcome: str) -> str:
    return str(OUTCOME_NAMES.get(outcome, outcome))


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


@register.filter
def finding_words(finding: dict[str, Any]) -> str:
    """“Question” — answer. Why."""
    words = said(finding)
    return f"{words}. {finding['rationale']}" if words else finding["rationale"]


@register.filter
def level_name(slug: str, catalog: Catalog) -> str:
    level = catalog.level_by_slug.get(slug)
    return level.name if level else slug


@register.filter
def tool_name(slug: str, catalog: Catalog) -> str:
    tool = catalog.tool_by_slug.get(slug)
    return tool.name if tool else slug


@register.simple_tag
def plan_map(highlights: list[Highlight], catalog: Catalog, element_id: str) -> SafeString:
    """Every view that is needed, both feet, with legend and the same in words."""
    if not highlights:
        return format_html('<p class="text-body-secondary">{}</p>', _("No step on a place yet."))
    atlas = atlas_of(catalog)
    views = views_needed(highlights, atlas=atlas)
    pairs = format_html_join(
        "", "{}", ((draw_pair(view, highlights, atlas=atlas, element_id=f"{element_id}-{view}"),) for view in views)
    )
    words = format_html_join("", "<li>{}</li>", ((line,) for line in describe(highlights)))
    legend = draw_legend([mark.tone for mark in highlights], element_id=f"{element_id}-legend")
    return format_html(
        '{}{}<details class="map-words"><summary>{}</summary><ul>{}</ul></details>', pairs, legend, _("The map in words"), words
    )


@register.simple_tag
def foot_for(run: Run, catalog: Catalog) -> SafeString:
    """The one foot that a run-through screen is about, in the first view that shows the place."""
    atlas = atlas_of(catalog)
    view = views_needed(run.highlights, atlas=atlas)[0]
    return draw_foot(view, run.highlights[0].side, run.highlights, atlas=atlas, element_id=f"run-map-{run.number}")


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
