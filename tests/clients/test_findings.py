"""What stands worst, what is most urgent, and what of a finding the therapist reads."""

from datetime import date
from typing import Any, get_args

import pytest

from clients.screening.effects import EffectInForce, MaxSeconds, Note
from clients.screening.entries import OUTCOMES, URGENCIES, Outcome, Urgency
from clients.screening.findings import Cause, Finding, Screening, is_worse, worst_outcome, worst_urgency

ORDER = ["CLEAR", "CAUTION", "RESTRICT", "INCOMPLETE", "REFER", "STOP"]


def finding(outcome: Any, urgency: Any = None, **more: Any) -> Finding:
    return Finding("rule", outcome, "rule", urgency, **more)


def test_the_order_of_outcomes_and_urgencies() -> None:
    assert list(OUTCOMES) == list(get_args(Outcome)) == ORDER
    assert list(URGENCIES) == list(get_args(Urgency)) == ["emergency", "same_day", "defer"]
    for place, outcome in enumerate(OUTCOMES):
        assert not is_worse(outcome, outcome)
        for milder in OUTCOMES[:place]:
            assert is_worse(outcome, milder)
            assert not is_worse(milder, outcome)


def test_the_worst_outcome() -> None:
    assert worst_outcome(()) == "CLEAR"
    for place, outcome in enumerate(OUTCOMES):
        found = tuple(finding(each) for each in OUTCOMES[: place + 1])
        assert worst_outcome(found) == worst_outcome(found[::-1]) == outcome


def test_the_most_urgent_stop() -> None:
    assert worst_urgency(()) is None
    assert worst_urgency((finding("REFER", "emergency"), finding("STOP"))) is None
    assert worst_urgency((finding("REFER", "emergency"), finding("STOP", "defer"))) == "defer"
    assert worst_urgency((finding("STOP", "defer"), finding("STOP", "same_day"))) == "same_day"
    assert worst_urgency((finding("STOP", "emergency"), finding("STOP", "same_day"))) == "emergency"


@pytest.mark.parametrize("outcome", ORDER)
def test_what_a_plan_may_be_released_with(outcome: Any) -> None:
    screening = Screening(outcome, None, (), date(2026, 3, 16), "intake", {})
    assert screening.may_release is (outcome in ("CLEAR", "CAUTION", "RESTRICT"))


def test_a_finding_names_its_questions_and_notes() -> None:
    effects = (EffectInForce(Note("note", "Ask about shoes.")), EffectInForce(MaxSeconds("max_seconds", 60)))
    found = finding("CAUTION", causes=(Cause("age", 90, 90), Cause("pain", None, None)), effects=effects)
    assert found.questions == ("age", "pain")
    assert found.notes == ("Ask about shoes.",)


def test_what_a_finding_and_a_screening_say_where_nothing_is_given() -> None:
    least = Finding("rule", "CAUTION", "rule")
    assert {name: getattr(least, name) for name in Finding.__dataclass_fields__} == {
        "rule": "rule", "outcome": "CAUTION", "kind": "rule", "urgency": None, "causes": (), "reason": "",
        "cleared_by": None, "cleared_until": None, "effects": (), "rationale": "", "advice": "", "client_message": "",
        "sources": (), "ask_again_on": None, "loosened_by": "", "origin": "",
    }  # fmt: skip
    bare = Screening("CLEAR", None, (), date(2026, 3, 16), "intake", {})
    assert (bare.applicable, bare.stale, bare.shortened, bare.unknown_questions) == (frozenset(), frozenset(), None, ())


def test_answers_stay_out_of_what_is_written_to_logs() -> None:
    screening = Screening(
        "CLEAR", None, (), date(2026, 3, 16), "intake", {"fever": "canary"},
        frozenset({"applicable-canary"}), frozenset({"stale-canary"}), {"short-canary": 1},
    )  # fmt: skip
    assert "canary" not in repr(screening)
    assert "overall='CLEAR'" in repr(screening)
