"""Plans in words, for therapist and client alike."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.roster.models import Client
from clients.screening.stored_findings import StoredFinding
from routines.catalog.types import Catalog
from routines.footmap.draw import Highlight, describe, draw_foot, draw_legend, draw_pair, views_needed
from routines.plans.content import StepContent
from routines.plans.highlights import absent_highlights
from routines.sessions.models import RoutineSession
from routines.sessions.player import PlayerStep

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
    "hurt": gettext_lazy("it hurt"),
    "changed": gettext_lazy("something changed"),
    "pain": gettext_lazy("pain has risen"),
    "client": gettext_lazy("the client's record was corrected"),
    "places": gettext_lazy("a place was marked as not there"),
    "unreadable": gettext_lazy("the released version cannot be checked"),
}
PLAN_TONES = {"published": "is-clear", "suspended": "is-restrict"}
PLAN_ICONS = {"published": "check", "suspended": "circle-pause", "ended": "flag"}
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
    """Why a plan is paused, for the practice: the cause that `suspend_plan` was told."""
    return str(PAUSED_BY.get(cause, gettext_lazy("checked again")))


@register.filter
def weekdays(days: list[int]) -> str:
    if sorted(days) == list(range(1, 8)):
        return _("every day")
    return ", ".join(str(DAY_NAMES[day]) for day in sorted(days))


@register.simple_tag
def phase_days(from_day: int, to_day: int | None) -> str:
    """The days of a plan that a phase covers, both ends among them; the last phase may have no end."""
    if to_day:
        return _("days %(from)d\u2013%(to)d") % {"from": from_day, "to": to_day}
    return _("from day %(from)d") % {"from": from_day}


@register.filter
def plan_tone(state: str) -> str:
    return PLAN_TONES.get(state, "is-incomplete")


@register.filter
def plan_icon(state: str) -> str:
    return PLAN_ICONS.get(state, "pencil")


@register.filter
def session_tone(session: RoutineSession) -> str:
    """Of a session in the practice's list: one that did not go through, one only told of, one that was done."""
    if session.state in (RoutineSession.State.BLOCKED, RoutineSession.State.STOPPED):
        return "is-caution"
    if session.is_by_word:
        return "is-incomplete"
    return "is-clear" if session.state == RoutineSession.State.DONE else ""


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


@register.filter
def finding_words(finding: StoredFinding) -> str:
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
def plan_map(highlights: list[Highlight], catalog: Catalog, element_id: str, client: Client) -> SafeString:
    """Every view that is needed, both feet as this client has them, with legend and the same in words."""
    if not highlights:
        return format_html('<p class="text-body-secondary">{}</p>', _("No step on a place yet."))
    atlas = catalog.atlas
    views = views_needed(highlights, atlas=atlas)
    highlights = [*highlights, *absent_highlights(client.absent_sites, catalog)]
    pairs = _pairs(views, highlights, catalog, element_id)
    words = format_html_join("", "<li>{}</li>", ((line,) for line in describe(highlights)))
    legend = draw_legend([highlight.tone for highlight in highlights], element_id=f"{element_id}-legend")
    return format_html(
        '{}{}<details class="map-words"><summary>{}</summary><ul>{}</ul></details>',
        pairs,
        legend,
        _("The map in words"),
        words,
    )


@register.simple_tag
def foot_for(player_step: PlayerStep, catalog: Catalog, client: Client) -> SafeString:
    """The one foot that a screen of the player is about, in the first view that shows the place."""
    atlas = catalog.atlas
    view = views_needed(player_step.highlights, atlas=atlas)[0]
    highlights = [*player_step.highlights, *absent_highlights(client.absent_sites, catalog)]
    return draw_foot(
        view, player_step.highlights[0].side, highlights, atlas=atlas, element_id=f"run-map-{player_step.number}"
    )


@register.simple_tag
def paper_map(highlights: list[Highlight], catalog: Catalog, client: Client) -> SafeString:
    """The same drawing for print: both feet in each view that is needed, without the list behind it."""
    views = views_needed(highlights, atlas=catalog.atlas)
    highlights = [*highlights, *absent_highlights(client.absent_sites, catalog)]
    return _pairs(views, highlights, catalog, "paper")


def _pairs(views: list[str], highlights: list[Highlight], catalog: Catalog, element_id: str) -> SafeString:
    atlas = catalog.atlas
    return format_html_join(
        "", "{}", ((draw_pair(view, highlights, atlas=atlas, element_id=f"{element_id}-{view}"),) for view in views)
    )


@register.filter
def step_title(step: StepContent) -> str:
    return step.title


@register.filter
def tool_shown(step: StepContent) -> str:
    """A tool if worth naming: one's own hands go without saying."""
    return "" if step.tool in HANDS_GO_UNSAID else step.tool_name
