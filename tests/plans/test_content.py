"""A released plan as one value: it comes back from storage as it was, or is refused by name and place."""

import copy
import json
from dataclasses import MISSING, FrozenInstanceError, fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticSerializationError

from routines.footmap.draw import Shape
from routines.plans.content import VERSION, CheckedSteps, ContentUnreadable, PhaseContent, PlanContent, StepContent
from tests.factories.content import phase_content, plan_content, step_content

TEXT = st.text(max_size=12)
DAY = st.integers(1, 730)
SHAPES = st.builds(
    Shape, TEXT, st.sampled_from(["ellipse", "polygon"]), st.lists(st.floats(-2, 2), max_size=6).map(tuple)
)
STEPS = st.builds(
    StepContent,
    **{field.name: TEXT for field in fields(StepContent)}
    | {name: st.none() | TEXT for name in ("zone", "view", "technique", "tool", "position")}
    | {name: st.lists(TEXT, max_size=2).map(tuple) for name in ("views", "regions")}
    | {
        "number": st.integers(1, 99),
        "kind": st.sampled_from(["preparation", "work", "companion", "aftercare"]),
        "side": st.sampled_from(["left", "right", "both", "none"]),
        "seconds": st.none() | st.integers(0, 3600),
        "shapes": st.lists(SHAPES, max_size=2).map(tuple),
        "optional": st.booleans(),
    },
)
PHASES = st.builds(
    PhaseContent,
    name=TEXT,
    focus=TEXT,
    from_day=DAY,
    to_day=st.none() | DAY,
    max_pressure=TEXT,
    weekdays=st.lists(st.integers(1, 7), max_size=7).map(tuple),
    times=st.lists(st.times().map(lambda wall: f"{wall:%H:%M}"), max_size=3).map(tuple),
    steps=st.lists(STEPS, max_size=2).map(tuple),
)
PLANS = st.builds(
    PlanContent,
    title=TEXT,
    note=TEXT,
    starts_on=st.dates(),
    questionnaire=st.integers(1, 10**6),
    catalog=st.integers(1, 10**6),
    tradition=TEXT,
    phases=st.lists(PHASES, max_size=2).map(tuple),
)
PLAN = plan_content(phase_content([step_content(), step_content(number=2, side="left", seconds=None)], to_day=14))
DOCUMENT = json.loads(PLAN.to_json())
SECRET = "pregnant"
Path = tuple[str | int, ...]


