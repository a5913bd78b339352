"""Putting what a practice adds on top of the shared rules: stricter figures, raised outcomes, own rules. Pure.

Applying it always takes the stricter of the shared figure and the practice's, so a newer shared version can never be
made milder by an older overlay. Milder figures stand apart, under an accountable clinician's name, and lapse when the
shared figure that the clinician judged is another one. No outcome can be lowered by anybody.

An answer that counts for fewer days is asked again sooner; a finding that rested on it would turn from STOP into
INCOMPLETE by that. So the tightened questionnaire keeps the shared one as its floor, and `screen` never goes below it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from clients.questionnaire.local_rules import Figures, Overlay, OwnRule, Ranks, own_faults, severity, stands
from clients.screening.conditions import AllOf, AnyOf, Comparison, Condition
from clients.screening.effects import Effect, MaxPressure, MaxSeconds
from clients.screening.entries import URGENCIES, AfterClearance, CatalogSlugs, ClearanceTerms, Question, Rule, Urgency
from clients.screening.questionnaire import DEFAULT_VALID_DAYS, Questionnaire


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
    return (entry for entry in overlay.rules if not own_faults(shared, entry, catalog))


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
        new = with_days(new, stricter_days(rule, figures.days))
    if figures.letter_days is not None and new.clearance:
        shorter = max(min(new.clearance.valid_days, figures.letter_days), 1)
        new = dataclasses.replace(new, clearance=dataclasses.replace(new.clearance, valid_days=shorter))
    new = _raised(_with_caps(new, figures, ranks, strictest=True), figures)
    return dataclasses.replace(new, origin="tightened") if new != old else new


def stricter_days(rule: Rule, days: int) -> int:
    """A window after an event holds longer; an answer counts shorter."""
    return max(rule.expires.days, days) if rule.expires.kind == "event_window" else max(min(rule.expires.days, days), 0)


def with_days(rule: Rule, days: int) -> Rule:
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
    if wanted is None or severity(wanted) < severity(rule.outcome):
        return rule
    if wanted == "STOP":
        urgencies: list[Urgency] = [urgency for urgency in (rule.urgency, figures.urgency) if urgency]
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
            new = with_days(new, figures.days)
        if figures.letter_days is not None and new.clearance:
            new = dataclasses.replace(new, clearance=dataclasses.replace(new.clearance, valid_days=figures.letter_days))
        new = _with_caps(new, figures, ranks, strictest=False)
        return dataclasses.replace(new, loosened_by=entry.words, origin="loosened")

    questions = tuple(
        dataclasses.replace(question, rules=tuple(milder(rule) for rule in question.rules))
        for question in shared.questions
    )
    return dataclasses.replace(shared, questions=questions)
