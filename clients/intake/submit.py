"""An intake from beginning to signing: begin, save, submit. After signing it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clients.assessment.assess import Assessment, assess, assess_unsigned, record
from clients.consent.consent import consents_in_force, give_consents, withdraw_consent
from clients.intake import emails
from clients.intake.sections import applicable, unanswered
from clients.questionnaire.versions import current_questionnaire, questionnaire_of
from clients.record.models import Consent, Intake
from clients.record.models.intake import IntakeQuerySet
from clients.record.stored_forms import StoredAnswer, StoredAnswers
from clients.roster.invitation import use_invitation
from clients.roster.lock import lock_client
from clients.roster.models import Client, Invitation
from clients.roster.roster import person_at
from clients.screening.answers import AnswerValue
from clients.screening.entries import Question
from clients.screening.guardianship import is_same_mailbox, is_same_name
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Member, User

Actor = Member | User | str
#: The actor to record when somebody came by an invitation link and has not signed in.
LINK_HOLDER = "invitation link"
#: Groups that a returning client answers anew: they are about today, or an agreement.
ASKED_ANEW = frozenset({"consent", "red_flags", "today"})
REQUIRED_CONSENTS = (Consent.Purpose.HEALTH_DATA, Consent.Purpose.HOME_ROUTINE)


class IntakeClosed(Exception):
    """The intake is signed; nothing in it can be changed any more."""


class IntakeStopped(Exception):
    """An answer calls for medical care first; the form does not go on."""


class IntakeUnanswered(Exception):
    """Required questions, `questions`, are open, so it cannot be signed."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        self.questions = questions


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer as the form read it. `value` is None when there is none, or it could not be read."""

    value: AnswerValue | None
    note: str = ""
    #: Something unreadable was typed: the answer before it no longer counts.
    is_faulty: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as what, on which local day; a guardian with an address of their own, lower case."""

    name: str
    signed_on: date
    as_guardian: bool = False
    email: str = ""


def open_intake(client: Client) -> Intake | None:
    return _intakes(client).in_progress().first()


def _intakes(client: Client) -> IntakeQuerySet:
    # The questions are 150 KB, and are kept in memory by digest.
    return (
        Intake.objects.for_practice(client.practice_id)
        .filter(client=client)
        .select_related("client__practice", "questionnaire")
        .defer("questionnaire__document")
    )


@transaction.atomic
def begin_intake(client: Client, *, by: Actor, at: datetime, invitation: Invitation | None = None) -> Intake:
    """The client's open intake, or a new one on the current questionnaire, prefilled to be confirmed.

    Beginning again, on another device or by a newer invitation, continues the same one.
    """
    lock_client(client.pk)  # two beginnings at once meet here
    intake = open_intake(client)
    if intake is not None:
        if invitation and intake.invitation_id != invitation.pk:
            intake.invitation = invitation
            intake.save(update_fields=["invitation"])
        return intake
    version, questionnaire = current_questionnaire()
    intake = Intake.objects.create(
        client=client,
        questionnaire=version,
        invitation=invitation,
        answers=_prefilled(client, questionnaire),
        begun_at=at,
        saved_at=at,
    )
    audit.record(by, "intake.begun", intake, practice=client.practice)
    return intake


def _prefilled(client: Client, questionnaire: Questionnaire) -> StoredAnswers:
    """The last signed answers, each marked as not yet confirmed. Unconfirmed ones count as unanswered."""
    last = _intakes(client).submitted().order_by("-submitted_at").first()
    if last is None:
        return {}
    known = {question.slug for question in questionnaire.questions_at("intake") if question.group not in ASKED_ANEW}
    return {
        slug: {"value": entry["value"], "note": entry.get("note", ""), "on": entry["on"], "prefill": True}
        for slug, entry in last.answers.items()
        if slug in known and entry["value"] is not None
    }


def values_of(intake: Intake) -> dict[str, AnswerValue]:
    """Question -> answer that the client gave or confirmed in this intake."""
    return {
        slug: entry["value"]
        for slug, entry in intake.answers.items()
        if entry["value"] is not None and not entry.get("prefill")
    }


def unanswered_in(intake: Intake, today: date) -> tuple[Question, ...]:
    values = values_of(intake)
    return unanswered(applicable(questionnaire_of(intake.questionnaire), values, today), values)


