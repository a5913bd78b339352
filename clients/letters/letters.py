"""Letters of health professionals: sent, read and verified by a therapist against named rules, refused, withdrawn.

Only a verified letter counts. Every decision about one has the client screened again, and so their plans checked.
"""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.assessment.assess import assess, record
from clients.letters import emails
from clients.letters.expiry import note_end, note_renewals
from clients.letters.sanitize_file import CleanFile
from clients.questionnaire.versions import current_questionnaire
from clients.record.models import Clearance, ClearanceFile
from clients.record.stored_forms import LetterContent
from clients.roster.lock import lock_client
from clients.roster.models import Client
from practice.audit import audit
from practice.core.clock import local_today
from practice.mail import outbox
from practice.tenancy.models import Member, User

#: So many letters of one client may wait to be read; more would be somebody filling the disk.
MAX_WAITING = 12


class ClearanceRefused(Exception):
    """The letter cannot count: the text says why, `field` for which part; None is the letter as a whole."""

    def __init__(self, field: str | None, why: str) -> None:
        super().__init__(why)
        self.field = field


@transaction.atomic
def receive_clearance(
    client: Client,
    *,
    file: CleanFile,
    by: Member | User,
    at: datetime,
    issued_by: str = "",
    words: str = "",
    form_key: uuid.UUID | None = None,
) -> tuple[Clearance, bool]:
    """Keep a letter that nobody has read yet; it counts for nothing. Returned with False when its form was sent before.

    The therapist is told of one that the client sent, neutrally; every one waits on the practice's first page.
    Raises ClearanceRefused when too many wait to be read.
    """
    client = lock_client(client.pk)  # a form sent twice at once is one letter
    if form_key and (same := _of_form(client, form_key)):
        return same, False
    if Clearance.objects.for_practice(client.practice_id).filter(client=client).undecided().count() >= MAX_WAITING:
        raise ClearanceRefused(None, _("Several letters wait to be read already. Please ask your practice first."))
    content: LetterContent = {"rules": [], "from": issued_by.strip(), "words": words.strip(), "note": ""}
    letter = Clearance.objects.create(
        client=client,
        content=content,
        recorded_at=at,
        recorded_by=_person(by),
        form_key=form_key,
    )
    _keep_file(letter, file)
    audit.record(by, "clearance.recorded", letter, practice=client.practice)
    if not isinstance(by, Member):
        emails.letter_arrived(letter, at=at)
    return letter, True


@transaction.atomic
def record_clearance(
    client: Client,
    *,
    rules: Collection[str],
    issued_on: date,
    valid_until: date | None,
    issued_by: str,
    by: Member,
    at: datetime,
    note: str = "",
    file: CleanFile | None = None,
    form_key: uuid.UUID | None = None,
) -> Clearance:
    """Keep a letter that a therapist has read, which counts for the rules named, and screen the client anew.

    Raises ClearanceRefused for a rule that no letter can clear (a STOP never), and for days that cannot be right.
    """
    _check(client, rules, issued_on, valid_until, issued_by, today=local_today(at, client.time_zone))
    client = lock_client(client.pk)  # a form sent twice at once is one letter
    if form_key and (same := _of_form(client, form_key)):
        return same
    letter = Clearance(client=client, recorded_at=at, recorded_by=by.user, form_key=form_key)
    _count(letter, rules, issued_on, valid_until, issued_by, note, by=by, at=at)
    if file:
        _keep_file(letter, file)
    audit.record(by, "clearance.recorded", letter, practice=client.practice)
    _verified(letter, by=by, at=at)
    return letter


@transaction.atomic
def verify_clearance(
    letter: Clearance,
    *,
    rules: Collection[str],
    issued_on: date,
    valid_until: date | None,
    issued_by: str,
    by: Member,
    at: datetime,
    note: str = "",
) -> Clearance:
    """A therapist has read the letter: from now on it counts for the rules named. Raises ClearanceRefused."""
    today = local_today(at, letter.client.time_zone)
    _check(letter.client, rules, issued_on, valid_until, issued_by, today=today)
    letter = _locked_undecided(letter)
    _count(letter, rules, issued_on, valid_until, issued_by, note, by=by, at=at)
    _verified(letter, by=by, at=at)
    return letter


