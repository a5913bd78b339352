"""What one practice adds to the shared rules: stricter figures, raised outcomes, rules of its own. Pure.

Applying it always takes the stricter of the shared figure and the practice's, so a newer shared version can never be
made milder by an older overlay. Milder figures stand apart, under an accountable clinician's name, and lapse when the
shared figure that the clinician judged is another one. No outcome can be lowered by anybody.

An answer that counts for fewer days is asked again sooner; a finding that rested on it would turn from STOP into
INCOMPLETE by that. So the tightened questionnaire keeps the shared one as its floor, and `screen` never goes below it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from clients.conditions import AllOf, AnyOf, Comparison, Condition
from clients.effects import Effect, MaxPressure, MaxSeconds
from clients.questionnaire import DEFAULT_VALID_DAYS, Questionnaire
from clients.questionnaire_document import check_rule
from clients.questionnaire_entries import (
    OUTCOMES,
    URGENCIES,
    AfterClearance,
    CatalogSlugs,
    ClearanceTerms,
    Question,
    Rule,
    Urgency,
)
from practice.documents import Place, Slug, Unreadable, read_entry
from practice.faults import DocumentFaulty, Fault

#: Names of a practice's own rules begin so; those of shared rules may not.
OWN = "own-"
Ranks = Mapping[str, int]
"""Pressure level -> its rank in the catalog; a level that is unknown counts as the lowest, as in a step."""
Raised = Literal["RESTRICT", "REFER", "STOP"]


@dataclass(frozen=True)
class Figures:
    """What of a rule is set otherwise; None leaves it as it is. Days, seconds, a pressure level, an outcome."""

    days: int | None = None
    letter_days: int | None = None
    letter_from: str | None = None
    max_seconds: int | None = None
    max_pressure: Slug | None = None
    outcome: Raised | None = None
    urgency: Urgency | None = None

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Loosening:
    """Milder figures of one rule, and who answers for them. `judged` holds the shared figures that they replace."""

    figures: Figures
    judged: Figures
    clinician: str
    registration: str
    on: str

    @property
    def words(self) -> str:
        return _("%(clinician)s (%(registration)s), %(day)s") % {
            "clinician": self.clinician,
            "registration": self.registration,
            "day": self.on,
        }


@dataclass(frozen=True)
class OwnRule:
    """A rule of the practice, and the shared question that it hangs on."""

    question: Slug
    rule: Rule


@dataclass(frozen=True)
class Overlay:
    rules: tuple[OwnRule, ...] = ()
    figures: Mapping[Slug, Figures] = field(default_factory=dict)
    #: Question -> for how many days an answer counts.
    questions: Mapping[Slug, int] = field(default_factory=dict)
    loosened: Mapping[Slug, Loosening] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rules or self.figures or self.questions or self.loosened)


class OverlayFaulty(DocumentFaulty):
    """The practice's rules cannot be kept like this; `faults` names each rule and figure."""


def read_overlay(document: Any) -> Overlay:
    """Raises OverlayFaulty."""
    faults: list[Fault] = []
    try:
        return read_entry(Overlay, document, Place("", faults))
    except Unreadable as error:
        raise OverlayFaulty(faults) from error


# ---- Applying


def tighten(
    shared: Questionnaire, overlay: Overlay, ranks: Ranks, catalog: CatalogSlugs | None = None
) -> Questionnaire:
    """The shared questions and rules with the practice's on top; never milder than the shared ones, but where a
    clinician's name says so. Parts of the overlay that the shared version has no place for rest: see `resting_parts`.
    """
    if not overlay:
        return shared
    floor = _loosened(shared, overlay, ranks)
    own: dict[str, list[Rule]] = {}
    for entry in _fitting(shared, overlay, catalog):
        own.setdefault(entry.question, []).append(dataclasses.replace(entry.rule, origin="own"))
    questions = tuple(_tightened_question(question, overlay, own, ranks) for question in floor.questions)
    return dataclasses.replace(floor, questions=questions, floor=floor)


