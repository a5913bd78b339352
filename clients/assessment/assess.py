"""Where a client stands today: the answers in force, the letters that count, and what the rules say of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists

from clients.questionnaire.models import PracticeRules, QuestionnaireVersion
from clients.questionnaire.versions import (
    current_version,
    questionnaire_of,
    questionnaires_of,
    rules_of_practice,
    rules_of_practices,
)
from clients.record.day_answers import day_answers_over
from clients.record.models import Clearance, DayAnswers, Intake, ScreeningRecord
from clients.roster import emails
from clients.roster.models import Client
from clients.screening.age import AGE, next_birthday, with_age
from clients.screening.answers import Answer, read_date
from clients.screening.engine import screen
from clients.screening.expiry import verdict_expires_on
from clients.screening.findings import Finding, Screening, worst_outcome
from clients.screening.findings_text import stored_findings
from clients.screening.letter_terms import Clearance as Letter
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Member, User

URGENT = frozenset({"emergency", "same_day"})

#: Called inside the transaction with each new screening. The floor above checks the client's plans here.
after_screening: list[Callable[[ScreeningRecord, datetime], None]] = []


@dataclass(frozen=True)
class Standing:
    """One reading of a client: what they said, which letters count, and what the rules make of it on the day."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    letters: tuple[Letter, ...]
    screening: Screening
    #: What the practice had added to the shared rules; part of `questionnaire` already.
    rules: PracticeRules | None = None
    #: The shared version; its document stays in the database.
    version: QuestionnaireVersion | None = None
    #: Questions whose answer in force was given before a session, after the last signing.
    of_the_day: frozenset[str] = frozenset()
    born: date | None = None

    @property
    def safe_until(self) -> date | None:
        """The last day on which this screening holds though nobody changes anything; None when it does not age."""
        turning = [verdict_expires_on(self.questionnaire, self.screening, self.answers, self.letters)]
        if self.born and AGE in self.answers:
            turning.append(next_birthday(self.born, self.screening.today))
        expires = min(filter(None, turning), default=None)
        return expires - timedelta(days=1) if expires else None

    @property
    def for_running_plan(self) -> Screening:
        """Without restrictions that only an answer before a session brought: that question is asked again before
        each session, which leaves out what is not allowed then. What stops or refers stays."""
        if not self.of_the_day:
            return self.screening
        kept = tuple(finding for finding in self.screening.findings if not self._is_of_the_day(finding))
        return replace(self.screening, findings=kept, overall=worst_outcome(kept))

    def _is_of_the_day(self, finding: Finding) -> bool:
        mild = finding.kind == "rule" and finding.outcome in ("CAUTION", "RESTRICT")
        return mild and not self.of_the_day.isdisjoint(finding.questions)


class NotScreenable(Exception):
    """The client has not signed any answers yet, so there is nothing to write down."""


def intake_in_force(client: Client) -> Intake | None:
    """The last signed intake; `was_flagged_since` tells whether an unsigned one with a red flag may follow it."""
    unsigned = Intake.objects.for_practice(client.practice_id).filter(client=client).in_progress()
    return (
        Intake.objects.for_practice(client.practice_id)
        .filter(client=client)
        .submitted()
        .annotate(was_flagged_since=Exists(unsigned.filter(screenings__cause="red flag")))
        .select_related("questionnaire", "client__day_answers")
        .defer("questionnaire__document")
        .order_by("-submitted_at")
        .first()
    )


def answers_of(intake: Intake) -> dict[str, Answer]:
    """Every answer with the day it was given. Prefilled ones that nobody confirmed are not answers."""
    stored = intake.answers
    days = {text: read_date(text) for text in {entry.get("on") for entry in stored.values()}}
    return {
        slug: Answer(entry["value"], days[entry["on"]])
        for slug, entry in stored.items()
        if entry["value"] is not None and not entry.get("prefill")
    }


def current_answers(client: Client) -> Mapping[str, Answer]:
    """What the client last signed; with a red flag from an unsigned intake since then on top of it.

    Empty when nothing was signed: the rules read that as unanswered, never as "no".
    """
    return _answers_of_client(client)[0]


