"""What a client reads when a rule fires: what it is about, and what to do."""

import re
from collections import Counter

from tests.screening.examples import questionnaire

REFER = [rule for _question, rule in questionnaire().rules if rule.outcome == "REFER"]
STOP = [rule for _question, rule in questionnaire().rules if rule.outcome == "STOP"]


def test_every_request_for_a_letter_names_its_subject_and_no_two_are_the_same() -> None:
    assert [rule.slug for rule in REFER if not re.match(r"About (your|the|a) \w.*: please ", rule.client_message)] == []
    subjects = Counter(rule.client_message.partition(":")[0] for rule in REFER)
    assert [subject for subject, times in subjects.items() if times > 1] == []


def test_every_stop_says_what_to_do_in_words_of_its_own() -> None:
    assert [rule.slug for rule in STOP if not re.search(r"[Pp]lease |^We can only", rule.client_message)] == []
    assert [m for m, times in Counter(rule.client_message for rule in STOP).items() if times > 1] == []


def test_an_emergency_says_whom_to_call_and_the_others_whom_to_see_today() -> None:
    for rule in STOP:
        said = rule.client_message.lower()
        if rule.urgency == "emergency":
            assert "call your emergency number" in said, rule.slug
        if rule.urgency == "same_day":
            assert " today" in said or " now" in said, rule.slug
