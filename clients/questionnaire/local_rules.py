"""What one practice adds to the shared rules, as stored: stricter figures, own rules, milder figures under a name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from clients.questionnaire.local_rules_document import Figures
from clients.questionnaire.parse import check_rule
from clients.screening.effects import MaxPressure, MaxSeconds
from clients.screening.entries import OUTCOMES, Outcome, Rule, Urgency
from clients.screening.questionnaire import Questionnaire
from practice.core.schema import Place, Slug, Unreadable, read_entry
from practice.core.yaml_documents import DocumentFaulty, Fault
from routines.catalog.types import CatalogSlugs

#: The names of a practice's own rules begin so; those of shared rules may not.
OWN = "own-"
Ranks = Mapping[str, int]
"""Pressure level -> its rank in the catalog; an unknown level counts as the lowest, as it does in a step."""
Raised = Literal["RESTRICT", "REFER", "STOP"]


@dataclass(frozen=True)
class RuleLimits:
    """The figures of one rule that a practice may set: days, seconds, a pressure level, an outcome. None: as it is."""

    days: int | None = None
    letter_days: int | None = None
    letter_from: str | None = None
    max_seconds: int | None = None
    max_pressure: Slug | None = None
    outcome: Raised | None = None
    urgency: Urgency | None = None

    @property
    def given(self) -> Figures:
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Loosening:
    """Milder figures of one rule, and who answers for them. `judged` holds the shared figures that they replace."""

    limits: RuleLimits = field(metadata={"key": "figures"})
    judged: RuleLimits
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
    """A rule of the practice, and the shared question that it belongs to."""

    question: Slug
    rule: Rule


@dataclass(frozen=True)
class LocalRules:
    rules: tuple[OwnRule, ...] = ()
    limits: Mapping[Slug, RuleLimits] = field(default_factory=dict, metadata={"key": "figures"})
    #: Question -> for how many days an answer counts.
    questions: Mapping[Slug, int] = field(default_factory=dict)
    loosened: Mapping[Slug, Loosening] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rules or self.limits or self.questions or self.loosened)


class LocalRulesFaulty(DocumentFaulty):
    """The practice's rules cannot be kept like this; `faults` names each rule and figure."""


def read_local_rules(document: object) -> LocalRules:
    """The additions as types. Raises LocalRulesFaulty naming each fault."""
    faults: list[Fault] = []
    try:
        return read_entry(LocalRules, document, Place("", faults))
    except Unreadable as error:
        raise LocalRulesFaulty(faults) from error


def is_still_applicable(rule: Rule, loosening: Loosening) -> bool:
    """Whether the shared figures are still those that the clinician judged; outcomes are never loosened."""
    given, now = loosening.limits.given, limits_of(rule).given
    judged = loosening.judged.given
    known = {"days", "letter_days", "max_seconds", "max_pressure"}
    return bool(given) and set(given) <= known and all(now.get(name) == judged.get(name) is not None for name in given)


def limits_of(rule: Rule) -> RuleLimits:
    """The figures of a rule that a practice may set; of several limits the fewest seconds, and the first level."""
    effects = (*rule.effects, *rule.effects_after)
    seconds = [effect.seconds for effect in effects if isinstance(effect, MaxSeconds)]
    levels = [effect.level for effect in effects if isinstance(effect, MaxPressure)]
    return RuleLimits(
        days=rule.expires.days,
        letter_days=rule.clearance.valid_days if rule.clearance else None,
        letter_from=rule.clearance.issuer if rule.clearance else None,
        max_seconds=min(seconds, default=None),
        max_pressure=levels[0] if levels else None,
        outcome=rule.outcome if rule.outcome != "CAUTION" else None,
        urgency=rule.urgency,
    )


def severity(outcome: Outcome) -> int:
    return OUTCOMES.index(outcome)


def own_rule_faults(shared: Questionnaire, entry: OwnRule, catalog: CatalogSlugs | None) -> list[Fault]:
    slug = entry.rule.slug
    if not slug.startswith(OWN) or slug in shared.rule_by_slug:
        return [Fault("", slug, "slug", _("The name of an own rule begins with “own-”."))]
    if entry.question not in shared.question_by_slug:
        return [Fault("", slug, "question", _("There is no question of this name."))]
    return check_rule(shared, entry.rule, catalog)
