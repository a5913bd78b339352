"""Letters of health professionals: recorded and verified by a therapist against named rules, and withdrawn."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Clearance, Client
from clients.questionnaire_store import current_questionnaire
from clients.standing import NotScreenable, record_screening
from practice import audit
from practice.clock import local_today
from practice.models import Member


class ClearanceRefused(Exception):
    """The letter cannot count; `field` says which part of it, the text why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


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
) -> Clearance:
    """Keep a letter that a therapist has read, counting for the rules it names, and screen the client anew.

    Only rules that a letter can clear are taken; a STOP never is. Raises ClearanceRefused.
    """
    clearable = clearable_rules(client.practice_id)
    _check(rules, clearable, issued_on, valid_until, issued_by, today=local_today(at, client.time_zone))
    letter = Clearance.objects.create(
        client=client,
        content={"rules": sorted(rules), "from": issued_by.strip(), "note": note.strip()},
        issued_on=issued_on,
        valid_until=valid_until,
        recorded_at=at,
        verified_at=at,
        verified_by=by,
    )
    audit.record(by, "clearance.recorded", letter, practice=client.practice)
    audit.record(by, "clearance.verified", letter, practice=client.practice)
    _screen_again(client, by=by, at=at)
    return letter


def _check(
    rules: Collection[str],
    clearable: Collection[str],
    issued_on: date,
    valid_until: date | None,
    issued_by: str,
    *,
    today: date,
) -> None:
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


def clearable_rules(practice: Any = None) -> frozenset[str]:
    """With the practice's own rules and raised outcomes."""
    _version, questionnaire = current_questionnaire(practice)
    return frozenset(rule.slug for _question, rule in questionnaire.rules if rule.clearance and rule.outcome == "REFER")


@transaction.atomic
def withdraw_clearance(letter: Clearance, *, by: Member, at: datetime) -> bool:
    """The letter counts for nothing from now on. False when it was withdrawn before."""
    client = letter.client
    changed = (
        Clearance.objects.for_practice(client.practice_id)
        .filter(pk=letter.pk, withdrawn_at=None)
        .update(withdrawn_at=at)
    )
    if not changed:
        return False
    letter.withdrawn_at = at
    audit.record(by, "clearance.withdrawn", letter, practice=client.practice)
    _screen_again(client, by=by, at=at)
    return True


def _screen_again(client: Client, *, by: Member, at: datetime) -> None:
    try:
        record_screening(client, cause="letter", at=at, by=by)
    except NotScreenable:
        return  # a letter may arrive before the intake; it counts when that is signed
