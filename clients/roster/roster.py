"""The clients of a practice: register, correct, archive, restore."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.roster.invitation import revoke_open_invitations
from clients.roster.models import Client
from clients.roster.models.client import ClientQuerySet
from clients.roster.signals import client_changed, plan_column_wanted
from practice.audit import audit
from practice.core.ask import ask
from practice.mail import outbox
from practice.tenancy.models import Member, Practice, User

#: The same form sent again within this time is one registration, not a mistake.
SAME_SUBMIT = timedelta(hours=1)
CORRECTABLE = ("name", "email", "phone", "time_zone", "language", "therapist", "born_on", "notes")


class EmailTaken(Exception):
    """This practice already has a client with that address."""

    def __init__(self, client: Client) -> None:
        self.client = client


class ClientChanged(Exception):
    """Somebody else corrected the record in between; `client` holds what is saved now."""

    def __init__(self, client: Client) -> None:
        self.client = client


class IntakeState(TextChoices):
    NOT_INVITED = "not_invited", _("Not invited yet")
    INVITED = "invited", _("Invited")
    LAPSED = "lapsed", _("Invitation expired")
    BEGUN = "begun", _("Answering the intake")
    SIGNED = "signed", _("Intake signed")


def intake_state(client: Client, at: datetime) -> IntakeState:
    """How far a client of `ClientQuerySet.with_standing()` has come with the first intake."""
    if client.signed_at:  # type: ignore[attr-defined]
        return IntakeState.SIGNED
    if client.intake_begun:  # type: ignore[attr-defined]
        return IntakeState.BEGUN
    until = client.invited_until  # type: ignore[attr-defined]
    if until is None:
        return IntakeState.NOT_INVITED
    return IntakeState.INVITED if at <= until else IntakeState.LAPSED


@dataclass(frozen=True)
class PlanColumn:
    """What the list shows about plans, which it knows nothing of: labels for the rows of a page, and a filter."""

    states: Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, tuple[str, str]]]  # client -> (state, label)
    choices: Callable[[], list[tuple[str, str]]]
    having: Callable[[ClientQuerySet, str], ClientQuerySet]  # clients, state -> clients


def plan_columns() -> list[PlanColumn]:
    """The answers to `signals.plan_column_wanted`; the list works without one."""
    return ask(plan_column_wanted, Client)


@dataclass(frozen=True)
class RosterRow:
    """One client as the list shows them. `outcome` is empty for people who may not read health data."""

    client: Client
    intake: IntakeState
    outcome: str
    plan: tuple[str, str] | None


def find_clients(practice: Practice, *, asked: Mapping[str, str], by: Member, with_health: bool) -> ClientQuerySet:
    """Clients in the order of their names. `asked`: q, show, plan; a missing one does not narrow."""
    clients = Client.objects.for_practice(practice).with_standing().order_by(Lower("name"), "pk")
    if with_health:
        clients = clients.with_outcome()
    if words := asked.get("q"):
        clients = clients.matching(words)
    if asked.get("plan"):
        for column in plan_columns():
            clients = column.having(clients, asked["plan"])
    match asked.get("show"):
        case "all":
            return clients
        case "archived":
            return clients.filter(archived_at__isnull=False)
        case "needs-intake":
            return clients.active().awaiting_intake()
        case "mine":
            return clients.active().filter(therapist=by)
    return clients.active()


def roster_rows(clients: Collection[Client], *, at: datetime, with_plans: bool) -> list[RosterRow]:
    """The rows of one page of `find_clients`."""
    plans: dict[uuid.UUID, tuple[str, str]] = {}
    for column in plan_columns() if with_plans else ():
        plans.update(column.states([client.pk for client in clients]))
    return [
        RosterRow(client, intake_state(client, at), getattr(client, "outcome", None) or "", plans.get(client.pk))
        for client in clients
    ]


def register_client(
    practice: Practice,
    *,
    name: str,
    email: str,
    time_zone: str,
    language: str,
    by: Member,
    at: datetime,
    therapist: Member | None = None,
    born_on: str | None = None,
    phone: str = "",
) -> Client:
    """Register a client, who signs in as the person with that address; whether that person existed is not told.

    `born_on`: ISO day.

    Raises EmailTaken when the practice has a client with the address, in any case of letters.
    """
    email = email.strip().lower()
    with transaction.atomic():
        _refuse_taken(practice, email)
        client = Client(
            practice=practice,
            user=person_at(email, name),
            therapist=therapist,
            name=name,
            email=email,
            phone=phone,
            time_zone=time_zone,
            language=language,
            born_on=born_on,
            registered_at=at,
        )
        _save(client)
        audit.record(by, "client.registered", client)
    return client


def is_same_submit(client: Client, *, name: str, at: datetime) -> bool:
    """Whether a form that met `client` by its address is that client's own form, sent twice."""
    return client.name == name and at - client.registered_at <= SAME_SUBMIT


