"""What is said on the day beside what is known of a person: together they may be worse than either alone."""

from typing import Any

import pytest
from hypothesis import given as property_given
from hypothesis import strategies as st

from clients.screening.engine import screen
from clients.screening.findings import Screening
from clients.screening.letter_terms import Clearance
from tests.screening.examples import TODAY, given, healthy, marks, questionnaire

EVERY_LETTER = [Clearance("K", frozenset(questionnaire().rule_by_slug), TODAY)]
WOUND = [{"side": "left", "region": "heel"}]
AT_RISK: list[dict[str, Any]] = [
    {"diabetes": "no_foot_problem"},
    {"diabetes": "foot_risk"},
    {"diabetes": "active_foot"},
    {"foot-feeling": "new_or_unexplained"},
    {"foot-feeling": "known_assessed"},
    {"new-numbness": "yes"},
    {"new-numbness": "not_sure"},
]


def day(*changes: dict[str, Any], letters: list[Clearance] = EVERY_LETTER) -> Screening:
    answers = {**healthy(), "heavy-meal": "no", "new-numbness": "no", "unusual-bleeding": "no"}
    for change in changes:
        answers |= change
    return screen(questionnaire(), given(answers), letters, TODAY, moment="before_each_session")


@property_given(risk=st.sampled_from(AT_RISK), places=marks(1), more=st.sampled_from([{}, {"pad-known": "yes"}]))
def test_a_wound_on_a_foot_at_risk_stops_today_whatever_letters_say(risk: dict, places: list, more: dict) -> None:
    screening = day(risk, more, {"open-wound": places})
    assert (screening.overall, screening.urgency) == ("STOP", "same_day")
    assert "wound-at-risk-foot" in {finding.rule for finding in screening.findings}


@property_given(risk=st.sampled_from(AT_RISK), places=marks(1), fever=st.sampled_from(["yes", "not_sure"]))
def test_with_a_fever_it_is_an_emergency(risk: dict, places: list, fever: str) -> None:
    assert day(risk, {"open-wound": places, "fever-unwell": fever}).urgency == "emergency"


@property_given(
    risk=st.sampled_from(AT_RISK),
    swelling=st.sampled_from([{"leg-swelling": "yes"}, {"plantar-swelling": "left"}, {"plantar-swelling": "not_sure"}]),
)
def test_a_swollen_foot_at_risk_stops_today_even_without_pain(risk: dict, swelling: dict) -> None:
    screening = day(risk, swelling, {"heel-arch-pain": 0})
    assert (screening.overall, screening.urgency) == ("STOP", "same_day")


@pytest.mark.parametrize(
    ("answers", "urgency", "says"),
    [
        ({"open-wound": WOUND}, None, ""),
        ({"fever-unwell": "yes"}, "defer", "rest until you have been well for 2 days"),
        ({"fever-unwell": "yes", "open-wound": WOUND}, "same_day", "see a doctor today"),
        ({"sepsis-signs": "yes"}, "emergency", "emergency number"),
        ({"hot-red-skin": "yes", "fever-unwell": "yes"}, "emergency", "emergency number"),
        ({"pad-known": "yes", "open-wound": WOUND}, "same_day", "vascular clinic today"),
        ({"low-immunity": ["transplant"], "fever-unwell": "yes"}, "same_day", "clinic today"),
        ({"lymphoedema": "left", "fever-unwell": "yes"}, "same_day", "see a doctor today"),
        (
            {"cancer": "under_treatment", "cancer-site": [], "last-chemo-date": "none", "fever-unwell": "yes"},
            "emergency",
            "cancer team",
        ),
        (
            {"blood-thinners": "antiplatelet", "blood-thinner-reason": "prevention", "unusual-bleeding": "yes"},
            "same_day",
            "bleeding or bruises",
        ),
    ],
)
def test_what_combines_badly_is_told_with_what_to_do(answers: dict, urgency: str | None, says: str) -> None:
    screening = day(answers)
    assert screening.urgency == urgency
    assert says.lower() in " ".join(f.client_message for f in screening.findings if f.outcome == "STOP").lower()


def test_the_day_asks_about_bleeding_only_where_blood_is_thin() -> None:
    assert "unusual-bleeding" not in day({}).applicable
    assert "unusual-bleeding" in day({"blood-thinners": "anticoagulant"}).applicable


def test_a_letter_from_before_the_treatment_names_no_counts_after_it() -> None:
    chemo = {"cancer": "under_treatment", "cancer-site": [], "last-chemo-date": "2026-03-09"}
    treated = Clearance("K1", frozenset({"cancer-treatment"}), TODAY)
    for issued, outcome in (("2026-03-08", "REFER"), ("2026-03-09", "RESTRICT"), ("2026-03-16", "RESTRICT")):
        counts = Clearance("K2", frozenset({"chemo-low-counts"}), TODAY.fromisoformat(issued))
        assert day(chemo, letters=[treated, counts]).overall == outcome, issued


def test_not_knowing_the_blood_pressure_is_no_obstacle() -> None:
    (finding,) = day({"blood-pressure": "not_sure"}).findings
    assert (finding.rule, finding.outcome) == ("blood-pressure-unknown", "CAUTION")
    assert "measured" in finding.client_message
