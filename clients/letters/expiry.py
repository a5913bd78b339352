"""When letters run out: the day noted on each, and one neutral e-mail to the client some days before.

That a letter has ended needs nothing from here: plans carry the last day on which their screening holds.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from clients.questionnaire.versions import NoQuestionnaire, current_questionnaire, current_version
from clients.record.models import Clearance
from clients.roster import emails
from clients.roster.models import Client
from clients.screening.letter_terms import Clearance as Terms
from clients.screening.letter_terms import last_day
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Practice

WARN_BEFORE = timedelta(days=14)
BATCH = 200
#: The westernmost and easternmost clocks are 26 hours apart; the client's own day is asked of each letter.
FARTHEST = timedelta(days=1)


def note_end(letter: Clearance) -> None:
    """Write on a letter when its first rule is no longer cleared, by the rules in force there. The caller saves."""
    version, questionnaire = current_questionnaire(letter.client.practice_id)
    covers = frozenset(letter.content["rules"])
    terms = Terms(str(letter.pk), covers, letter.issued_on, letter.valid_until)
    days = [day for _question, rule in questionnaire.rules if (day := last_day(terms, rule))]
    letter.ends_on, letter.ends_by = min(days, default=None), version


def forget_ends(practice: Practice) -> None:
    """The practice's own rules have changed: the ends of its letters are read anew before the next warning."""
    Clearance.objects.for_practice(practice).counting().update(ends_by=None)


def note_renewals(client: Client) -> None:
    """Mark the client's letters for which a later one stands in with all their rules."""
    letters = list(Clearance.objects.for_practice(client.practice_id).filter(client=client).counting())
    for letter in letters:
        renewed = any(_outlives(other, letter) for other in letters)
        if renewed != letter.is_renewed:
            Clearance.objects.for_practice(client.practice_id).filter(pk=letter.pk).update(is_renewed=renewed)


def _outlives(other: Clearance, letter: Clearance) -> bool:
    covers_all = set(other.content["rules"]) >= set(letter.content["rules"])
    return covers_all and other.ends_on is not None and letter.ends_on is not None and other.ends_on > letter.ends_on


def warn_expiring(at: datetime, *, limit: int = BATCH) -> int:
    """Warn the clients whose letters end within WARN_BEFORE. How many were warned; once per letter, whoever runs it."""
    _read_ends_anew(limit)
    soon = (
        Clearance.objects.across_practices()
        .counting()
        .filter(
            warned_at=None,
            is_renewed=False,
            ends_on__range=(at.date() - FARTHEST, (at + FARTHEST).date() + WARN_BEFORE),
            client__archived_at=None,
        )
        .select_related("client__practice")
        .order_by("ends_on", "pk")
    )
    return sum(_warn(letter, at) for letter in soon[:limit])


def is_ending(ends_on: date | None, today: date) -> bool:
    return ends_on is not None and today <= ends_on <= today + WARN_BEFORE


@transaction.atomic
def _warn(letter: Clearance, at: datetime) -> bool:
    if not is_ending(letter.ends_on, local_today(at, letter.client.time_zone)):
        return False
    unwarned = Clearance.objects.across_practices().counting().filter(pk=letter.pk, warned_at=None)
    if not unwarned.update(warned_at=at):
        return False  # another worker, or it was withdrawn meanwhile
    emails.letter_expiring(letter, at=at)
    audit.record("letters", "clearance.warned", letter, practice=letter.client.practice)
    return True


def _read_ends_anew(limit: int) -> None:
    """New rules, the practice's own included, may shorten or lengthen what a letter is good for."""
    try:
        version = current_version()
    except NoQuestionnaire:
        return
    stale = Clearance.objects.across_practices().counting().exclude(ends_by=version)
    clients = {}
    for letter in stale.select_related("client")[:limit]:
        note_end(letter)
        letter.save(update_fields=["ends_on", "ends_by"])
        clients[letter.client_id] = letter.client
    for client in clients.values():
        note_renewals(client)
