"""What a client is told of several letters at once: each names its subject, and no sentence comes twice."""

from typing import Any

import pytest

from clients.intake.outcome_messages import messages_after
from clients.roster.models import Client
from tests.factories.intake import make_signed_intake
from tests.factories.matters import ON_BLOOD_THINNERS, make_record

pytestmark = pytest.mark.django_db


def told(client: Client) -> list[str]:
    return messages_after(client.screenings.first())


def test_two_letters_each_name_their_subject(rules: None, noor: Client) -> None:
    make_signed_intake(noor, **ON_BLOOD_THINNERS, osteoporosis="yes")
    words = told(noor)
    assert len(words) == len(set(words)) == 2
    findings = [row for row in noor.screenings.first().findings if row["outcome"] == "REFER"]
    for message, row in zip(words, findings, strict=True):
        assert row["answers"][0]["question"] in message or message.startswith("About ")
        assert message.endswith(f"({row['clearance_from']})")


def test_the_same_words_of_two_rules_are_one_sentence_with_both_to_ask(rules: None, noor: Client) -> None:
    record = make_record(noor, "REFER", cause="intake")
    row: Any = record.findings[0]
    record.findings = [
        {**row, "message": "About your diabetes: please ask.", "clearance_from": whom}
        for whom in ("your GP", "your podiatrist", "your GP")
    ]
    assert messages_after(record) == ["About your diabetes: please ask. (your GP, or your podiatrist)"]