@transaction.atomic
def save_answers(
    intake: Intake,
    given: Mapping[str, GivenAnswer],
    *,
    revision: int,
    tab: str,
    by: Actor,
    at: datetime,
    section_done: str = "",
) -> StoredAnswers:
    """Save what was typed; return question -> entry where another device saved something else meanwhile.

    Those are not touched: the person sees both and saves again. A blank from an older page never erases a newer answer.
    Raises IntakeClosed when it was signed.
    """
    fresh = Intake.objects.across_practices().select_for_update(no_key=True).get(pk=intake.pk)
    if fresh.is_submitted:
        raise IntakeClosed
    today = local_today(at, intake.client.time_zone).isoformat()
    answers, number = dict(fresh.answers), fresh.revision + 1
    conflicts: StoredAnswers = {}
    for slug, new in given.items():
        old = answers.get(slug)
        if old and _is_newer(old, revision, tab) and (new.value is None or new.value != old["value"]):
            if new.value is not None or new.is_faulty:
                conflicts[slug] = old
            continue
        entry: StoredAnswer = {"value": new.value, "note": new.note, "on": today, "rev": number, "tab": tab}
        if new.value is None and not old:
            continue
        if _differs(old, entry):
            answers[slug] = entry
    done = list(fresh.groups_saved)
    if section_done and not conflicts and section_done not in done:
        done.append(section_done)
    if answers != fresh.answers or done != fresh.groups_saved:
        fresh.answers, fresh.groups_saved, fresh.revision, fresh.saved_at = answers, done, number, at
        fresh.save(update_fields=["answers", "groups_saved", "revision", "saved_at"])
        audit.record(by, "intake.saved", fresh, practice=intake.client.practice)
    intake.answers, intake.groups_saved, intake.revision = fresh.answers, fresh.groups_saved, fresh.revision
    return conflicts


def _is_newer(old: StoredAnswer, revision: int, tab: str) -> bool:
    return old.get("rev", 0) > revision and old.get("tab") != tab


def _differs(old: StoredAnswer | None, new: StoredAnswer) -> bool:
    """A confirmed prefill differs too: it was given on the day it is confirmed."""
    if old is None or old.get("prefill"):
        return True
    return (old["value"], old.get("note"), old["on"]) != (new["value"], new.get("note"), new["on"])


@transaction.atomic
def stop_intake(stopped: Assessment, *, by: Actor, at: datetime) -> None:
    """An answer calls for medical care first: record the assessment of the open intake and tell the therapist.

    The answers are kept. The same stop is recorded, and told, once.
    """
    if stopped.intake:
        lock_client(stopped.intake.client_id)
    record(stopped, cause="red flag", at=at, by=by, once=True)


@transaction.atomic
def submit_intake(
    intake: Intake, *, signature: Signature, consents: Mapping[str, str], by: Actor, at: datetime
) -> Intake:
    """Sign and send, once: freeze the answers, keep the consents, store the assessment, close the invitation.

    `consents`: purpose -> the words that were shown. Sending again returns the signed intake as it is.
    Raises IntakeStopped and IntakeUnanswered; “not sure” and contradictions are for the therapist to settle.
    """
    client = lock_client(intake.client_id)
    # Saving an answer holds the intake alone.
    rows = _intakes(client).select_related("client__day_answers", "invitation")
    fresh = rows.select_for_update(of=("self",), no_key=True).get(pk=intake.pk)
    if fresh.is_submitted:
        return fresh
    if signature.as_guardian and not is_guardians(signature, client):
        raise ValueError("A guardian signs with a name and an address other than the client's.")
    _sign(fresh, signature, at)
    assessment = assess(client, at=at, signed=fresh)
    if _is_stopped(fresh, assessment, at):
        raise IntakeStopped
    missing = unanswered_in(fresh, local_today(at, client.time_zone))
    if missing:
        raise IntakeUnanswered(missing)
    if not signature.name.strip() or any(purpose not in consents for purpose in REQUIRED_CONSENTS):
        raise ValueError("An intake is submitted signed, with the consents that it needs.")
    fresh.save()
    if signature.as_guardian:
        emails.guardian_copy(fresh, at=at)
    with audit.together():
        _keep_consents(fresh, consents, by=by, at=at)
        if fresh.invitation:
            use_invitation(fresh.invitation, at=at)
        audit.record(by, "intake.submitted", fresh, practice=client.practice)
        record(assessment, cause="intake", at=at, by=by)
    return fresh


def is_guardians(signature: Signature, client: Client) -> bool:
    """Whether the name and the address can be a guardian's: neither is the client's own."""
    is_reachable = bool(signature.email) and not is_same_mailbox(signature.email, client.email)
    return is_reachable and not is_same_name(signature.name, client.name)


def _sign(intake: Intake, signature: Signature, at: datetime) -> None:
    intake.answers = {slug: entry for slug, entry in intake.answers.items() if not entry.get("prefill")}
    intake.signature = {
        "name": signature.name.strip(),
        "on": signature.signed_on.isoformat(),
        "at": at.isoformat(),
        "as": "guardian" if signature.as_guardian else "client",
        "email": signature.email,
    }
    if signature.as_guardian:
        intake.guardian = person_at(signature.email, signature.name)
    intake.submitted_at = intake.saved_at = at
    intake.revision += 1


def _is_stopped(intake: Intake, assessment: Assessment, at: datetime) -> bool:
    """By the version that the intake was begun with, which is nearly always the one in force."""
    if intake.questionnaire == assessment.version:
        return assessment.screening.is_urgent
    return assess_unsigned(intake, at=at).screening.is_urgent


def _keep_consents(intake: Intake, consents: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Give the consents that were ticked; withdraw the one to reminders when its tick was removed."""
    in_force = consents_in_force(intake.client)
    give_consents(intake.client, wordings=consents, in_force=in_force, by=by, at=at, intake=intake)
    if Consent.Purpose.REMINDERS in in_force - consents.keys():
        withdraw_consent(intake.client, purpose=Consent.Purpose.REMINDERS, by=by, at=at)