def _fitting(shared: Questionnaire, overlay: Overlay, catalog: CatalogSlugs | None) -> Iterable[OwnRule]:
    return (entry for entry in overlay.rules if not _own_faults(shared, entry, catalog))


def _tightened_question(question: Question, overlay: Overlay, own: Mapping[str, list[Rule]], ranks: Ranks) -> Question:
    rules = (_tightened_rule(rule, overlay.figures.get(rule.slug), ranks) for rule in question.rules)
    days = overlay.questions.get(question.slug)
    shorter = min(days, question.valid_days or DEFAULT_VALID_DAYS) if days is not None else question.valid_days
    return dataclasses.replace(
        question,
        rules=(*rules, *own.get(question.slug, ())),
        valid_days=max(shorter, 1) if shorter is not None else None,
    )


def _tightened_rule(rule: Rule, figures: Figures | None, ranks: Ranks) -> Rule:
    if figures is None:
        return rule
    old, new = rule, rule
    if figures.days is not None:
        new = _with_days(new, _stricter_days(rule, figures.days))
    if figures.letter_days is not None and new.clearance:
        shorter = max(min(new.clearance.valid_days, figures.letter_days), 1)
        new = dataclasses.replace(new, clearance=dataclasses.replace(new.clearance, valid_days=shorter))
    new = _raised(_with_caps(new, figures, ranks, strictest=True), figures)
    return dataclasses.replace(new, origin="tightened") if new != old else new


def _stricter_days(rule: Rule, days: int) -> int:
    """A window after an event holds longer; an answer counts shorter."""
    return max(rule.expires.days, days) if rule.expires.kind == "event_window" else max(min(rule.expires.days, days), 0)


def _with_days(rule: Rule, days: int) -> Rule:
    when = rule.when
    if rule.expires.kind == "event_window":
        when = _moved_window(when, rule.expires.date_question or "", rule.expires.days, days)
    return dataclasses.replace(rule, when=when, expires=dataclasses.replace(rule.expires, days=days))


def _moved_window(condition: Condition, question: str, old: int, new: int) -> Condition:
    """The end of the window in the condition is the same figure as the rule's days, and moves with it."""
    if isinstance(condition, AllOf | AnyOf):
        parts = tuple(_moved_window(part, question, old, new) for part in condition.parts)
        return dataclasses.replace(condition, parts=parts)
    if condition.question != question:
        return condition
    if condition.operator == "days_since_lte" and condition.operand == old:
        return Comparison(question, condition.operator, new)
    if condition.operator == "days_since_between" and condition.operand[1] == old:
        return Comparison(question, condition.operator, (condition.operand[0], new))
    return condition


def _with_caps(rule: Rule, figures: Figures, ranks: Ranks, *, strictest: bool) -> Rule:
    effects = tuple(_with_cap(effect, figures, ranks, strictest) for effect in rule.effects)
    after = rule.after_clearance
    if after:
        after = dataclasses.replace(
            after, effects=tuple(_with_cap(effect, figures, ranks, strictest) for effect in after.effects)
        )
    return dataclasses.replace(rule, effects=effects, after_clearance=after)


def _with_cap(effect: Effect, figures: Figures, ranks: Ranks, strictest: bool) -> Effect:
    if isinstance(effect, MaxSeconds) and figures.max_seconds is not None:
        seconds = min(effect.seconds, figures.max_seconds) if strictest else figures.max_seconds
        return dataclasses.replace(effect, seconds=max(seconds, 1))
    if isinstance(effect, MaxPressure) and figures.max_pressure is not None:
        levels = (effect.level, figures.max_pressure)
        level = min(levels, key=lambda name: ranks.get(name, -1)) if strictest else figures.max_pressure
        return dataclasses.replace(effect, level=level)
    return effect