@transaction.atomic
def correct_client(client: Client, *, revision: int, by: Member | User, at: datetime, **values: object) -> Client:
    """Save `values` (of CORRECTABLE). A new address signs in as its own person and closes open invitations.

    Raises ClientChanged when `revision` is no longer the saved one, EmailTaken like `register_client`.
    """
    if unknown := values.keys() - set(CORRECTABLE):
        raise TypeError(f"Not correctable: {sorted(unknown)}")
    saved = _lock(client)
    if saved.revision != revision:
        raise ClientChanged(saved)
    if "email" in values:
        values["email"] = str(values["email"]).strip().lower()
    changes = {name: value for name, value in values.items() if getattr(saved, name) != value}
    if not changes:
        return saved
    for name, value in changes.items():
        setattr(saved, name, value)
    if "email" in changes:
        _move_to_address(saved, by=by, at=at)
    saved.revision += 1
    _save(saved)
    audit.record(by, "client.corrected", saved)
    _tell(saved, at)
    return saved


@transaction.atomic
def archive_client(client: Client, *, by: Member, at: datetime) -> Client:
    """Take a client out of the lists and the portal. Nothing is deleted; open invitations close."""
    saved = _lock(client)
    if not saved.is_archived:
        saved.archived_at = at
        saved.save(update_fields=["archived_at"])
        revoke_open_invitations(saved, by=by, at=at)
        audit.record(by, "client.archived", saved)
        _tell(saved, at)
    return saved


@transaction.atomic
def restore_client(client: Client, *, by: Member, at: datetime) -> Client:
    saved = _lock(client)
    if saved.is_archived:
        saved.archived_at = None
        saved.save(update_fields=["archived_at"])
        audit.record(by, "client.restored", saved)
        _tell(saved, at)
    return saved


def _lock(client: Client) -> Client:
    return (
        Client.objects.for_practice(client.practice_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("practice", "user")
        .get(pk=client.pk)
    )


def _tell(client: Client, at: datetime) -> None:
    client_changed.send(Client, client=client, at=at)


def person_at(email: str, name: str) -> User:
    """The person who signs in with that address. One who exists already keeps their own name and password."""
    user, made = User.objects.get_or_create(email=email, defaults={"name": name[:200]})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def _move_to_address(client: Client, *, by: Member | User, at: datetime) -> None:
    _refuse_taken(client.practice, client.email, but=client)
    client.user = person_at(client.email, client.name)
    revoke_open_invitations(client, by=by, at=at)
    outbox.readdress(client.pk, to=client.email, at=at)


def _refuse_taken(practice: Practice, email: str, but: Client | None = None) -> None:
    others = Client.objects.for_practice(practice).filter(email__iexact=email)
    other = others.exclude(pk=but.pk).first() if but else others.first()
    if other:
        raise EmailTaken(other)


def _save(client: Client) -> None:
    """Two people may register one address at the same instant: the database lets one through."""
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError:
        _refuse_taken(client.practice, client.email, but=client)
        raise
