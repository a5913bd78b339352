"""What is known of a client and what the rules make of it: assessed once per act, handed on, and stored as it was."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from clients.assessment import emails
from clients.assessment.signals import client_screened
from clients.questionnaire.models import PracticeRules, QuestionnaireVersion
from clients.questionnaire.versions import (
    RulesInForce,
    current_version,
    questionnaire_of,
    questionnaires_of,
    rules_in_force,
    rules_of_practice,
    rules_of_practices,
)
from clients.record.known_answers import Known, answers_of, known_of, known_of_many
from clients.record.models import Intake, ScreeningRecord
from clients.roster.models import Client
from clients.screening.absent_places import with_absent
from clients.screening.age import AGE, next_birthday, with_age
from clients.screening.answers import Answer, BodySite
from clients.screening.engine import screen
from clients.screening.entries import Moment
from clients.screening.expiry import verdict_expires_on
from clients.screening.findings import URGENT, Finding, Screening, worst_outcome, worst_urgency
from clients.screening.findings_text import stored_findings
from clients.screening.guardianship import with_guardianship
from clients.screening.lapses import LAPSED, lapsing
from clients.screening.letter_terms import Clearance as Letter
from clients.screening.questionnaire import Questionnaire
from clients.screening.stored_findings import StoredFinding
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Member, User


@dataclass(frozen=True)
class Assessment:
    """One reading of a client: what they said, which letters count, and what the rules make of it on the day."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    letters: tuple[Letter, ...]
    screening: Screening
    #: What the practice has added to the shared rules; `questionnaire` already includes it.
    rules: PracticeRules | None = None
    #: The shared version; its document stays in the database.
    version: QuestionnaireVersion | None = None
    #: Questions whose answer in force was given before a session, after the last signing.
    of_the_day: frozenset[str] = frozenset()
    born: date | None = None
    #: The intake that the answers come from; None when the client has not signed any.
    intake: Intake | None = None
    #: Whether a running plan rests on this. Not on answers that are still to be signed, nor on those of one session.
    is_in_force: bool = True
    #: Question -> when its answer ends by itself, of those that are about now.
    lapses_at: Mapping[str, datetime] = field(default_factory=dict)
    #: Questions whose answer has ended by itself and was not given anew since.
    lapsed: frozenset[str] = frozenset()
    #: What was in force beneath the answers that were handed in.
    earlier: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def safe_until(self) -> date | None:
        """The last day on which this screening holds if nobody changes anything; None when it does not age."""
        turning = [verdict_expires_on(self.questionnaire, self.screening, self.answers, self.letters)]
        if self.born and AGE in self.answers:
            turning.append(next_birthday(self.born, self.screening.today))
        expires = min(filter(None, turning), default=None)
        return expires - timedelta(days=1) if expires else None

    @property
    def for_running_plan(self) -> Screening:
        """The screening without what concerns single days: what ends by itself, and the mild findings that rest on an
        answer given before a session.

        A day's routine (`routines.today`) leaves out what those forbid. Other findings that stop or refer stay.
        """
        if not self.of_the_day and not self.lapses_at:
            return self.screening
        kept = tuple(finding for finding in self.screening.findings if not self.is_of_the_day(finding))
        return replace(self.screening, findings=kept, overall=worst_outcome(kept), urgency=worst_urgency(kept))

    def is_of_the_day(self, finding: Finding) -> bool:
        """Whether a finding concerns single days only, and so never suspends a plan."""
        if finding.kind != "rule" or finding.urgency in URGENT or finding.outcome == "REFER":
            return False
        if not self.lapses_at.keys().isdisjoint(finding.questions):
            return True
        if self.of_the_day.isdisjoint(finding.questions):
            return False
        return finding.outcome in ("CAUTION", "RESTRICT") or self._ends_with_its_window(finding)

    def _ends_with_its_window(self, finding: Finding) -> bool:
        """Whether it stops only for so many days after an event, such as the last chemotherapy."""
        rule = self.questionnaire.rule_by_slug.get(finding.rule)
        return rule is not None and rule.expires.kind == "event_window"


class NotScreenable(Exception):
    """The client has not signed any answers yet, so there is nothing to record."""


def assess(
    client: Client,
    *,
    at: datetime,
    signed: Intake | None = None,
    given: Mapping[str, Answer] | None = None,
    moment: Moment = "intake",
) -> Assessment:
    """What the rules in force, with the practice's own, say of the client on their local day. Writes nothing.

    An act that depends on the result holds the client's row (`clients.roster.lock`) and hands the result on.
    `signed`: an intake in hand that is being signed, in place of the last one. `given`: answers before a session, on
    top of the others; with a `moment` they are no longer what a running plan rests on. Raises NoQuestionnaire.
    """
    judge = rules_in_force(client.practice_id)
    known = known_of(client, signed)
    return _judged(client, judge, replace(known, on_top=given or {}), at, moment)


def assess_many(clients: Collection[Client], *, at: datetime) -> dict[uuid.UUID, Assessment]:
    """`assess` for many clients at once, by their keys, in a few queries; for jobs that cross practices."""
    judges = _rules_of_all({client.practice_id for client in clients})
    known = known_of_many(clients)
    return {client.pk: _judged(client, judges[client.practice_id], known[client.pk], at) for client in clients}


