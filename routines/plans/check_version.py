"""A released version held against the client's standing of today. Pure over what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clients.assessment.assess import Standing
from clients.screening.findings import Screening
from routines.catalog.types import Catalog
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step, is_faultless

CheckedSteps = list[list[dict[str, Any]]]
CHECKED = ("n", "zone", "technique", "side", "pressure", "seconds", "tool", "position")


@dataclass(frozen=True)
class BlockedStep:
    """A step of the version that is not allowed any more: on which sides, in which state, by which rules."""

    number: int
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


def steps_to_check(content: dict[str, Any]) -> CheckedSteps:
    """Of frozen contents what can be safe or unsafe: phase by phase the steps with a technique."""
    return [
        [
            {"place": step["place"] or step["technique_name"], **{name: step[name] for name in CHECKED}}
            for step in phase["steps"]
            if step["technique"]
        ]
        for phase in content["phases"]
    ]


def check_version(phases: CheckedSteps, standing: Standing, catalog: Catalog) -> VersionCheck:
    """Every step-side of every phase, with the rules and the catalog of now."""
    screening = standing.for_running_plan
    acting = not screening.may_release or any(finding.effects for finding in screening.findings)
    if not acting and all(is_faultless(as_step(step), catalog) for phase in phases for step in phase):
        # Most clients: nothing acts on steps, and the catalog finds no fault with any.
        return VersionCheck(may_release=True, blocked=())
    blocked = [step for phase in phases for step in _blocked_in(phase, screening, catalog)]
    return VersionCheck(screening.may_release, tuple(blocked))


def _blocked_in(phase: Sequence[dict[str, Any]], screening: Screening, catalog: Catalog) -> list[BlockedStep]:
    steps = {step["n"]: step for step in phase}
    verdict = check_steps(screening, (as_step(step) for step in steps.values()), catalog)
    invalid = {fault.step for fault in verdict.invalid}
    found = []
    for number, sides in verdict.steps.items():
        stopped = {side: each for side, each in sides.items() if not each.is_allowed}
        if stopped or number in invalid:
            rules = dict.fromkeys(rule for each in stopped.values() for rule in each.rules)
            states = {side: each.state for side, each in stopped.items()}
            step = steps[number]
            found.append(BlockedStep(step["n"], step["place"], states, tuple(rules)))
    return found


def as_step(step: dict[str, Any]) -> Step:
    return Step(
        number=step["n"],
        zone=step["zone"],
        technique=step["technique"],
        side=step["side"],
        pressure=step["pressure"],
        seconds=step["seconds"],
        tool=step["tool"],
        position=step["position"],
    )
