"""Clients with one reminder each, in bulk, and what the tables say of them afterwards. Needs `django.setup()`."""

import time
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import F, Model
from django.utils import timezone

from clients.questionnaire.models import QuestionnaireVersion
from clients.record.models import Consent, Intake, ScreeningRecord
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member, Practice, User
from routines.catalog.models import CatalogVersion
from routines.plans.check_version import steps_to_check
from routines.plans.models import Plan, PlanVersion
from routines.reminders.models import Reminder
from routines.reminders.send import plan_ahead
from tests.make_reminders import content

Row = TypeVar("Row", bound=Model)
CHUNK = 2000
HELD = timedelta(hours=4)


@dataclass(frozen=True)
class Person:
    """A client, their plan and the one reminder that falls due for them."""

    client: uuid.UUID
    plan: uuid.UUID
    reminder: uuid.UUID
    address: str
    due_at: datetime


def noon_zone(now: datetime) -> str:
    """A zone in which it is about noon, so that no quiet hour and no change of day is near."""
    east = 12 - now.hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/UTC"


def therapist() -> Member:
    found = Member.objects.across_practices().filter(role="therapist").first()
    if found:
        return found
    practice = Practice.objects.create(name="Stillwater")
    user = User.objects.create_user("jon@example.org", "secret-enough-1", name="Jon Reyes")
    return Member.objects.create(practice=practice, user=user, role="therapist")


def fill(offsets: list[float], start_in: float = 0.0) -> list[Person]:
    """A client with a running plan for each offset, and a reminder due so many seconds after the beginning, which
    comes `start_in` seconds after the last row is written. Until then each is held back."""
    jon, now, first = therapist(), timezone.now(), Client.objects.across_practices().count()
    people: list[Person] = []
    for begin in range(0, len(offsets), CHUNK):
        dues = [now + timedelta(seconds=offset) for offset in offsets[begin : begin + CHUNK]]
        people += _fill(jon, now, first + begin, dues)
    while plan_ahead(timezone.now()):
        pass
    return _shifted(people, timezone.now() + timedelta(seconds=start_in) - now - HELD)


def _shifted(people: list[Person], by: timedelta) -> list[Person]:
    keys = [one.reminder for one in people]
    for begin in range(0, len(keys), 500):
        rows = Reminder.objects.across_practices().filter(pk__in=keys[begin : begin + 500])
        rows.update(due_at=F("due_at") + by)
    return [replace(one, due_at=one.due_at + by) for one in people]


def _fill(jon: Member, now: datetime, first: int, dues: list[datetime]) -> list[Person]:
    zone = noon_zone(now)
    names = [f"client{number}@example.org" for number in range(first, first + len(dues))]
    users = _made(User, [User(email=name, name="Noor", password="!") for name in names])
    clients = _made(
        Client,
        [
            Client(practice=jon.practice, user=user, name="Noor", email=user.email, time_zone=zone, registered_at=now)
            for user in users
        ],
    )
    _made(Consent, [Consent(client=one, purpose="reminders", wording="Yes.", given_at=now) for one in clients])
    plans = _released(jon, now, clients, first, [_slot(due, zone) for due in dues])
    rows = []
    for plan, due in zip(plans, dues, strict=True):
        slot, day = _slot(due, zone)
        rows.append(Reminder(plan=plan, local_day=day, slot=slot, due_at=due + HELD))
    _made(Reminder, rows)
    return [
        Person(client.pk, plan.pk, row.pk, client.email, row.due_at)
        for client, plan, row in zip(clients, plans, rows, strict=True)
    ]


def _slot(due: datetime, zone: str) -> tuple[str, Any]:
    wall = due.astimezone(ZoneInfo(zone))
    return f"{wall:%H:%M}", wall.date()


