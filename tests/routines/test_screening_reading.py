"""The engine against a second, plain reading of the same text, on random clients, letters and plans."""

from hypothesis import given as property_given

from clients.screening.engine import screen
from routines.safety.check_steps import check_steps
from tests import plain_reading
from tests.screening_examples import (
    TODAY,
    catalog,
    catalog_document,
    clients_at_risk,
    given,
    letter_sets,
    letters_of,
    plans,
    questionnaire,
    screening_document,
    steps_of,
)


@property_given(answers=clients_at_risk(), letters=letter_sets(), plan=plans())
def test_the_engine_and_a_plain_reading_agree(answers: dict, letters: list[dict], plan: list[dict]) -> None:
    overall, urgency, findings, effects, counted = plain_reading.screen(screening_document(), answers, letters, TODAY)
    states = plain_reading.states(overall, effects, plan, counted, catalog_document(), TODAY)

    screening = screen(questionnaire(), given(answers), letters_of(letters), TODAY)
    verdict = check_steps(screening, steps_of(plan), catalog())

    assert (screening.overall, screening.urgency) == (overall, urgency)
    assert {(f.rule, f.outcome, f.cleared_by) for f in screening.findings} == findings
    assert {
        str(number): {side: (part.state, frozenset(part.rules)) for side, part in sides.items()}
        for number, sides in verdict.steps.items()
    } == states
    allowed = all(state == "allowed" for sides in states.values() for state, _rules in sides.values())
    assert verdict.releasable == (plain_reading.ORDER.index(overall) <= 2 and allowed)
