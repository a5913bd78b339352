"""Whose signature counts for a minor: names and addresses compared as a person would, and what is found without one."""

import pytest

from clients.screening.engine import screen
from clients.screening.findings import Screening
from clients.screening.guardianship import (
    GuardianSignature,
    is_same_mailbox,
    is_same_name,
    needs_guardian,
    with_guardianship,
)
from tests.screening.examples import TODAY, given, healthy, questionnaire


@pytest.mark.parametrize(
    "other",
    [
        "Lina Müller-Haddad",
        "lina  müller haddad",
        "LINA MULLER HADDAD",
        "Haddad, Lina Müller",
        "LinaMüllerHaddad",
        "Lina Haddad",
        "Haddad",
        "L. Haddad",
        "Lina Marie Müller-Haddad",
        "Lina\u200b Müller\u00a0Haddad",
    ],
)
def test_the_same_name_is_known_whatever_its_spelling(other: str) -> None:
    assert is_same_name("Lina Müller-Haddad", other)
    assert is_same_name(other, "Lina Müller-Haddad")


@pytest.mark.parametrize("other", ["Samira Haddad", "Lina Müller-Haddad senior", "Noor", "", "Sam Müller-Haddad"])
def test_another_name_is_another_person(other: str) -> None:
    assert not is_same_name("Lina Müller-Haddad", other)


def test_names_in_other_scripts_are_compared_too() -> None:
    assert is_same_name("نور حداد", "حداد نور")
    assert is_same_name("נועה לוי", "לוי נועה")
    assert not is_same_name("نور حداد", "سميرة حداد")
    assert is_same_name("Seán O\u2019Neill", "sean oneill")


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("NOOR@Example.org", True),
        ("noor+mum@example.org", True),
        (" noor@example.org ", True),
        ("samira@example.org", False),
        ("noor@example.com", False),
        ("", False),
    ],
)
def test_one_mailbox_under_two_spellings(other: str, is_same: bool) -> None:
    assert is_same_mailbox("noor@example.org", other) is is_same


def test_dots_count_except_where_the_provider_ignores_them() -> None:
    assert is_same_mailbox("noor.haddad@gmail.com", "noorhaddad+x@googlemail.com")
    assert not is_same_mailbox("noor.haddad@example.org", "noorhaddad@example.org")


@pytest.mark.parametrize(
    ("age", "consent", "needed"), [(17, 18, True), (18, 18, False), (17, 13, True), (20, 21, True), (None, 18, False)]
)
def test_a_practice_may_ask_for_a_guardian_longer_and_never_for_less(age: int, consent: int, needed: bool) -> None:
    assert needs_guardian(age, age_of_consent=consent) is needed


def screened(age: int, signature: GuardianSignature) -> Screening:
    answers = given({**healthy(), "age": age, **({"guardian-consent": "yes"} if age < 18 else {})})
    return with_guardianship(screen(questionnaire(), answers, (), TODAY), signature)


@pytest.mark.parametrize(
    ("age", "signature", "rule"),
    [
        (6, GuardianSignature(), "guardian-missing"),
        (17, GuardianSignature(), "guardian-missing"),
        (17, GuardianSignature(by_guardian=True, unreached=True), "guardian-unreached"),
        (17, GuardianSignature(by_guardian=True), None),
        (18, GuardianSignature(), None),
    ],
)
def test_a_minor_is_incomplete_without_a_guardian(age: int, signature: GuardianSignature, rule: str | None) -> None:
    found = screened(age, signature)
    assert [finding.rule for finding in found.findings if finding.kind == "signature"] == [rule] * bool(rule)
    assert not rule or not found.may_release


def test_the_adult_in_the_room_is_told_to_the_client_and_to_the_therapist() -> None:
    young, older = screened(15, GuardianSignature(by_guardian=True)), screened(16, GuardianSignature(by_guardian=True))
    assert young.client_notes == ("An adult stays in the room.",)
    assert any("An adult stays in the room." in finding.notes for finding in young.findings)
    assert older.client_notes == ()
