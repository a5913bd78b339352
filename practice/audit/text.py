"""The audit trail in words that an owner reads."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from practice.audit.audit import ACTIONS
from practice.audit.models import AuditEntry
from practice.audit.signals import names_wanted
from practice.core.ask import ask
from practice.permissions.table import Role
from practice.tenancy.models import Practice

ACTION_WORDS = {
    "practice.created": _("made the practice"),
    "practice.changed": _("changed the practice's settings"),
    "staff.invited": _("invited a member of staff"),
    "staff.role_changed": _("changed the role of a member of staff"),
    "staff.deactivated": _("deactivated a member of staff"),
    "staff.reactivated": _("reactivated a member of staff"),
    "client.registered": _("registered a client"),
    "client.corrected": _("corrected a client's details"),
    "client.archived": _("archived a client"),
    "client.restored": _("restored a client"),
    "client.viewed": _("opened a client's page"),
    "client.places_changed": _("changed which places of a client are not there"),
    "invitation.sent": _("sent an intake invitation"),
    "invitation.revoked": _("revoked an intake invitation"),
    "invitation.opened": _("opened an intake link"),
    "intake.begun": _("began an intake"),
    "intake.saved": _("saved answers"),
    "intake.submitted": _("signed and sent an intake"),
    "intake.viewed": _("read an intake"),
    "consent.given": _("gave a consent"),
    "consent.withdrawn": _("withdrew a consent"),
    "screening.made": _("screened a client's answers"),
    "screening.viewed": _("read a screening"),
    "clearance.recorded": _("recorded a professional's letter"),
    "clearance.verified": _("verified a professional's letter"),
    "clearance.withdrawn": _("withdrew a professional's letter"),
    "clearance.rejected": _("did not accept a professional's letter"),
    "clearance.warned": _("told a client that a letter runs out"),
    "clearance.viewed": _("read a professional's letter"),
    "plan.drafted": _("started a plan"),
    "plan.changed": _("changed a plan's draft"),
    "plan.viewed": _("read a plan"),
    "plan.published": _("published a plan"),
    "plan.suspended": _("paused a plan for safety"),
    "plan.resumed": _("resumed a plan"),
    "plan.ended": _("ended a plan"),
    "plan.printed": _("printed a plan"),
    "plan.opened": _("opened their plan"),
    "session.begun": _("began a session"),
    "session.done": _("logged a session as done"),
    "session.skipped": _("skipped a session"),
    "session.blocked": _("was held back from a session by the day's answers"),
    "session.stopped": _("was stopped before a session"),
    "notice.made": _("told the practice how a day went"),
    "notice.settled": _("has seen what happened on a client's day"),
    "follow_up.made": _("followed up on a client's answers"),
    "attention.viewed": _("read the first page"),
    "bounce.told": _("was told that mail to a client came back"),
    "bounce.lifted": _("had a client's address tried again"),
    "reminder.snoozed": _("snoozed a reminder"),
    "reminder.stopped": _("stopped reminders"),
    "reminder.changed": _("changed reminders"),
    "catalog.changed": _("changed the zone catalog"),
    "questionnaire.published": _("published a questionnaire"),
}


#: Who acted where nobody had signed in.
WITHOUT_A_NAME = {
    "invitation link": _("Whoever had the link"),
    "reminder link": _("Whoever had the link"),
    "mail server": _("The mail server"),
}


@dataclass(frozen=True)
class AuditLine:
    """One act, ready to show. `client` is empty where none was concerned, or the person was erased."""

    entry: AuditEntry
    who: str
    acting_as: str
    did: str
    client: str


def action_words(action: str) -> str:
    """The action in words; one that has none yet is spelled out from its own name."""
    return str(ACTION_WORDS.get(action) or action.replace(".", ": ").replace("_", " "))


def action_choices() -> list[tuple[str, str]]:
    return sorted(((action, action_words(action)) for action in ACTIONS), key=lambda choice: choice[1])


def client_names(practice: Practice, refs: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the practice's clients are called; an erased one has no name. One query, none without `refs`."""
    names: dict[uuid.UUID, str] = {}
    for answer in ask(names_wanted, AuditEntry, practice=practice, refs=refs) if refs else ():
        names.update(answer)
    return names


def read_lines(practice: Practice, entries: Iterable[AuditEntry]) -> list[AuditLine]:
    """The lines of one page of entries, which were read with `by` selected. One more query names the clients."""
    entries = list(entries)
    names = client_names(practice, {entry.client_ref for entry in entries if entry.client_ref})
    roles = {role.value: str(role.label) for role in Role} | {"person": str(Role.CLIENT.label)}
    return [
        AuditLine(
            entry=entry,
            who=str(entry.by) if entry.by else str(WITHOUT_A_NAME.get(entry.actor, _("The system"))),
            acting_as=roles.get(entry.actor, entry.actor),
            did=action_words(entry.action),
            client=names.get(entry.client_ref, "") if entry.client_ref else "",
        )
        for entry in entries
    ]
