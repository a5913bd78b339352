"""What the therapist's page of a client's screening shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from clients.assessment.assess import Assessment, assess
from clients.follow_up.models import FollowUp
from clients.letters.choices import clearable_rules
from clients.questionnaire.versions import questionnaire_of
from clients.record.models import Clearance, ScreeningRecord
from clients.roster.models import Client
from clients.screening.answers import read_date
from clients.screening.questionnaire import Questionnaire
from clients.screening.stored_findings import StoredFinding

HISTORY_LENGTH = 20
FOLLOW_UPS_SHOWN = 20
#: No plan while it stands.
HALTED = frozenset({"STOP", "REFER"})
WORST_FIRST = ("STOP", "REFER", "INCOMPLETE", "RESTRICT", "CAUTION", "CLEAR")


@dataclass(frozen=True, slots=True)
class ScreeningPage:
    client: Client
    record: ScreeningRecord | None
    findings: list[StoredFinding]
    history: list[ScreeningRecord]
    letters: list[Clearance]
    questionnaire: Questionnaire | None
    #: Today's screening where it differs from the record that is shown: answers age, windows end.
    differs_today: Assessment | None
    is_latest: bool
    #: What was done about this client's findings and notices, the newest first.
    follow_ups: list[FollowUp]

    @property
    def is_halted(self) -> bool:
        """Whether nothing may be built on it: as it was stored, or as it reads today."""
        read = (self.record.overall if self.record else "", self.differs_today and self.differs_today.screening.overall)
        return not HALTED.isdisjoint(read)

    @property
    def waits_for_letter(self) -> bool:
        return self.record is not None and self.record.overall == "REFER"

    @property
    def last_follow_up(self) -> FollowUp | None:
        """The last word on the screening that is shown."""
        return next((row for row in self.follow_ups if self.record and row.about == self.record.pk), None)


def read_screening_page(client: Client, *, at: datetime, record_id: uuid.UUID | None = None) -> ScreeningPage | None:
    """Read the page; None when the record asked for is not this client's."""
    records = ScreeningRecord.objects.for_practice(client.practice_id).filter(client=client)
    rows = records.select_related("questionnaire", "practice_rules").defer("questionnaire__document", "findings")
    history = list(rows[:HISTORY_LENGTH])
    record = history[0] if history else None
    if record_id:
        record = next((row for row in history if row.pk == record_id), None) or records.filter(pk=record_id).first()
        if record is None:
            return None
    is_latest = bool(history) and record == history[0]
    today = assess(client, at=at) if is_latest else None
    letters = list(
        Clearance.objects.for_practice(client.practice_id)
        .filter(client=client)
        .select_related("verified_by__user", "file")
        .defer("file__sealed")
    )
    follow_ups = FollowUp.objects.for_practice(client.practice_id).filter(client=client)
    return ScreeningPage(
        client=client,
        record=record,
        findings=_in_order(record),
        history=history,
        letters=letters,
        questionnaire=questionnaire_of(record.questionnaire, record.practice_rules) if record else None,
        differs_today=today if record and today and _differs(record, today) else None,
        is_latest=is_latest,
        follow_ups=list(follow_ups.select_related("by__user")[:FOLLOW_UPS_SHOWN]),
    )


def _in_order(record: ScreeningRecord | None) -> list[StoredFinding]:
    """The findings, most serious first."""
    return sorted(record.findings, key=lambda row: WORST_FIRST.index(row["outcome"])) if record else []


def _differs(record: ScreeningRecord, today: Assessment) -> bool:
    """Whether the same answers come to something else today. Another reason for the same outcome is no news."""
    return record.overall != today.screening.overall


def clearable_choices(page: ScreeningPage) -> list[tuple[str, str]]:
    """The rules that fired and that a letter can clear, with whose letter it has to be."""
    if page.questionnaire is None:
        return []
    fired = {row["rule"] for row in page.findings}
    return [(slug, words) for slug, words in clearable_rules(page.questionnaire) if slug in fired]


def first_day_to_ask_again(findings: list[StoredFinding]) -> date | None:
    return min((day for row in findings if (day := read_date(row["ask_again_on"]))), default=None)
