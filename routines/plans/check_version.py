"""A released version held against the client's standing of today. Pure over what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from clients.assessment.assess import Standing
from clients.screening.findings import Screening
from routines.catalog.types import Catalog
from routines.plans.content import CheckedStep, CheckedSteps
from routines.safety.check_steps import check_steps
from routines.safety.steps import is_faultless


@dataclass(frozen=True)
class BlockedStep:
    """A step of the version that is not allowed any more: on which sides, in which state, by which rules."""

    number: int | str
    place: str
    states: dict[str, str]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class VersionCheck:
    may_release: bool
    blocked: tuple[BlockedStep, ...]

    @property
    def is_safe(self) -> bool:
        return self.may_release and not self.blocked


def check_version(checked: CheckedSteps, standing: Standing, catalog: Catalog) -> VersionCheck:
    """Every step-side of every phase, with the rules and the catalog of now."""
    screening = standing.for_running_plan
    acting = not screening.may_release or any(finding.effects for finding in screening.findings)
    if not acting and all(is_faultless(each.step, catalog) for phase in checked.phases for each in phase):
        # Most clients: nothing acts on steps, and the catalog finds no fault with any.
        return VersionCheck(may_release=True, blocked=())
    blocked = [step for phase in checked.phases for step in _blocked_in(phase, screening, catalog)]
    return VersionCheck(screening.may_release, tuple(blocked))


def _blocked_in(phase: Sequence[CheckedStep], screening: Screening, catalog: Catalog) -> list[BlockedStep]:
    places = {each.step.number: each.place for each in phase}
    verdict = check_steps(screening, (each.step for each in phase), catalog)
    invalid = {fault.step for fault in verdict.invalid}
    found = []
    for number, sides in verdict.steps.items():
        stopped = {side: each for side, each in sides.items() if not each.is_allowed}
        if stopped or number in invalid:
            rules = dict.fromkeys(rule for each in stopped.values() for rule in each.rules)
            states = {side: each.state for side, each in stopped.items()}
            found.append(BlockedStep(number, places[number], states, tuple(rules)))
    return found