def _raised(rule: Rule, figures: Figures) -> Rule:
    """A raised outcome; the rule's own message spoke of the old one, so the default of the new one takes its place."""
    wanted = figures.outcome
    if wanted is None or _severity(wanted) < _severity(rule.outcome):
        return rule
    if wanted == "STOP":
        urgencies = [urgency for urgency in (rule.urgency, figures.urgency) if urgency]
        urgency: Urgency = min(urgencies, key=URGENCIES.index, default="defer")
        message = rule.client_message if rule.urgency == urgency else ""
        return dataclasses.replace(
            rule,
            outcome="STOP",
            urgency=urgency,
            effects=(),
            clearance=None,
            after_clearance=None,
            client_message=message,
        )
    if wanted == rule.outcome:
        return rule
    if wanted == "REFER":
        assert rule.outcome in ("CAUTION", "RESTRICT")
        terms = ClearanceTerms(figures.letter_from or _("a doctor"), max(figures.letter_days or 183, 1))
        after = AfterClearance(rule.outcome, rule.effects)
        return dataclasses.replace(
            rule, outcome="REFER", effects=(), clearance=terms, after_clearance=after, client_message=""
        )
    caps: list[Effect] = []
    if figures.max_pressure:
        caps.append(MaxPressure("max_pressure", figures.max_pressure))
    if figures.max_seconds:
        caps.append(MaxSeconds("max_seconds", figures.max_seconds))
    return dataclasses.replace(rule, outcome="RESTRICT", effects=(*rule.effects, *caps), client_message="")


def _severity(outcome: str) -> int:
    return OUTCOMES.index(outcome)


def _loosened(shared: Questionnaire, overlay: Overlay, ranks: Ranks) -> Questionnaire:
    """The shared rules with the figures that a clinician answers for, where they still replace what was judged."""
    if not overlay.loosened:
        return shared

    def milder(rule: Rule) -> Rule:
        entry = overlay.loosened.get(rule.slug)
        if entry is None or not stands(rule, entry):
            return rule
        figures, new = entry.figures, rule
        if figures.days is not None:
            new = _with_days(new, figures.days)
        if figures.letter_days is not None and new.clearance:
            new = dataclasses.replace(new, clearance=dataclasses.replace(new.clearance, valid_days=figures.letter_days))
        new = _with_caps(new, figures, ranks, strictest=False)
        return dataclasses.replace(new, loosened_by=entry.words, origin="loosened")

    questions = tuple(
        dataclasses.replace(question, rules=tuple(milder(rule) for rule in question.rules))
        for question in shared.questions
    )
    return dataclasses.replace(shared, questions=questions)


def stands(rule: Rule, loosening: Loosening) -> bool:
    """Whether the shared figures are those that the clinician judged; outcomes are never loosened."""
    given, now = loosening.figures.given, figures_of(rule).given
    judged = loosening.judged.given
    known = {"days", "letter_days", "max_seconds", "max_pressure"}
    return bool(given) and set(given) <= known and all(now.get(name) == judged.get(name) is not None for name in given)


def figures_of(rule: Rule) -> Figures:
    """The figures of a rule that a practice may set: of several caps the strictest by number, the first by level."""
    effects = (*rule.effects, *rule.effects_after)
    seconds = [effect.seconds for effect in effects if isinstance(effect, MaxSeconds)]
    levels = [effect.level for effect in effects if isinstance(effect, MaxPressure)]
    return Figures(
        days=rule.expires.days,
        letter_days=rule.clearance.valid_days if rule.clearance else None,
        letter_from=rule.clearance.issuer if rule.clearance else None,
        max_seconds=min(seconds, default=None),
        max_pressure=levels[0] if levels else None,
        outcome=rule.outcome if rule.outcome != "CAUTION" else None,
        urgency=rule.urgency,
    )


# ---- Refusing