def assess_unsigned(intake: Intake, *, at: datetime) -> Assessment:
    """An open intake by the version that it was begun with, without letters: whether it has to stop for a red flag."""
    version, rules = intake.questionnaire, rules_of_practice(intake.client.practice_id)
    questionnaire, answers = questionnaire_of(version, rules), answers_of(intake)
    screening = screen(questionnaire, answers, (), local_today(at, intake.client.time_zone))
    return Assessment(questionnaire, answers, (), screening, rules, version, intake=intake, is_in_force=False)


def judged_anew(assessment: Assessment, questionnaire: Questionnaire) -> Assessment:
    """Assess the same answers and letters on the same day by other rules. Pure."""
    screening = screen(questionnaire, assessment.answers, assessment.letters, assessment.screening.today)
    screening = _with_facts(screening, assessment.screening.absent, assessment.intake)
    return replace(assessment, questionnaire=questionnaire, screening=screening)


def record(
    assessment: Assessment, *, cause: str, at: datetime, by: Member | User | str, once: bool = False
) -> ScreeningRecord:
    """Store exactly this assessment, with everything that explains it. History: never changed afterwards.

    Belongs in the transaction of the act that rests on it. An urgent stop also tells the therapist by e-mail,
    neutrally. With `once`, a record of the same intake, cause and stops is neither stored nor told a second time; the
    client's plans are checked all the same. Raises NotScreenable when nothing was signed.
    """
    intake, version = assessment.intake, assessment.version
    if intake is None or version is None:
        raise NotScreenable
    findings = stored_findings(assessment.questionnaire, assessment.screening)
    kept = _same_record(intake.client, intake, cause, findings) if once else None
    if kept is None:
        kept = _stored(assessment, version, intake, findings, cause=cause, at=at, by=by)
    client_screened.send(ScreeningRecord, record=kept, assessment=assessment, at=at)
    return kept


def _stored(
    assessment: Assessment,
    version: QuestionnaireVersion,
    intake: Intake,
    findings: list[StoredFinding],
    *,
    cause: str,
    at: datetime,
    by: Member | User | str,
) -> ScreeningRecord:
    client, screening = intake.client, assessment.screening
    kept = ScreeningRecord.objects.create(
        client=client,
        intake=intake,
        questionnaire=version,
        practice_rules=assessment.rules,
        made_at=at,
        for_day=screening.today,
        cause=cause,
        overall=screening.overall,
        urgency=screening.urgency or "",
        findings=findings,
    )
    audit.record(by, "screening.made", kept, practice=client.practice)
    if screening.is_urgent:
        emails.needs_attention(client, about=str(kept.pk), at=at)
    return kept


def _same_record(client: Client, intake: Intake, cause: str, findings: list[StoredFinding]) -> ScreeningRecord | None:
    rules = [finding["rule"] for finding in findings if finding["outcome"] == "STOP"]
    for kept in ScreeningRecord.objects.for_practice(client.practice_id).filter(
        client=client, intake=intake, cause=cause
    ):
        if [finding["rule"] for finding in kept.findings if finding["outcome"] == "STOP"] == rules:
            return kept
    return None


def _rules_of_all(practices: Collection[uuid.UUID]) -> dict[uuid.UUID, RulesInForce]:
    version, own = current_version(), rules_of_practices(practices)
    questionnaires = questionnaires_of(version, own, practices)
    return {practice: RulesInForce(version, own.get(practice), questionnaires[practice]) for practice in practices}


def _with_facts(screening: Screening, absent: tuple[BodySite, ...], intake: Intake | None) -> Screening:
    """What counts beside the rules: places that are not there, and whose signature stands under the answers."""
    screening = with_absent(screening, absent)
    return with_guardianship(screening, intake.guardian_signature) if intake else screening


def _judged(client: Client, judge: RulesInForce, known: Known, at: datetime, moment: Moment = "intake") -> Assessment:
    questionnaire, today = judge.questionnaire, local_today(at, client.time_zone)
    answers, born = known.answers, client.birth_day
    if AGE in questionnaire.question_by_slug:
        answers = with_age(answers, born, today)
    answers = {**answers, **known.on_top}
    ending = lapsing(
        questionnaire, answers, lambda slug: at if slug in known.on_top else known.given_at(slug), client.time_zone
    )
    over = {slug: Answer(LAPSED, today) for slug, end in ending.items() if end <= at and slug not in known.flagged}
    answers = {**answers, **over}
    return Assessment(
        questionnaire,
        answers,
        known.letters,
        _with_facts(
            screen(questionnaire, answers, known.letters, today, moment=moment), client.absent_sites, known.intake
        ),
        judge.rules,
        judge.version,
        frozenset(known.of_the_day.answers),
        born,
        known.intake,
        is_in_force=moment == "intake" and not known.on_top,
        lapses_at={slug: end for slug, end in ending.items() if end > at},
        lapsed=frozenset(over),
        earlier=known.answers if known.on_top else {},
    )