def _released(
    jon: Member, now: datetime, clients: list[Client], first: int, slots: list[tuple[str, Any]]
) -> list[Plan]:
    """Plans that ask for exactly these moments, so that the worker's own planning adds none."""
    screening, catalog = _screening(clients[0], now)
    fields = {"state_changed_at": now, "created_at": now, "changed_at": now}
    plans = _made(
        Plan,
        [
            Plan(client=one, title="Heel", starts_on=day, **fields)
            for one, (_at, day) in zip(clients, slots, strict=True)
        ],
    )
    versions = []
    for number, (plan, (slot, day)) in enumerate(zip(plans, slots, strict=True), first):
        contents = content(times=(slot,), starts_on=day, to_day=1)
        versions.append(
            PlanVersion(
                plan=plan,
                number=1,
                code=f"C{number:07}",
                content=contents,
                checked_steps=steps_to_check(contents),
                screening=screening,
                catalog=catalog,
                draft_revision=0,
                published_by=jon,
                published_at=now,
            )
        )
    for plan, version in zip(plans, _made(PlanVersion, versions), strict=True):
        plan.current_version, plan.state = version, Plan.State.PUBLISHED
    Plan.objects.across_practices().bulk_update(plans, ["current_version", "state"], batch_size=200)
    return plans


def _screening(client: Client, now: datetime) -> tuple[ScreeningRecord, CatalogVersion]:
    questionnaire, _made_now = QuestionnaireVersion.objects.get_or_create(
        number=1, defaults={"document": {}, "digest": "1", "created_at": now}
    )
    catalog = CatalogVersion.objects.first() or CatalogVersion.objects.create(created_at=now, digest="1", document={})
    intake = Intake.objects.create(client=client, questionnaire=questionnaire, begun_at=now, saved_at=now)
    screening = ScreeningRecord.objects.create(
        client=client,
        intake=intake,
        questionnaire=questionnaire,
        made_at=now,
        for_day=now.date(),
        cause="publish",
        overall="CLEAR",
    )
    return screening, catalog


def _made(kind: type[Row], rows: list[Row]) -> list[Row]:
    kind._base_manager.bulk_create(rows, batch_size=200)
    return rows


# ---- What became of them


@dataclass(frozen=True)
class Fate:
    """The reminder's state, with its reason and its message's id ("" while there is none)."""

    state: str
    reason: str
    message_id: str


def fates(people: list[Person]) -> dict[uuid.UUID, Fate]:
    wanted = {one.reminder for one in people}
    rows = Reminder.objects.across_practices().select_related("message").defer("message__context")
    return {
        row.pk: Fate(row.state, row.reason, row.message.message_id if row.message else "")
        for row in rows.iterator(chunk_size=5000)
        if row.pk in wanted
    }


def open_rows(people: list[Person]) -> int:
    """How many of these reminders, and of all messages, are still on their way."""
    wanted = {one.reminder for one in people}
    rows = Reminder.objects.across_practices().filter(state__in=["planned", "queued"]).values_list("pk", flat=True)
    waiting = OutboundMessage.objects.across_practices().filter(state__in=OutboundMessage.OPEN_STATES)
    return len(wanted & set(rows)) + waiting.count()


def message_states() -> dict[str, str]:
    """Message-ID -> state, of every message there is."""
    rows = OutboundMessage.objects.across_practices().defer("context")
    return {row.message_id: row.state for row in rows.iterator(chunk_size=5000)}


def counted(people: list[Person]) -> str:
    states = Counter(fate.state for fate in fates(people).values())
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def spread(seconds: float, count: int) -> list[float]:
    """`count` offsets, evenly over so many seconds."""
    return [seconds * number / count for number in range(count)]


def wait_for(people: list[Person]) -> datetime:
    """Sleeps until the first reminder is due, and says when that is."""
    first = min(one.due_at for one in people)
    time.sleep(max(0.0, (first - timezone.now()).total_seconds()))
    return first


def on_clock(at: datetime) -> float:
    """An instant of the wall clock on the clock that the sink writes down."""
    return time.monotonic() + (at - timezone.now()).total_seconds()