def check_overlay(shared: Questionnaire, overlay: Overlay, ranks: Ranks, catalog: CatalogSlugs | None) -> None:
    """Raises OverlayFaulty for each part that loosens without a clinician, does nothing, or does not hold together."""
    faults: list[Fault] = []
    names: set[str] = set()
    for entry in overlay.rules:
        faults += _own_faults(shared, entry, catalog)
        if entry.rule.slug in names:
            faults.append(Fault("", entry.rule.slug, "slug", _("Another rule of yours has this name.")))
        names.add(entry.rule.slug)
    for slug, figures in overlay.figures.items():
        rule = shared.rule_by_slug.get(slug)
        if rule is None:
            faults.append(Fault("", slug, "", _("There is no shared rule of this name.")))
        else:
            faults += _loosening_faults(rule, figures, ranks)
    for slug, days in overlay.questions.items():
        question = shared.question_by_slug.get(slug)
        if question is None:
            faults.append(Fault("", slug, "", _("There is no question of this name.")))
        elif not 1 <= days <= (question.valid_days or DEFAULT_VALID_DAYS):
            faults.append(Fault("", slug, "valid_days", _looser(days, question.valid_days or DEFAULT_VALID_DAYS)))
    for slug, loosening in overlay.loosened.items():
        faults += _clinician_faults(shared.rule_by_slug.get(slug), slug, loosening, ranks)
    if faults:
        raise OverlayFaulty(faults)


def _looser(given: Any, shared: Any) -> str:
    return _("%(given)s is milder than the shared %(shared)s; that asks for an accountable clinician.") % {
        "given": given,
        "shared": shared,
    }


def _own_faults(shared: Questionnaire, entry: OwnRule, catalog: CatalogSlugs | None) -> list[Fault]:
    slug = entry.rule.slug
    if not slug.startswith(OWN) or slug in shared.rule_by_slug:
        return [Fault("", slug, "slug", _("The name of an own rule begins with “own-”."))]
    question = shared.question_by_slug.get(entry.question)
    if question is None:
        return [Fault("", slug, "question", _("There is no question of this name."))]
    return check_rule(shared, question, entry.rule, catalog)


def _loosening_faults(rule: Rule, figures: Figures, ranks: Ranks) -> Iterable[Fault]:
    now, given = figures_of(rule), figures.given

    def fault(name: str, message: str) -> Fault:
        return Fault("", rule.slug, name, message)

    if not given:
        yield fault("", _("Nothing is set."))
    if figures.days is not None:
        if figures.days < 0:
            yield fault("days", _("The number of days cannot be negative."))
        elif _stricter_days(rule, figures.days) != figures.days:
            yield fault("days", _looser(figures.days, rule.expires.days))
        elif (
            rule.expires.kind == "event_window"
            and figures.days != rule.expires.days
            and _with_days(rule, figures.days).when == rule.when
        ):
            yield fault("days", _("The window of this rule is written in another way; add a rule of your own."))
    raises = figures.outcome is not None and figures.outcome != rule.outcome
    if figures.letter_days is not None and not raises:
        if now.letter_days is None:
            yield fault("letter_days", _("This rule knows no letter."))
        elif not 1 <= figures.letter_days <= now.letter_days:
            yield fault("letter_days", _looser(figures.letter_days, now.letter_days))
    yield from _cap_faults(rule, figures, ranks, raises=raises)
    if figures.outcome is not None:
        if _severity(figures.outcome) < _severity(rule.outcome):
            yield fault("outcome", _("No outcome can be lowered."))
        if raises and figures.outcome == "RESTRICT" and not (figures.max_seconds or figures.max_pressure):
            yield fault("outcome", _("Say what it restricts: a pressure or a number of seconds."))
    if figures.urgency is not None and (figures.outcome or rule.outcome) != "STOP":
        yield fault("urgency", _("Only a STOP is urgent."))
    elif figures.urgency and rule.urgency and URGENCIES.index(figures.urgency) > URGENCIES.index(rule.urgency):
        yield fault("urgency", _looser(figures.urgency, rule.urgency))


