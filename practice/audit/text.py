"""The audit trail in words that an owner reads."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from practice.audit.audit import ACTIONS
from practice.audit.models import AuditEntry
from practice.permissions.table import Role
from practice.tenancy.models import Practice

#: The floor above registers here how clients are called: (practice, client refs) -> names. An erased person has none.
client_names: list[Callable[[Practice, Collection[uuid.UUID]], Mapping[uuid.UUID, str]]] = []

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
    "invitation.sent": _("sent an intake invitation"),
    "invitation.revoked": _("revoked an intake invitation"),
    "invitation.opened": _("opened an intake link"),
    "intake.begun": _("began an intake"),
    "intake.saved": _("saved answers"),
    "intake.submitted": _("signed and sent an intake"),
    "intake.viewed": _("read an intake"),
    "intake.amended": _("changed answers"),
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
    "session.viewed": _("read a session's log"),
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
    """An action that has no words yet still reads."""
    return str(ACTION_WORDS.get(action) or action.replace(".", ": ").replace("_", " "))


def action_choices() -> list[tuple[str, str]]:
    return sorted(((action, action_words(action)) for action in ACTIONS), key=lambda choice: choice[1])


def read_lines(practice: Practice, entries: Iterable[AuditEntry]) -> list[AuditLine]:
    """Lines of one page of entries (with `by` selected), naming clients with one query per register."""
    entries = list(entries)
    refs = {entry.client_ref for entry in entries if entry.client_ref}
    names: dict[uuid.UUID, str] = {}
    for register in client_names:
        names.update(register(practice, refs))
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
