"""Plans in words, for therapist and client alike."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight, describe, draw_foot, draw_legend, draw_pair, views_needed
from routines.plans.highlights import atlas_of
from routines.sessions.player import Run

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
PAUSED_BY = {
    "therapist": gettext_lazy("paused by the practice"),
    "consent": gettext_lazy("a consent was withdrawn"),
    "intake": gettext_lazy("new answers were signed"),
    "red flag": gettext_lazy("an answer that needs medical care first"),
    "letter": gettext_lazy("a letter was added or withdrawn"),
    "rules": gettext_lazy("new rules or a new catalog"),
    "time": gettext_lazy("an answer, a letter or a waiting time ran out"),
    "day questions": gettext_lazy("the answers before a session"),
    "client": gettext_lazy("the client's record was corrected"),
    "unreadable": gettext_lazy("the released version cannot be checked"),
}
OUTCOME_NAMES = {
    "CLEAR": gettext_lazy("Clear"),
    "CAUTION": gettext_lazy("Caution"),
    "RESTRICT": gettext_lazy("Restrict"),
    "INCOMPLETE": gettext_lazy("Incomplete"),
    "REFER": gettext_lazy("Refer"),
    "STOP": gettext_lazy("Stop"),
}
HANDS_GO_UNSAID = (None, "hands")


@register.filter
def day_state(state: str) -> str:
    """What a session did with a step: a state of the rules, such as `shorten:60`, in words."""
    kind, _colon, to = state.partition(":")
    if kind == "reduce_pressure":
        return _("lowered to “%(level)s”") % {"level": to}
    if kind == "shorten":
        return _("shortened to %(seconds)s seconds") % {"seconds": to}
    return _("left out")


@register.filter
def paused_by(cause: str) -> str:
    """Why a plan rests, for the practice: the cause that suspend_plan was told."""
    return str(PAUSED_BY.get(cause, gettext_lazy("checked again")))


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
def finding_words(finding: dict[str, Any]) -> str:
    """“Question” — answer. Why, and who answers for it where a practice made the rule milder."""
    words = "; ".join(
        _("“%(question)s” — %(answer)s") % {"question": entry["question"], "answer": entry["answer"]}
        for entry in finding["answers"]
    )
    told = f"{words}. {finding['rationale']}" if words else finding["rationale"]
    if finding.get("loosened_by"):
        milder = _("Milder than the shared rule; %(who)s answers for it.") % {"who": finding["loosened_by"]}
        return f"{told} {milder}"
    return told


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
        '{}{}<details class="map-words"><summary>{}</summary><ul>{}</ul></details>',
        pairs,
        legend,
        _("The map in words"),
        words,
    )


@register.simple_tag
def foot_for(run: Run, catalog: Catalog) -> SafeString:
    """The one foot that a run-through screen is about, in the first view that shows the place."""
    atlas = atlas_of(catalog)
    view = views_needed(run.highlights, atlas=atlas)[0]
    return draw_foot(view, run.highlights[0].side, run.highlights, atlas=atlas, element_id=f"run-map-{run.number}")


@register.simple_tag
def paper_map(highlights: list[Highlight], catalog: Catalog) -> SafeString:
    """The same drawing for print: both feet in each view that is needed, without the list behind it."""
    atlas = atlas_of(catalog)
    views = views_needed(highlights, atlas=atlas)
    return format_html_join(
        "", "{}", ((draw_pair(view, highlights, atlas=atlas, element_id=f"paper-{view}"),) for view in views)
    )


@register.filter
def step_title(step: dict[str, Any]) -> str:
    """What a client calls a step: its place, else its own wording, else the technique."""
    return step["place"] or step["label"] or step["technique_name"]


@register.filter
def tool_shown(step: dict[str, Any]) -> str:
    """A tool worth naming: one's own hands go without saying."""
    return "" if step["tool"] in HANDS_GO_UNSAID else step["tool_name"]