def _cap_faults(rule: Rule, figures: Figures, ranks: Ranks, *, raises: bool) -> Iterable[Fault]:
    now = figures_of(rule)
    if figures.max_seconds is not None:
        if figures.max_seconds < 1:
            yield Fault("", rule.slug, "max_seconds", _("At least one second is expected."))
        elif now.max_seconds is None and not raises:
            yield Fault("", rule.slug, "max_seconds", _("This rule limits no seconds; add a rule of your own."))
        elif now.max_seconds is not None and figures.max_seconds > now.max_seconds:
            yield Fault("", rule.slug, "max_seconds", _looser(figures.max_seconds, now.max_seconds))
    if figures.max_pressure is not None:
        if figures.max_pressure not in ranks:
            yield Fault("", rule.slug, "max_pressure", _("The catalog has no such pressure."))
        elif now.max_pressure is None and not raises:
            yield Fault("", rule.slug, "max_pressure", _("This rule limits no pressure; add a rule of your own."))
        elif now.max_pressure is not None and ranks[figures.max_pressure] > ranks.get(now.max_pressure, -1):
            yield Fault("", rule.slug, "max_pressure", _looser(figures.max_pressure, now.max_pressure))


def _clinician_faults(rule: Rule | None, slug: str, loosening: Loosening, ranks: Ranks) -> Iterable[Fault]:
    if rule is None:
        yield Fault("", slug, "", _("There is no shared rule of this name."))
        return
    if len(loosening.clinician.strip()) < 3:
        yield Fault("", slug, "clinician", _("Name the clinician who answers for it."))
    if len(loosening.registration.strip()) < 3:
        yield Fault("", slug, "registration", _("Say with whom they are registered, and the number."))
    if loosening.figures.outcome or loosening.figures.urgency or loosening.figures.letter_from:
        yield Fault("", slug, "outcome", _("No outcome can be lowered, by nobody."))
    elif not loosening.figures.given:
        yield Fault("", slug, "", _("Nothing is set."))
    elif stands(rule, loosening):
        yield from _milder_faults(rule, loosening.figures, ranks)
    elif set(loosening.figures.given) - set(figures_of(rule).given):
        yield Fault("", slug, "", _("This rule has no such figure."))


def _milder_faults(rule: Rule, figures: Figures, ranks: Ranks) -> Iterable[Fault]:
    if figures.days is not None:
        moved = _with_days(rule, figures.days)
        if figures.days < 1:
            yield Fault("", rule.slug, "days", _("At least one day is expected."))
        elif rule.expires.kind == "event_window" and (moved.when == rule.when or not _windows_hold(moved.when)):
            yield Fault("", rule.slug, "days", _("The window of this rule cannot be shortened to that."))
    for name in ("letter_days", "max_seconds"):
        if getattr(figures, name) is not None and getattr(figures, name) < 1:
            yield Fault("", rule.slug, name, _("At least one is expected."))
    if figures.max_pressure is not None and figures.max_pressure not in ranks:
        yield Fault("", rule.slug, "max_pressure", _("The catalog has no such pressure."))


def _windows_hold(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return all(_windows_hold(part) for part in condition.parts)
    return condition.operator != "days_since_between" or condition.operand[0] <= condition.operand[1]


def resting_parts(shared: Questionnaire, overlay: Overlay, catalog: CatalogSlugs | None) -> tuple[str, ...]:
    """Names of what the overlay holds and the shared version has no place for: gone rules, lapsed loosenings."""
    own = [entry.rule.slug for entry in overlay.rules if _own_faults(shared, entry, catalog)]
    gone = [slug for slug in overlay.figures if slug not in shared.rule_by_slug]
    gone += [slug for slug in overlay.questions if slug not in shared.question_by_slug]
    lapsed = [
        slug
        for slug, entry in overlay.loosened.items()
        if slug not in shared.rule_by_slug or not stands(shared.rule_by_slug[slug], entry)
    ]
    return (*own, *gone, *lapsed)