def _answers_of_client(client: Client) -> tuple[dict[str, Answer], frozenset[str]]:
    """The answers in force, and which of them were given before a session."""
    signed = intake_in_force(client)
    kept = getattr(signed.client, "day_answers", None) if signed else None
    of_the_day = day_answers_over(kept, signed, client.time_zone)
    answers = answers_of(signed) if signed else {}
    flagged: dict[str, Answer] = {}
    if signed is None or signed.was_flagged_since:  # type: ignore[attr-defined]  # annotated by intake_in_force
        flagged = _flagged_since(client, signed)
    return {**answers, **of_the_day, **flagged}, frozenset(of_the_day)


def _flagged_intakes() -> Any:
    open_ones = Intake.objects.across_practices().in_progress().filter(screenings__cause="red flag")
    return open_ones.select_related("client", "questionnaire").defer("questionnaire__document")


def _flagged_since(client: Client, signed: Intake | None) -> dict[str, Answer]:
    """A red flag counts from the moment it was told, signed or not, until that answer is changed."""
    unsigned = _flagged_intakes().filter(client=client).first()
    if unsigned is None or (signed and signed.submitted_at and unsigned.begun_at < signed.submitted_at):
        return {}
    screening = _urgent(unsigned, local_today(unsigned.saved_at, client.time_zone))
    if screening is None:
        return {}
    behind = {slug for finding in screening.findings if finding.urgency in URGENT for slug in finding.questions}
    return {slug: answer for slug, answer in answers_of(unsigned).items() if slug in behind}


def valid_letters(client: Client) -> tuple[Letter, ...]:
    """Verified letters that were not withdrawn; the engine looks at their dates."""
    rows = Clearance.objects.for_practice(client.practice_id).filter(client=client).counting()
    return tuple(_letter(row) for row in rows)


def _letter(row: Clearance) -> Letter:
    said_by = row.content.get("from", "")
    return Letter(str(row.pk), frozenset(row.content["rules"]), row.issued_on, row.valid_until, said_by)


def stand(client: Client, *, at: datetime) -> Standing:
    """What the current rules, with the practice's own, say of the client on their local day. Writes nothing."""
    version, rules = current_version(), rules_of_practice(client.practice_id)
    judged = (version, rules, questionnaire_of(version, rules))
    answers, of_the_day = _answers_of_client(client)
    today = local_today(at, client.time_zone)
    return _standing(client, judged, answers, valid_letters(client), of_the_day, today)


def _standing(
    client: Client,
    judged_by: tuple[QuestionnaireVersion, PracticeRules | None, Questionnaire],
    answers: Mapping[str, Answer],
    letters: tuple[Letter, ...],
    of_the_day: frozenset[str],
    today: date,
) -> Standing:
    version, rules, questionnaire = judged_by
    born = client.birth_day
    if AGE in questionnaire.question_by_slug:
        answers = with_age(answers, born, today)
    screening = screen(questionnaire, answers, letters, today)
    return Standing(questionnaire, answers, letters, screening, rules, version, of_the_day, born)


