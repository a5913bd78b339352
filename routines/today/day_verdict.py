"""One session under the answers of its day: steps left out, done more gently, shortened or added. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from clients.screening.findings import Screening
from routines.catalog.types import Catalog
from routines.plans.content import OFFER, Side, StepContent
from routines.safety.check_steps import check_steps
from routines.safety.steps import as_step
from routines.safety.verdicts import StepLimit, StepVerdict
from routines.today.offers import offered_steps

LEFT_OUT = StepVerdict(StepLimit(excluded=True))
#: A gentler or shorter step may meet another limit; each pass only ever takes away.
PASSES = 3


@dataclass(frozen=True)
class DayChange:
    """What became of one step on one side, and the rules that did it."""

    n: int
    place: str
    side: str
    state: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class DayVerdict:
    """What may be done today: `steps` are the session's as they may be done, each of them allowed; `added` are those
    among them that a rule offers for the day, such as a cold pack.
    """

    steps: tuple[StepContent, ...]
    changes: tuple[DayChange, ...]
    may_begin: bool
    added: tuple[StepContent, ...] = ()

    @property
    def is_changed(self) -> bool:
        return bool(self.changes or self.added)

    @property
    def acting(self) -> frozenset[str]:
        """The rules that took something away or added something."""
        taking = {rule for change in self.changes for rule in change.rules}
        return frozenset(taking | {step.id.removeprefix(OFFER) for step in self.added})


def judge_day(steps: Iterable[StepContent], screening: Screening, catalog: Catalog) -> DayVerdict:
    """Judge `steps`, frozen in a version. An outcome that forbids a plan, or no step left, blocks the session."""
    if not screening.may_release:
        return DayVerdict((), (), may_begin=False)
    kept: list[StepContent] = []
    changes: list[DayChange] = []
    for step in steps:
        if not step.technique:
            kept.append(step)
            continue
        done, changed = _fit(step, screening, catalog)
        kept += done
        changes += changed
    added = offered_steps(screening, kept, catalog)
    kept += added
    works = any(step.technique for step in kept)
    return DayVerdict(tuple(kept), tuple(changes), may_begin=works or not changes, added=added)


def _fit(step: StepContent, screening: Screening, catalog: Catalog) -> tuple[list[StepContent], list[DayChange]]:
    fitted, changes = [], []
    for side in step.sides:
        one, verdict = _fit_side(step, side, screening, catalog)
        if one is not None:
            fitted.append(one)
        if verdict is not None:
            state = "excluded" if one is None else verdict.state
            changes.append(DayChange(step.number, step.place or step.technique_name, side, state, verdict.rules))
    if len(fitted) == 2 and replace(fitted[0], side="both") == replace(fitted[1], side="both"):
        fitted = [replace(fitted[0], side="both")]
    return fitted, changes


def _fit_side(
    step: StepContent, side: Side, screening: Screening, catalog: Catalog
) -> tuple[StepContent | None, StepVerdict | None]:
    """The step as it may be done on this side, or None, and the first verdict that touched it."""
    step, first = replace(step, side=side), None
    for _pass in range(PASSES):
        result = check_steps(screening, [as_step(step.number, step)], catalog)
        verdict = result.steps[step.number][side]
        if verdict.is_allowed:
            # A limit may lie below what the technique can do, and the catalog may have changed since the release.
            return (None, first or LEFT_OUT) if result.invalid else (step, first)
        first = first or verdict
        if verdict.kind in ("excluded", "blocked"):
            return None, first
        step = _lowered(step, verdict, catalog)
    return None, first


def _lowered(step: StepContent, verdict: StepVerdict, catalog: Catalog) -> StepContent:
    if verdict.max_pressure is not None:
        step = at_pressure(step, verdict.max_pressure, catalog)
    if verdict.max_seconds is not None and step.seconds is not None:
        step = replace(step, seconds=min(step.seconds, verdict.max_seconds))
    return step


def at_pressure(step: StepContent, slug: str, catalog: Catalog) -> StepContent:
    """The step with another pressure, and with the words for it."""
    level = catalog.level_by_slug[slug]
    return replace(step, pressure=level.slug, pressure_name=level.name, pressure_cue=level.client_cue)
