"""One session under the answers of its day: steps left out, lowered or shortened as their state says. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clients.screening.findings import Screening
from routines.catalog.types import Catalog
from routines.plans.check_version import as_step
from routines.safety.check_steps import check_steps
from routines.safety.verdicts import StepVerdict

#: Lowering may bring another cap into reach, and shortening another; each pass only ever takes away.
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
    """`steps` are those of the session as they may be done today: each of them is allowed."""

    steps: tuple[dict[str, Any], ...]
    changes: tuple[DayChange, ...]
    may_begin: bool


def judge_day(steps: Iterable[dict[str, Any]], screening: Screening, catalog: Catalog) -> DayVerdict:
    """`steps` as frozen in a version. An outcome that forbids a plan, or nothing left of it, blocks the session."""
    if not screening.may_release:
        return DayVerdict((), (), may_begin=False)
    kept: list[dict[str, Any]] = []
    changes: list[DayChange] = []
    for step in steps:
        if not step["technique"]:
            kept.append(step)
            continue
        done, changed = _fit(step, screening, catalog)
        kept += done
        changes += changed
    works = any(step["technique"] for step in kept)
    return DayVerdict(tuple(kept), tuple(changes), may_begin=works or not changes)


def _fit(step: dict[str, Any], screening: Screening, catalog: Catalog) -> tuple[list[dict[str, Any]], list[DayChange]]:
    sides = ("left", "right") if step["side"] == "both" else (step["side"],)
    fitted, changes = [], []
    for side in sides:
        one, verdict = _fit_side({**step, "side": side}, screening, catalog)
        if one is not None:
            fitted.append(one)
        if verdict is not None:
            state = "excluded" if one is None else verdict.state
            place = step["place"] or step["technique_name"]
            changes.append(DayChange(step["n"], place, side, state, verdict.rules))
    if len(fitted) == 2 and {**fitted[0], "side": "both"} == {**fitted[1], "side": "both"}:
        fitted = [{**fitted[0], "side": "both"}]
    return fitted, changes


def _fit_side(
    step: dict[str, Any], screening: Screening, catalog: Catalog
) -> tuple[dict[str, Any] | None, StepVerdict | None]:
    """The step as it may be done on this side, or None; with the first verdict that touched it."""
    first: StepVerdict | None = None
    for _pass in range(PASSES):
        result = check_steps(screening, [as_step(step)], catalog)
        verdict = result.steps[step["n"]][step["side"]]
        if verdict.is_allowed:
            # A cap may lie below what the technique can do.
            return (None, first) if result.invalid else (step, first)
        first = first or verdict
        if verdict.kind in ("excluded", "blocked"):
            return None, first
        step = _lowered(step, verdict, catalog)
    return None, first


def _lowered(step: dict[str, Any], verdict: StepVerdict, catalog: Catalog) -> dict[str, Any]:
    step = dict(step)
    if verdict.max_pressure is not None:
        level = catalog.level_by_slug[verdict.max_pressure]
        step |= {"pressure": level.slug, "pressure_name": level.name, "pressure_cue": level.client_cue}
    if verdict.max_seconds is not None and step["seconds"] is not None:
        step["seconds"] = min(step["seconds"], verdict.max_seconds)
    return step