def stand_many(clients: Collection[Client], *, at: datetime) -> dict[uuid.UUID, Standing]:
    """`stand` for many clients at once, in a few reads; for jobs that cross practices."""
    version = current_version()
    practices = {client.practice_id for client in clients}
    own = rules_of_practices(practices)
    questionnaires = questionnaires_of(version, own, practices)
    judged_by = {practice: (version, own.get(practice), questionnaires[practice]) for practice in practices}
    keys = [client.pk for client in clients]
    signed = {
        intake.client_id: intake
        for intake in Intake.objects.across_practices()
        .filter(client__in=keys)
        .submitted()
        .only("client_id", "answers", "submitted_at")
        .order_by("submitted_at")
    }
    letters: dict[uuid.UUID, list[Letter]] = {}
    for row in Clearance.objects.across_practices().filter(client__in=keys).counting():
        letters.setdefault(row.client_id, []).append(_letter(row))
    kept = {row.client_id: row for row in DayAnswers.objects.across_practices().filter(client__in=keys)}
    flagged = set(_flagged_intakes().filter(client__in=keys).values_list("client_id", flat=True))
    todays = {time_zone: local_today(at, time_zone) for time_zone in {client.time_zone for client in clients}}
    standings = {}
    for client in clients:
        intake = signed.get(client.pk)
        of_the_day = day_answers_over(kept.get(client.pk), intake, client.time_zone)
        answers = answers_of(intake) if intake else {}
        answers |= of_the_day
        if client.pk in flagged:
            answers |= _flagged_since(client, intake)
        counting = tuple(letters.get(client.pk, ()))
        judged = judged_by[client.practice_id]
        today = todays[client.time_zone]
        standings[client.pk] = _standing(client, judged, answers, counting, frozenset(of_the_day), today)
    return standings


def rescreened(standing: Standing, questionnaire: Questionnaire) -> Standing:
    """The same answers and letters on the same day under other rules. Pure."""
    screening = screen(questionnaire, standing.answers, standing.letters, standing.screening.today)
    return replace(standing, questionnaire=questionnaire, screening=screening)


def screen_client(client: Client, *, at: datetime) -> Screening:
    """The screening of `stand` alone."""
    return stand(client, at=at).screening


def urgent_stop(intake: Intake, *, at: datetime) -> Screening | None:
    """The screening of an unfinished intake when an answer in it needs medical care now or today."""
    return _urgent(intake, local_today(at, intake.client.time_zone))


def _urgent(intake: Intake, today: date) -> Screening | None:
    questionnaire = questionnaire_of(intake.questionnaire, rules_of_practice(intake.client.practice_id))
    screening = screen(questionnaire, answers_of(intake), (), today)
    return screening if screening.urgency in URGENT else None


@transaction.atomic
def record_screening(
    client: Client,
    *,
    cause: str,
    at: datetime,
    by: Member | User | str,
    intake: Intake | None = None,
    screening: Screening | None = None,
    once: bool = False,
    by_current_rules: bool = False,
) -> ScreeningRecord:
    """Screen and write it down, with everything that explains it. History: never changed afterwards.

    `screening` was made with the intake's own questionnaire unless `by_current_rules`.
    With `once`, a record of the same intake, cause and rules is returned instead of a second one.
    Raises NotScreenable when nothing was signed. An urgent stop also tells the therapist by e-mail, neutrally.
    """
    intake = intake or intake_in_force(client)
    if intake is None:
        raise NotScreenable
    if screening is None or by_current_rules:
        version, rules = current_version(), rules_of_practice(client.practice_id)
        questionnaire = questionnaire_of(version, rules)
        screening = screening or screen_client(client, at=at)
    else:
        version, rules = intake.questionnaire, rules_of_practice(client.practice_id)
        questionnaire = questionnaire_of(version, rules)
    findings = stored_findings(questionnaire, screening)
    if once and (same := _same_record(client, intake, cause, findings)):
        return same
    record = ScreeningRecord.objects.create(
        client=client,
        intake=intake,
        questionnaire=version,
        practice_rules=rules,
        made_at=at,
        for_day=screening.today,
        cause=cause,
        overall=screening.overall,
        urgency=screening.urgency or "",
        findings=findings,
    )
    audit.record(by, "screening.made", record, practice=client.practice)
    if screening.urgency in URGENT:
        emails.needs_attention(client, record=record, at=at)
    for listener in after_screening:
        listener(record, at)
    return record


def _same_record(client: Client, intake: Intake, cause: str, findings: list[dict[str, Any]]) -> ScreeningRecord | None:
    rules = [finding["rule"] for finding in findings if finding["outcome"] == "STOP"]
    for record in ScreeningRecord.objects.for_practice(client.practice_id).filter(
        client=client, intake=intake, cause=cause
    ):
        if [finding["rule"] for finding in record.findings if finding["outcome"] == "STOP"] == rules:
            return record
    return None
