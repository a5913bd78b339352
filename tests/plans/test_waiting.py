"""Phases that wait: what the client does meanwhile, and on which days the rest follows."""

from datetime import date, timedelta

import pytest

from routines.plans.content import PhaseContent, PlanContent
from routines.plans.waiting import as_opened, waiting_phase
from tests.factories.content import phase_content, plan_content

START = date(2026, 3, 16)


def phase(name: str, first: int, last: int | None, waits: str = "") -> PhaseContent:
    return phase_content(id=name, from_day=first, to_day=last, waits_for=waits)


def plan(*phases: PhaseContent) -> PlanContent:
    return plan_content(*phases, starts_on=START)


THREE = plan(phase("a", 1, 14), phase("b", 15, 42, "comfort"), phase("c", 43, None))


def days(content: PlanContent) -> list[tuple[str, int, int | None]]:
    return [(part.id, part.from_day, part.to_day) for part in content.phases]


def test_a_part_that_was_not_opened_lets_the_one_before_go_on() -> None:
    assert days(as_opened(THREE, {})) == [("a", 1, None)]


@pytest.mark.parametrize(("on", "expected"), [(15, (15, 42, 43)), (20, (20, 47, 48)), (10, (15, 42, 43))])
def test_an_opened_part_keeps_its_length_and_so_do_those_after_it(on: int, expected: tuple[int, int, int]) -> None:
    opened = {"b": (START + timedelta(days=on - 1)).isoformat()}
    first, last, third = expected
    assert days(as_opened(THREE, opened)) == [("a", 1, first - 1), ("b", first, last), ("c", third, None)]


def test_a_plan_in_which_nothing_waits_is_as_it_was_released() -> None:
    content = plan(phase("a", 1, 14), phase("b", 15, None))
    assert as_opened(content, {}) is content
    assert waiting_phase(content, {}, START + timedelta(days=100)) is None


@pytest.mark.parametrize(("day", "waits"), [(14, False), (15, True), (40, True)])
def test_a_part_waits_from_its_first_day_on(day: int, waits: bool) -> None:
    found = waiting_phase(THREE, {}, START + timedelta(days=day - 1))
    assert (found is not None and found.id == "b") is waits


def test_of_two_parts_that_wait_the_second_waits_as_many_days_later() -> None:
    content = plan(phase("a", 1, 14), phase("b", 15, 42, "comfort"), phase("c", 43, None, "therapist"))
    opened = {"b": (START + timedelta(days=19)).isoformat()}  # on day 20 instead of 15
    assert waiting_phase(content, opened, START + timedelta(days=46)) is None
    found = waiting_phase(content, opened, START + timedelta(days=47))
    assert found is not None
    assert found.id == "c"