def paths_in(value: Any, here: Path = ()) -> list[Path]:
    """Every place inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, part in inside for path in ((*here, key), *paths_in(part, (*here, key)))]


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def put(path: Path, value: Any) -> Any:
    changed = copy.deepcopy(DOCUMENT)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def refusal(document: Any) -> str:
    with pytest.raises(ContentUnreadable) as refused:
        PlanContent.from_json(json.dumps(document).encode())
    assert refused.value.__suppress_context__, "a log would quote what was read"
    return str(refused.value)


def named(path: Path) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


PATHS = st.sampled_from(paths_in(DOCUMENT))
#: What a later form added; a release from before is read with the default.
LATER = {field.name for field in fields(PhaseContent) if field.default is not MISSING}
KEYS = PATHS.filter(lambda path: isinstance(path[-1], str) and not (len(path) == 4 and path[-1] in LATER))
GROUPS = st.sampled_from([(), *(path for path in paths_in(DOCUMENT) if isinstance(at(DOCUMENT, path), dict))])


@given(PLANS)
def test_a_plan_comes_back_as_it_was(plan: PlanContent) -> None:
    assert PlanContent.from_json(plan.to_json()) == plan
    assert json.loads(plan.to_json())["version"] == VERSION


@given(PLANS)
def test_what_is_checked_again_comes_back_as_it_was(plan: PlanContent) -> None:
    checked = CheckedSteps.of(plan)
    assert CheckedSteps.from_json(checked.to_json()) == checked
    assert [len(phase) for phase in checked.phases] == [
        sum(bool(step.technique) for step in phase.steps) for phase in plan.phases
    ]


@given(PATHS)
def test_a_value_of_another_kind_is_refused_where_it_stands(path: Path) -> None:
    wrong = [SECRET] if isinstance(at(DOCUMENT, path), dict) else {SECRET: SECRET}
    told = refusal(put(path, wrong))
    assert told.startswith(f"{named(path)}: ")
    assert SECRET not in told


@given(KEYS)
def test_what_is_missing_is_named(path: Path) -> None:
    short = copy.deepcopy(DOCUMENT)
    del at(short, path[:-1])[path[-1]]
    assert refusal(short).startswith(f"{named(path)}: ")


@given(GROUPS)
def test_what_is_not_known_is_refused(path: Path) -> None:
    """A part of an instruction that this software would leave out."""
    assert refusal(put((*path, "only_if_painless"), True)).startswith(f"{named((*path, 'only_if_painless'))}: ")


STEP: Path = ("plan", "phases", 0, "steps", 0)
PHASE: Path = ("plan", "phases", 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*STEP, "seconds"), "60"),
        ((*STEP, "seconds"), 60.5),
        ((*STEP, "seconds"), True),
        ((*STEP, "seconds"), -1),
        ((*STEP, "optional"), 1),
        ((*STEP, "label"), 7),
        ((*STEP, "side"), "affected"),
        ((*STEP, "kind"), "exercise"),
        ((*STEP, "technique"), 3),
        ((*STEP, "shapes", 0, "numbers", 1), "0.5"),
        ((*PHASE, "from_day"), 0),
        ((*PHASE, "to_day"), "14"),
        ((*PHASE, "weekdays", 0), 0),
        ((*PHASE, "weekdays", 6), 8),
        ((*PHASE, "times", 0), "7:30"),
        ((*PHASE, "times", 0), "24:00"),
        ((*PHASE, "times", 0), "07:30\n"),
        (("plan", "starts_on"), "16 March"),
        (("plan", "starts_on"), 20000),
        (("plan", "title"), None),
    ],
)
def test_nothing_is_coerced_and_bounds_hold(path: Path, value: Any) -> None:
    assert refusal(put(path, value)).startswith(f"{named(path)}: ")


@pytest.mark.parametrize("version", [0, VERSION + 1, str(VERSION), None, float(VERSION) + 0.5])
def test_an_unknown_version_is_what_is_told_whatever_else_is_strange(version: Any) -> None:
    assert refusal({"version": version, "plan": {"chapters": []}}).startswith("version: ")
    with pytest.raises(ContentUnreadable, match=r"^version: "):
        CheckedSteps.from_json(json.dumps({"version": version, "steps": []}).encode())


def test_a_version_is_needed() -> None:
    assert refusal({"plan": DOCUMENT["plan"]}).startswith("version: ")


@pytest.mark.parametrize("stored", [b"", b"{", b"null", b"[]", b"\xff", PLAN.to_json()[:-2]])
def test_what_is_no_such_document_is_refused(stored: bytes) -> None:
    for kind in (PlanContent, CheckedSteps):
        with pytest.raises(ContentUnreadable, match=r"^stored release: "):
            kind.from_json(stored)


def test_nothing_changes_in_a_release() -> None:
    phase = PLAN.phases[0]
    for value, name in (
        (PLAN, "title"),
        (phase, "steps"),
        (phase.steps[0], "seconds"),
        (phase.steps[0].shapes[0], "kind"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, None)
        assert hash(value) == hash(copy.deepcopy(value)), "no list in it that could change"


def test_what_could_not_be_read_back_is_not_written() -> None:
    for wrong in (
        replace(PLAN, phases=list(PLAN.phases)),  # type: ignore[arg-type]
        replace(PLAN, starts_on="2026-03-01"),  # type: ignore[arg-type]
        replace(PLAN, phases=(replace(PLAN.phases[0], weekdays=("1",)),)),  # type: ignore[arg-type]
    ):
        with pytest.raises(PydanticSerializationError):
            wrong.to_json()


def test_days_are_counted_from_the_first() -> None:
    for number in (-3, 0, 1, 2, 400):
        assert PLAN.day_number(PLAN.date_of(number)) == number
    assert PLAN.date_of(1) == PLAN.starts_on
    assert PLAN.last_day == PLAN.starts_on + timedelta(days=13)


def test_a_plan_ends_with_its_last_phase_or_never() -> None:
    ends = [phase_content(to_day=7), phase_content(from_day=8, to_day=20)]
    assert plan_content(*ends, starts_on=date(2026, 3, 1)).last_day == date(2026, 3, 20)
    assert plan_content(*ends, phase_content(from_day=21)).last_day is None
