"""Every page of ours is read with few queries, whether a practice has three rows or forty."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.follow_up.models import FollowUp
from clients.record.models import Consent, Intake, ScreeningRecord
from clients.roster.models import Client, Invitation
from practice.audit import audit
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.notices.models import Notice
from routines.plans.models import Plan, PlanStep
from routines.reminders.models import Reminder
from routines.sessions.models import RoutineSession
from tests.factories import people as make
from tests.factories.plans import make_starter
from tests.factories.world import World, make_world
from tests.permissions.test_permissions import OURS, PEOPLE, House, address, roles_can
from tests.site.site_map import Page

pytestmark = pytest.mark.both("reads every page once: its SQL, and how many queries")

MOST = 12
FEW, MANY = 3, 40
SMOKE = pytest.param(FEW, marks=pytest.mark.smoke)
#: The page's own savepoints; outside a test they are one BEGIN and COMMIT.
SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


@pytest.fixture(
    scope="module", params=[pytest.param(FEW, marks=pytest.mark.smoke), MANY], ids=["few rows", "many rows"]
)
def full_house(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    with django_db_blocker.unblock(), transaction.atomic():
        make_starter()
        world = make_world("harbour", at=timezone.now())
        fill(world, request.param)
        users = {
            "anonymous": None,
            "owner": world.owner.user,
            "therapist": world.therapist.user,
            "reception": world.reception.user,
            "client": world.record.user,
            "catalog admin": make.make_user("ada@harbour.example", "Ada", is_catalog_admin=True),
        }
        yield House(world, world, {"client": world.record}, users, "none")
        transaction.set_rollback(True)


def fill(world: World, count: int) -> None:
    """`count` more rows of everything that a page lists."""
    now = timezone.now()
    record = world.record
    for number in range(count):
        at = now - timedelta(days=number, minutes=number)
        make.make_member(world.practice, "therapist", f"t{number}@harbour.example", f"Therapist {number}")
        client = make.make_client(world.practice, f"c{number}@harbour.example", f"Client {number:03}")
        client.therapist = world.therapist
        client.save()
        _grow(client, record.intake, record.screening, record.plan, world.therapist, at, number)
        _grow_record(record.client, record.intake, record.screening, record.plan, world, at, number)
        audit.record(world.owner, "client.viewed", client)
    phase = record.plan.phases.first()
    step = phase.steps.first()
    for number in range(count):
        PlanStep.objects.create(**{**_fields(step), "sequence": 100 + number})


def _fields(step: PlanStep) -> dict[str, Any]:
    names = (
        "phase_id",
        "kind",
        "zone_id",
        "technique_id",
        "label",
        "side",
        "pressure_id",
        "seconds",
        "tool_id",
        "position_id",
    )
    return {name: getattr(step, name) for name in names}


def _grow(
    client: Client, intake: Intake, screening: ScreeningRecord, plan: Plan, by: Member, at: Any, number: int
) -> None:
    """Another client's: one of each, in the state that the first page lists."""
    Invitation.objects.create(client=client, token_digest=f"{number:064}", sent_by=by, sent_at=at, expires_at=at)
    if number % 4 == 0:
        return
    own = Intake.objects.create(
        client=client, questionnaire=intake.questionnaire, answers=intake.answers, begun_at=at, saved_at=at,
        submitted_at=at, signature=intake.signature,
    )  # fmt: skip
    ScreeningRecord.objects.create(
        client=client, intake=own, questionnaire=intake.questionnaire, made_at=at, for_day=at.date(), cause="intake",
        overall=("STOP", "CAUTION", "CLEAR")[number % 3], findings=screening.findings,
    )  # fmt: skip
    record = client.screenings.get()
    FollowUp.objects.create(client=client, about=record.pk, kind="called", note="Told.", at=at, by=by)
    made = Plan.objects.create(
        client=client, title=f"Routine {number}", starts_on=at.date(), state="draft", state_changed_at=at,
        created_at=at, changed_at=at, created_by=by,
    )  # fmt: skip
    Notice.objects.create(
        client=client, plan=made, kind=Notice.Kind.values[number % 8], local_day=at.date(), key=f"{number}", made_at=at,
        content={"words": "Sharp."},
    )  # fmt: skip


def _grow_record(
    client: Client, intake: Intake, screening: ScreeningRecord, plan: Plan, world: World, at: Any, number: int
) -> None:
    """More of everything on the one client whose pages are opened."""
    Invitation.objects.create(
        client=client, token_digest=f"x{number:063}", sent_by=world.therapist, sent_at=at, expires_at=at, revoked_at=at
    )
    ScreeningRecord.objects.create(
        client=client, intake=intake, questionnaire=intake.questionnaire, made_at=at, for_day=at.date(),
        cause="publish", overall="CLEAR", findings=screening.findings,
    )  # fmt: skip
    Consent.objects.create(client=client, purpose="reminders", wording="x", given_at=at, withdrawn_at=at)
    RoutineSession.objects.create(
        plan=plan, version=plan.current_version, local_day=at.date(), state="done", begun_at=at, ended_at=at,
        log={"comfort_before": 4, "comfort_after": 6},
    )  # fmt: skip
    message = OutboundMessage.objects.create(
        kind="reminder", to_email=client.email, practice=world.practice, client_ref=client.pk, context={},
        created_at=at, not_before=at, state=("sent", "unconfirmed", "failed")[number % 3], settled_at=at,
    )  # fmt: skip
    Reminder.objects.create(
        plan=plan, local_day=at.date(), slot=f"05:{number:02}", due_at=at, state="sent", message=message
    )
    Notice.objects.create(
        client=client, plan=plan, kind="hurt", local_day=at.date(), key=f"own {number}", made_at=at,
        content={"words": "Sharp."},
    )  # fmt: skip
    FollowUp.objects.create(client=client, about=screening.pk, kind="called", at=at, by=world.therapist)
    Plan.objects.create(
        client=client, title=f"Older {number}", starts_on=at.date(), state="ended", state_changed_at=at, created_at=at,
        changed_at=at, protocol=plan.protocol, tradition=plan.tradition, current_version=None,
    )  # fmt: skip


def readers(page: Page) -> list[str]:
    """The people who may open it: each may see another amount of it."""
    if page.capability is None:
        return ["anonymous", "client"]
    if page.capability in ("portal.use", "account.use"):
        return ["client"]
    people = [person for person in PEOPLE if person.staff_of == "here" or person.name == "catalog admin"]
    return [person.name for person in people if roles_can(person.roles, page.capability)][:2]


@pytest.mark.django_db
@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_a_page_is_read_with_few_queries(page: Page, full_house: House) -> None:
    if page.name.startswith("practice:demo_mail_"):
        return  # files, no rows
    url = address(page, full_house, "client")
    for reader in readers(page):
        browser = Browser()
        if full_house.users[reader]:
            browser.force_login(full_house.users[reader])
        browser.get(url)  # what is read once per process is read now
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            answer = browser.get(url)
            transaction.set_rollback(True)
        if answer.status_code == 405:
            return
        queries = [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(SAVEPOINTS)]
        listed = "\n".join(sql[:160] for sql in queries)
        assert len(queries) <= MOST, f"{reader}: {len(queries)} queries for {url}\n{listed}"