@transaction.atomic
def reject_clearance(letter: Clearance, *, reason: str, by: Member, at: datetime) -> Clearance:
    """The letter will not count; the client reads `reason`. Raises ClearanceRefused without one, or when decided."""
    if not reason.strip():
        raise ClearanceRefused("reason", _("Say in a kind sentence what is missing."))
    letter = _locked_undecided(letter)
    letter.content = {**letter.content, "reason": reason.strip()}
    letter.rejected_at = at
    letter.save()
    audit.record(by, "clearance.rejected", letter, practice=letter.client.practice)
    _screen_again(letter.client, by=by, at=at)
    return letter


@transaction.atomic
def withdraw_clearance(letter: Clearance, *, by: Member, at: datetime) -> bool:
    """The letter counts for nothing from now on. False when it was withdrawn before."""
    client = lock_client(letter.client_id)
    changed = (
        Clearance.objects.for_practice(client.practice_id)
        .filter(pk=letter.pk, withdrawn_at=None)
        .update(withdrawn_at=at)
    )
    if not changed:
        return False
    letter.withdrawn_at = at
    note_renewals(client)
    audit.record(by, "clearance.withdrawn", letter, practice=client.practice)
    _screen_again(client, by=by, at=at)
    return True


def clearable_rules(practice: uuid.UUID | None = None) -> frozenset[str]:
    """The rules that a letter can clear, with the practice's own rules and raised outcomes."""
    _version, questionnaire = current_questionnaire(practice)
    return frozenset(rule.slug for _question, rule in questionnaire.rules if rule.clearance and rule.outcome == "REFER")


def _check(
    client: Client,
    rules: Collection[str],
    issued_on: date,
    valid_until: date | None,
    issued_by: str,
    *,
    today: date,
) -> None:
    clearable = clearable_rules(client.practice_id)
    if not rules or any(rule not in clearable for rule in rules):
        raise ClearanceRefused("rules", _("Choose at least one rule that a letter can clear."))
    if issued_on > today:
        raise ClearanceRefused("issued_on", _("This day is still to come. Please give the date of the letter."))
    if issued_on.year < today.year - 20:
        raise ClearanceRefused("issued_on", _("Please check the year."))
    if valid_until and valid_until < issued_on:
        raise ClearanceRefused("valid_until", _("The letter cannot end before it was written."))
    if not issued_by.strip():
        raise ClearanceRefused("issued_by", _("Say who wrote the letter, such as “GP” or “vascular clinic”."))


def _count(
    letter: Clearance,
    rules: Collection[str],
    issued_on: date,
    valid_until: date | None,
    issued_by: str,
    note: str,
    *,
    by: Member,
    at: datetime,
) -> None:
    letter.content = {**letter.content, "rules": sorted(rules), "from": issued_by.strip(), "note": note.strip()}
    letter.issued_on, letter.valid_until = issued_on, valid_until
    letter.verified_at, letter.verified_by = at, by
    note_end(letter)
    letter.save()


def _verified(letter: Clearance, *, by: Member, at: datetime) -> None:
    note_renewals(letter.client)
    audit.record(by, "clearance.verified", letter, practice=letter.client.practice)
    _screen_again(letter.client, by=by, at=at)


def _keep_file(letter: Clearance, file: CleanFile) -> None:
    kept = ClearanceFile(letter=letter, content_type=file.content_type)
    kept.close(file.data)
    kept.save(force_insert=True)


def _of_form(client: Client, form_key: uuid.UUID) -> Clearance | None:
    return Clearance.objects.for_practice(client.practice_id).filter(client=client, form_key=form_key).first()


def _locked_undecided(letter: Clearance) -> Clearance:
    client = lock_client(letter.client_id)
    found = Clearance.objects.for_practice(client.practice_id).filter(pk=letter.pk).undecided()
    fresh = found.select_for_update(no_key=True).first()
    if fresh is None:
        raise ClearanceRefused(None, _("Somebody has decided on this letter meanwhile."))
    fresh.client = client
    return fresh


def _person(by: Member | User) -> User:
    return by.user if isinstance(by, Member) else by


def _screen_again(client: Client, *, by: Member, at: datetime) -> None:
    outbox.ask_again_about(client.pk)  # a warning that a letter expires may have become needless
    assessment = assess(client, at=at)
    if assessment.intake:  # a letter may arrive before the intake; it counts when that is signed
        record(assessment, cause="letter", at=at, by=by)
