"""What the therapist's page of a client's screening shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from clients.assessment.assess import Standing, stand
from clients.questionnaire.versions import current_questionnaire, questionnaire_of
from clients.record.models import Clearance, ScreeningRecord
from clients.roster.models import Client
from clients.screening.answers import read_date
from clients.screening.questionnaire import Questionnaire

HISTORY_LENGTH = 20
WORST_FIRST = ("STOP", "REFER", "INCOMPLETE", "RESTRICT", "CAUTION", "CLEAR")


@dataclass(frozen=True, slots=True)
class ScreeningPage:
    client: Client
    record: ScreeningRecord | None
    findings: list[dict[str, Any]]
    history: list[ScreeningRecord]
    letters: list[Clearance]
    questionnaire: Questionnaire | None
    #: Today's reading where it differs from the record that is shown: answers age, windows end.
    differs_today: Standing | None
    is_latest: bool


def read_screening_page(client: Client, *, at: datetime, record_id: uuid.UUID | None = None) -> ScreeningPage | None:
    """None when the record asked for is not this client's."""
    records = ScreeningRecord.objects.for_practice(client.practice_id).filter(client=client)
    rows = records.select_related("questionnaire", "practice_rules").defer("questionnaire__document", "findings")
    history = list(rows[:HISTORY_LENGTH])
    record = history[0] if history else None
    if record_id:
        record = next((row for row in history if row.pk == record_id), None) or records.filter(pk=record_id).first()
        if record is None:
            return None
    is_latest = bool(history) and record == history[0]
    today = stand(client, at=at) if is_latest else None
    letters = list(
        Clearance.objects.for_practice(client.practice_id)
        .filter(client=client)
        .select_related("verified_by__user", "file")
        .defer("file__sealed")
    )
    return ScreeningPage(
        client=client,
        record=record,
        findings=_in_order(record),
        history=history,
        letters=letters,
        questionnaire=questionnaire_of(record.questionnaire, record.practice_rules) if record else None,
        differs_today=today if record and today and _differs(record, today) else None,
        is_latest=is_latest,
    )


def _in_order(record: ScreeningRecord | None) -> list[dict[str, Any]]:
    """The gravest first, days as dates."""
    if record is None:
        return []
    rows = [
        {**row, "ask_again_on": read_date(row["ask_again_on"]), "cleared_until": read_date(row["cleared_until"])}
        for row in record.findings
    ]
    return sorted(rows, key=lambda row: WORST_FIRST.index(row["outcome"]))


def _differs(record: ScreeningRecord, today: Standing) -> bool:
    return {row["rule"] for row in record.findings} != {finding.rule for finding in today.screening.findings}


def clearable_choices(page: ScreeningPage) -> list[tuple[str, str]]:
    """Rules that fired and that a letter can clear, with whose letter it has to be."""
    if page.questionnaire is None:
        return []
    fired = {row["rule"] for row in page.findings}
    return [(slug, words) for slug, words in _clearable(page.questionnaire) if slug in fired]


def letter_choices(client: Client) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What a letter can be verified against: the rules that fired last, then all others that letters can clear."""
    record = ScreeningRecord.objects.for_practice(client.practice_id).filter(client=client).first()
    fired = {row["rule"] for row in record.findings} if record else set()
    _version, questionnaire = current_questionnaire(client.practice_id)
    choices = _clearable(questionnaire)
    asked = [choice for choice in choices if choice[0] in fired]
    return asked, [choice for choice in choices if choice[0] not in fired]


def _clearable(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    return [
        (rule.slug, _("%(rule)s Letter of: %(issuer)s") % {"rule": question.question, "issuer": rule.clearance.issuer})
        for question, rule in questionnaire.rules
        if rule.clearance and rule.outcome == "REFER"
    ]


def first_day_to_ask_again(findings: list[dict[str, Any]]) -> date | None:
    return min((row["ask_again_on"] for row in findings if row["ask_again_on"]), default=None)
