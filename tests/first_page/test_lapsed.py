"""When a stop of somebody's day is over by itself; pure."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clients.record.models import ScreeningRecord
from clients.screening.entries import Lapse
from clients.screening.questionnaire import Questionnaire
from routines.first_page.lapsed import has_lapsed
from tests.factories.people import NOON


def record(*slugs: str, cause: str = "day questions", urgency: str = "defer") -> ScreeningRecord:
    findings = [{"outcome": "STOP", "answers": [{"slug": slug}]} for slug in slugs]
    given: Any = SimpleNamespace(
        cause=cause, overall="STOP", urgency=urgency, made_at=NOON, findings=[*findings, {"outcome": "REFER"}],
        client=SimpleNamespace(time_zone="Europe/London"),
    )  # fmt: skip
    return cast("ScreeningRecord", given)


def rules(**lapses: Lapse | None) -> Questionnaire:
    questions = {slug: SimpleNamespace(lapses=lapse) for slug, lapse in lapses.items()}
    return cast("Questionnaire", SimpleNamespace(question_by_slug=questions))


@pytest.mark.parametrize(
    ("lapse", "hours", "is_over"),
    [
        (Lapse(hours=2), 1.9, False),
        (Lapse(hours=2), 2, True),
        (Lapse(days=1), 11.9, False),
        (Lapse(days=1), 12, True),
        (Lapse(days=2), 35.9, False),
        (Lapse(days=2), 36, True),
        (None, 9000, False),
    ],
)
def test_over_after_its_hours_or_local_days(lapse: Lapse | None, hours: float, is_over: bool) -> None:
    assert has_lapsed(record("wine"), rules(wine=lapse), at=NOON + timedelta(hours=hours)) is is_over


def test_only_when_every_stop_is_over_and_it_was_of_a_day() -> None:
    later, known = NOON + timedelta(days=9), rules(wine=Lapse(days=1), clot=None)
    assert has_lapsed(record("wine", "wine"), known, at=later)
    assert not has_lapsed(record("wine", "clot"), known, at=later)
    assert not has_lapsed(record("wine", "no such question"), known, at=later)
    assert not has_lapsed(record("wine", cause="intake"), known, at=later)
    assert not has_lapsed(record("wine", urgency="same_day"), known, at=later)
