"""What of a practice's additions is refused: what loosens without a clinician's name, or lowers an outcome. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from clients.questionnaire.apply_local_rules import stricter_days, with_days
from clients.questionnaire.local_rules import (
    Figures,
    Loosening,
    Overlay,
    OverlayFaulty,
    Ranks,
    figures_of,
    own_faults,
    severity,
    stands,
)
from clients.screening.conditions import AllOf, AnyOf, Condition
from clients.screening.entries import URGENCIES, CatalogSlugs, Rule
from clients.screening.questionnaire import DEFAULT_VALID_DAYS, Questionnaire
from practice.core.yaml_documents import Fault


def check_overlay(shared: Questionnaire, overlay: Overlay, ranks: Ranks, catalog: CatalogSlugs | None) -> None:
    """Raises OverlayFaulty for each part that loosens without a clinician, does nothing, or does not hold together."""
    faults: list[Fault] = []
    names: set[str] = set()
    for entry in overlay.rules:
        faults += own_faults(shared, entry, catalog)
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


def _loosening_faults(rule: Rule, figures: Figures, ranks: Ranks) -> Iterable[Fault]:
    now, given = figures_of(rule), figures.given

    def fault(name: str, message: str) -> Fault:
        return Fault("", rule.slug, name, message)

    if not given:
        yield fault("", _("Nothing is set."))
    if figures.days is not None:
        if figures.days < 0:
            yield fault("days", _("The number of days cannot be negative."))
        elif stricter_days(rule, figures.days) != figures.days:
            yield fault("days", _looser(figures.days, rule.expires.days))
        elif (
            rule.expires.kind == "event_window"
            and figures.days != rule.expires.days
            and with_days(rule, figures.days).when == rule.when
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
        if severity(figures.outcome) < severity(rule.outcome):
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
        moved = with_days(rule, figures.days)
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
    own = [entry.rule.slug for entry in overlay.rules if own_faults(shared, entry, catalog)]
    gone = [slug for slug in overlay.figures if slug not in shared.rule_by_slug]
    gone += [slug for slug in overlay.questions if slug not in shared.question_by_slug]
    lapsed = [
        slug
        for slug, entry in overlay.loosened.items()
        if slug not in shared.rule_by_slug or not stands(shared.rule_by_slug[slug], entry)
    ]
    return (*own, *gone, *lapsed)
