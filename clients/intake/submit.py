"""A client's answers on their way: begin, save, submit. After signing they never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clients.assessment.assess import record_screening, urgent_stop
from clients.consent.consent import give_consents, withdraw_consent
from clients.intake.sections import applicable, unanswered
from clients.questionnaire.versions import current_questionnaire, questionnaire_of
from clients.record.models import Consent, Intake
from clients.roster.invitation import use_invitation
from clients.roster.models import Client, Invitation
from clients.screening.entries import Question
from clients.screening.questionnaire import Questionnaire
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Member, User

By = Member | User | str
#: Who is written down when somebody came by an invitation link and has not signed in.
LINK_HOLDER = "invitation link"
#: Groups that a returning client answers anew: they speak of now, or of an agreement.
ASKED_ANEW = frozenset({"consent", "red_flags", "today"})
REQUIRED_CONSENTS = (Consent.Purpose.HEALTH_DATA, Consent.Purpose.HOME_ROUTINE)


class IntakeClosed(Exception):
    """The intake is signed; nothing in it changes any more."""


class IntakeStopped(Exception):
    """An answer needs medical care first; the form does not go on."""


class IntakeUnanswered(Exception):
    """Required questions are open, so it cannot be signed. `questions` are those."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        self.questions = questions


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the form read it. `value` None: there is none, or it could not be read."""

    value: Any
    note: str = ""
    #: Something unreadable was typed: the answer before it does not stand any longer.
    is_faulty: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as what, on which local day."""

    name: str
    signed_on: date
    as_guardian: bool = False


def open_intake(client: Client) -> Intake | None:
    return _intakes(client).in_progress().first()


def _intakes(client: Client) -> Any:
    # The questions are 150 KB and kept in memory by digest.
    return (
        Intake.objects.for_practice(client.practice_id)
        .filter(client=client)
        .select_related("client__practice", "questionnaire")
        .defer("questionnaire__document")
    )


@transaction.atomic
def begin_intake(client: Client, *, by: By, at: datetime, invitation: Invitation | None = None) -> Intake:
    """The client's open intake, or a new one on the current questionnaire, prefilled to be confirmed.

    Beginning twice, on two devices or by a newer invitation, goes on with the same one.
    """
    # The client's row is the lock: two beginnings at once meet here.
    Client.objects.for_practice(client.practice_id).select_for_update(no_key=True).get(pk=client.pk)
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


def _prefilled(client: Client, questionnaire: Questionnaire) -> dict[str, Any]:
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


def values_of(intake: Intake) -> dict[str, Any]:
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
    intake: Intake, given: Mapping[str, Given], *, revision: int, tab: str, by: By, at: datetime, section_done: str = ""
) -> dict[str, Any]:
    """Save what was typed; return question -> entry where another device saved something else meanwhile.

    Those are not touched: the person sees both and saves again. A blank from an older page never erases a newer answer.
    Raises IntakeClosed when it was signed.
    """
    fresh = Intake.objects.across_practices().select_for_update(no_key=True).get(pk=intake.pk)
    if fresh.is_submitted:
        raise IntakeClosed
    today = local_today(at, intake.client.time_zone).isoformat()
    answers, conflicts, number = dict(fresh.answers), {}, fresh.revision + 1
    for slug, new in given.items():
        old = answers.get(slug, {})
        is_newer = old.get("rev", 0) > revision and old.get("tab") != tab
        if is_newer and (new.value is None or new.value != old["value"]):
            if new.value is not None or new.is_faulty:
                conflicts[slug] = old
            continue
        entry = {"value": new.value, "note": new.note, "on": today, "rev": number, "tab": tab}
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


def _differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """A confirmed prefill differs too: from then on it was given today."""
    return bool(old.get("prefill")) or any(old.get(key) != new[key] for key in ("value", "note", "on"))


@transaction.atomic
def stop_intake(intake: Intake, *, by: By, at: datetime) -> bool:
    """If an answer needs medical care first: write the screening down, tell the therapist, and return True.

    The answers are kept. The same stop is written down and told once.
    """
    screening = urgent_stop(intake, at=at)
    if screening is None:
        return False
    record_screening(intake.client, cause="red flag", at=at, by=by, intake=intake, screening=screening, once=True)
    return True


@transaction.atomic
def submit_intake(intake: Intake, *, signature: Signature, consents: Mapping[str, str], by: By, at: datetime) -> Intake:
    """Sign and send, once: freeze the answers, keep the consents, screen, close the invitation.

    `consents`: purpose -> the words that were shown. Sending again returns the signed intake as it is.
    Raises IntakeStopped and IntakeUnanswered; “not sure” and contradictions are for the therapist to settle.
    """
    fresh = _intakes(intake.client).select_for_update(of=("self",), no_key=True).get(pk=intake.pk)
    if fresh.is_submitted:
        return fresh
    if urgent_stop(fresh, at=at):
        raise IntakeStopped
    missing = unanswered_in(fresh, local_today(at, fresh.client.time_zone))
    if missing:
        raise IntakeUnanswered(missing)
    if not signature.name.strip() or any(purpose not in consents for purpose in REQUIRED_CONSENTS):
        raise ValueError("An intake is submitted signed, with the consents that it needs.")
    fresh.answers = {slug: entry for slug, entry in fresh.answers.items() if not entry.get("prefill")}
    fresh.signature = {
        "name": signature.name.strip(),
        "on": signature.signed_on.isoformat(),
        "at": at.isoformat(),
        "as": "guardian" if signature.as_guardian else "client",
    }
    fresh.submitted_at = fresh.saved_at = at
    fresh.revision += 1
    fresh.save()
    _keep_consents(fresh, consents, by=by, at=at)
    if fresh.invitation:
        use_invitation(fresh.invitation, at=at)
    audit.record(by, "intake.submitted", fresh, practice=fresh.client.practice)
    record_screening(fresh.client, cause="intake", at=at, by=by, intake=fresh)
    return fresh


def _keep_consents(intake: Intake, consents: Mapping[str, str], *, by: By, at: datetime) -> None:
    """What was ticked is given; a reminder tick taken out is a consent taken back."""
    give_consents(intake.client, wordings=consents, by=by, at=at, intake=intake)
    if Consent.Purpose.REMINDERS not in consents:
        withdraw_consent(intake.client, purpose=Consent.Purpose.REMINDERS, by=by, at=at)
