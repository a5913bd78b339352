"""Every address x person x object x method: who is let in, who is not, and nobody meets a fault of ours."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client as Browser
from django.urls import resolve, reverse
from django.utils import timezone

from clients.questionnaire.drafts import begin_draft
from clients.questionnaire.models import QuestionnaireDraft
from practice.mail import demo_mailbox
from practice.permissions.table import TABLE, Role, roles_can
from practice.tenancy.models import User
from routines.catalog.models import Zone
from routines.catalog.versions import current_catalog
from routines.rules_workbench.models import ScreeningCase
from tests.factories import people
from tests.factories.plans import make_starter
from tests.factories.world import Record, World, make_record, make_world
from tests.site.site_map import Page, site_pages

#: Addresses that carry no declaration of ours, and why that is right. Anything else without one fails.
THIRD_PARTY = {
    "admin/": "Django's admin site: its own door lets in catalog admins only (AdminSite.has_permission reads is_staff)",
    "accounts/": "django-allauth: signing in, codes, second step, devices; each page is about the person themselves",
}
PAGES = site_pages()
OURS = [page for page in PAGES if page.is_ours]
ADMIN = [page for page in PAGES if page.route.startswith("admin/")]
ACCOUNTS = [page for page in PAGES if page.route.startswith("accounts/") and not page.is_ours]
METHODS = ("get", "post")
#: Fewer cells than this means that the matrix lost pages, people or objects.
FLOOR = 2400

# ---- People


class Person(NamedTuple):
    name: str
    roles: frozenset[Role]
    #: Whose staff: "here", "elsewhere" or none. Whose record is their own: "client", "neighbour", "stranger" or none.
    staff_of: str = ""
    record: str = ""


CLIENT = frozenset({Role.CLIENT})  # whoever is signed in may use the portal: it shows nothing but their own
PEOPLE = [
    Person("anonymous", frozenset()),
    Person("owner", CLIENT | {Role.OWNER}, staff_of="here"),
    Person("therapist", CLIENT | {Role.THERAPIST}, staff_of="here"),
    Person("reception", CLIENT | {Role.RECEPTION}, staff_of="here"),
    Person("former therapist", CLIENT),
    Person("client", CLIENT, record="client"),
    Person("neighbour", CLIENT, record="neighbour"),
    Person("catalog admin", CLIENT | {Role.CATALOG_ADMIN}),
    Person("rex", CLIENT | {Role.OWNER}, staff_of="elsewhere"),
    Person("stranger", CLIENT, record="stranger"),
]
RECORDS = {"client": "here", "neighbour": "here", "stranger": "elsewhere"}


class House(NamedTuple):
    here: World
    elsewhere: World
    records: dict[str, Record]
    users: dict[str, User | None]
    mail_id: str


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two full practices and everybody, made once and rolled back after the last cell."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DEMO_MAIL_DIR", tmp_path_factory.mktemp("mail"))
        now = timezone.now()
        make_starter()
        here, elsewhere = make_world("harbour", at=now), make_world("quarry", at=now)
        neighbour = make_record(here, "harbour", "neighbour@harbour.example", at=now)
        former = people.make_member(here.practice, "therapist", "former@harbour.example", "Former")
        former.is_active = False
        former.save()
        records = {"client": here.record, "neighbour": neighbour, "stranger": elsewhere.record}
        users = {
            "anonymous": None,
            "owner": here.owner.user,
            "therapist": here.therapist.user,
            "reception": here.reception.user,
            "former therapist": former.user,
            "catalog admin": people.make_user("ada@harbour.example", "Ada", is_catalog_admin=True),
            "rex": elsewhere.owner.user,
            **{name: record.user for name, record in records.items()},
        }
        letter = b"To: c@d.example\r\nContent-Type: text/html\r\n\r\n<html><head></head><p>Hello</p></html>"
        yield House(here, elsewhere, records, users, demo_mailbox.store(letter, now))
        transaction.set_rollback(True)


@pytest.fixture
def door(house: House, db: None) -> Callable[..., Any]:
    """`door(person, method, url)`: the answer, with whatever it changed undone."""
    browsers: dict[str, Browser] = {}

    def knock(person: str, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
        if person not in browsers:
            browsers[person] = Browser(raise_request_exception=True)
            user = house.users[person]
            if user is not None:
                browsers[person].force_login(user)
        browser = browsers[person]
        cookies = browser.cookies.copy()
        with transaction.atomic():
            answer = getattr(browser, method)(url, data or {})
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        browser.cookies = cookies
        return answer

    return knock


# ---- What stands in addresses: one factory per name, or per page and name where a name means several things.


def shared_rules() -> tuple[Any, Any]:
    """A draft of the rules and a case of the test bench."""
    draft = QuestionnaireDraft.objects.first()
    if draft is None:
        draft = begin_draft("Second thoughts", by=User.objects.filter(is_catalog_admin=True)[0], at=timezone.now())
    case, _made = ScreeningCase.objects.get_or_create(
        name="one", defaults={"case": {}, "expected": {}, "created_at": timezone.now(), "changed_at": timezone.now()}
    )
    return draft.pk, case.pk


PARTS: dict[str, Callable[[House, Record, World], Any]] = {
    "client_id": lambda house, record, world: record.client.pk,
    "invitation_id": lambda house, record, world: record.invitation.pk,
    "intake_id": lambda house, record, world: record.intake.pk,
    "record_id": lambda house, record, world: record.screening.pk,
    "clearance_id": lambda house, record, world: record.clearance.pk,
    "plan_id": lambda house, record, world: record.plan.pk,
    "phase_id": lambda house, record, world: record.phase.pk,
    "step_id": lambda house, record, world: record.step.pk,
    "session_id": lambda house, record, world: record.session.pk,
    "notice_id": lambda house, record, world: record.notice.pk,
    "message_id": lambda house, record, world: record.message.pk,
    "member_id": lambda house, record, world: world.reception.pk,
    "code": lambda house, record, world: record.plan.current_version.code,
    "clients:invitation_open token": lambda house, record, world: record.token,
    "routines:reminders_stop token": lambda house, record, world: record.stop_token,
    "routines:reminder_snooze token": lambda house, record, world: record.snooze_token,
    "routines:reminder_done token": lambda house, record, world: record.done_token,
    # The same for everybody.
    "draft_id": lambda house, record, world: shared_rules()[0],
    "case_id": lambda house, record, world: shared_rules()[1],
    "clients:rules_practice_rule slug": lambda house, record, world: "allergy",
    "clients:rules_practice_restore slug": lambda house, record, world: "allergy",
    "routines:rules_draft_rule slug": lambda house, record, world: "allergy",
    "routines:rules_draft_question slug": lambda house, record, world: "allergy",
    "number": lambda house, record, world: 1,
    "place": lambda house, record, world: 1,
    "purpose": lambda house, record, world: "reminders",
    "section": lambda house, record, world: "waiting",
    "mail_id": lambda house, record, world: house.mail_id,
    "routines:catalog_zone slug": lambda house, record, world: current_catalog().zones[0].slug,
    "routines:catalog_technique slug": lambda house, record, world: current_catalog().techniques[0].slug,
    "routines:catalog_protocol slug": lambda house, record, world: current_catalog().protocols[0].slug,
}
SHARED = {"draft_id", "case_id", "number", "place", "purpose", "section", "mail_id", "slug"}
#: What a form has to carry for its own page to find anything at all.
POSTED: dict[str, Callable[[Record], dict[str, Any]]] = {
    "clients:intake_own": lambda record: {"client": record.client.pk},
}


def factory(page: Page, part: str) -> Callable[[House, Record, World], Any]:
    found = PARTS.get(f"{page.name} {part}") or PARTS.get(part)
    if found is None:
        pytest.fail(f"{page.name}: nothing says what <{part}> stands for; add it to PARTS in test_permissions.py.")
    return found


def address(page: Page, house: House, record_name: str) -> str:
    record, world = house.records[record_name], getattr(house, RECORDS[record_name])
    return reverse(page.name, kwargs={part: factory(page, part)(house, record, world) for part in page.parts})


# ---- Cells


class Cell(NamedTuple):
    person: Person
    record: str
    method: str


def cells_of(page: Page) -> list[Cell]:
    """Every person and method; where the address names somebody's object, with each of three people's objects."""
    has_owner = any(part not in SHARED for part in page.parts)
    if not has_owner:
        return [Cell(person, person.record or "client", method) for person in PEOPLE for method in METHODS]
    return [Cell(person, record, method) for person in PEOPLE for record in RECORDS for method in METHODS]


def is_theirs(page: Page, person: Person, record: str) -> bool:
    """The portal knows the person, everything else the practice."""
    if all(part in SHARED for part in page.parts):
        return True
    if page.capability in ("portal.use", "account.use"):
        return person.record == record
    return person.staff_of == RECORDS[record]


def _may_read_intake(person: Person, record: str) -> set[int]:
    if person.record == record:
        return {200}
    if person.staff_of != RECORDS[record]:
        return {404}
    return {200} if roles_can(person.roles, "health.view") else {403}


#: Public pages whose own check is finer than "anyone": the statuses that they may answer with.
PUBLIC: dict[str, Callable[[Person, str], set[int]]] = {
    "home": lambda person, record: {302} if person.roles else {200},
    "clients:intake_read": _may_read_intake,
    # No invitation was begun in this browser: the form is closed to everyone, whoever they are.
    **{
        f"clients:intake_{name}": lambda person, record: {410}
        for name in ("begin", "section", "screen", "stop", "review")
    },
    "clients:intake_done": lambda person, record: {302},
    # To sign in, or to the page that checks who reads.
    "clients:intake_copy": lambda person, record: {302},
    # The key is in the address.
    "clients:invitation_open": lambda person, record: {200, 302},
    "routines:reminders_stop": lambda person, record: {200},
    "routines:reminder_snooze": lambda person, record: {200, 410},  # 410 in the last minute of a day
    "routines:reminder_done": lambda person, record: {200, 410},
    "practice:metrics": lambda person, record: {404},  # no token is set; see tests/site/test_metrics.py
    "routines:handout_check": lambda person, record: {200},
    "practice:demo_mail": lambda person, record: {200},
    "practice:demo_mail_message": lambda person, record: {200},
    "practice:demo_mail_html": lambda person, record: {200},
}
#: Posted without a cookie or a form's key: what opens these is the signed link itself.
BY_SIGNED_LINK = {"routines:reminders_stop", "routines:reminder_snooze", "routines:reminder_done"}
WENT_WELL = {200, 302, 400, 409, 422}
MARK = {"here": "harbour", "elsewhere": "quarry"}


def fault(page: Page, cell: Cell, answer: Any, house: House) -> str:
    """What is wrong with the answer, or nothing."""
    status = answer.status_code
    if status == 405:
        return ""
    to_sign_in = status == 302 and urlsplit(answer["Location"]).path == reverse("account_login")
    if page.capability is None:
        if page.name not in PUBLIC:
            return "a public page: say in PUBLIC what it may answer"
        allowed = PUBLIC[page.name](cell.person, cell.record)
        return "" if status in allowed and not to_sign_in else f"expected one of {sorted(allowed)}"
    if not cell.person.roles:
        return "" if to_sign_in else "expected the way to sign-in"
    if not roles_can(cell.person.roles, page.capability):
        return "" if status == 403 else "expected 403: the role lacks the capability"
    if not is_theirs(page, cell.person, cell.record):
        return "" if status == 404 else "expected 404: it is somebody else's"
    return "" if status in WENT_WELL and not to_sign_in else "expected to be let in"


def leaks(cell: Cell, answer: Any) -> bool:
    """Whether a refusal names the other practice's people or things."""
    theirs = RECORDS.get(cell.person.record) or cell.person.staff_of
    owner = RECORDS[cell.record]
    if answer.status_code in (200, 422) or theirs == owner or answer.streaming:
        return False
    return MARK[owner] in answer.content.decode(errors="replace").lower()


# ---- Tests


def test_every_address_says_who_may_open_it() -> None:
    silent = [page.route for page in PAGES if not page.is_ours and not page.route.startswith(tuple(THIRD_PARTY))]
    assert not silent, f"Put @needs or @public on the views of: {silent}"
    assert all(page.name for page in OURS)


def test_public_pages_say_why() -> None:
    assert not [page.name for page in OURS if page.capability is None and not page.access.why_public]


def test_the_table_gives_nobody_more_than_the_roles_above() -> None:
    assert TABLE[Role.CLIENT] == {"portal.use", "account.use"}
    assert "health.view" not in TABLE[Role.RECEPTION] | TABLE[Role.CATALOG_ADMIN]
    assert not [role for role in TABLE if role != Role.CATALOG_ADMIN and "catalog.edit" in TABLE[role]]


def test_the_matrix_does_not_shrink() -> None:
    cells = sum(len(cells_of(page)) for page in OURS)
    assert cells >= FLOOR, cells
    assert len(ADMIN) > 200
    assert len(ACCOUNTS) > 25


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_each_person_is_let_in_or_not(page: Page, house: House, door: Callable[..., Any]) -> None:
    faults, met = [], set()
    for cell in cells_of(page):
        url = address(page, house, cell.record)
        assert resolve(url).func is page.view, f"{url} is answered by another view"
        data = POSTED[page.name](house.records[cell.record]) if page.name in POSTED and cell.method == "post" else None
        if data and cell.person.record != cell.record:
            continue
        answer = door(cell.person.name, cell.method, url, data)
        met.add((cell.method, answer.status_code == 405))
        wrong = fault(page, cell, answer, house)
        if not wrong and leaks(cell, answer):
            wrong = "the refusal names the other practice"
        if wrong:
            faults.append(f"{cell.person.name}, {cell.method} of {cell.record}'s: {answer.status_code}, {wrong}")
    assert not faults, "\n".join(faults)
    assert {method for method, refused in met if not refused}, "answers no method"


@pytest.mark.parametrize("page", OURS, ids=lambda page: page.name)
def test_a_form_without_its_key_is_refused(page: Page, house: House, db: None) -> None:
    """Cross-site request forgery; the exemptions are proved by their signed links."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(house.here.owner.user)
    answer = browser.post(address(page, house, "client"))
    allowed = {200, 410} if page.name in BY_SIGNED_LINK else {403, 405}
    assert answer.status_code in allowed


# ---- Pages of others


@pytest.mark.parametrize("page", ADMIN, ids=lambda page: page.name or page.route)
def test_the_admin_site_is_for_catalog_admins(page: Page, house: House, door: Callable[..., Any]) -> None:
    if page.name in ("admin:login", "admin:logout"):
        return
    url = admin_address(page)
    for person in ("anonymous", "owner", "reception", "client", "rex"):
        for method in METHODS:
            answer = door(person, method, url)
            assert answer.status_code in (302, 403, 404, 405), f"{person} {method}: {answer.status_code}"
            if answer.status_code == 302:
                assert "login" in answer["Location"]
    assert door("catalog admin", "get", url).status_code < 500


def test_the_admin_site_opens_for_catalog_admins(house: House, door: Callable[..., Any]) -> None:
    assert door("catalog admin", "get", reverse("admin:index")).status_code == 200
    assert door("catalog admin", "get", reverse("admin:routines_zone_changelist")).status_code == 200


def admin_address(page: Page) -> str:
    """Of the first entry where the page is about one, else of a made-up one."""
    if not page.name:
        return "/admin/nothing/"
    label = page.name.removeprefix("admin:").rpartition("_")[0].removesuffix("_simple")
    known = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in apps.get_models()}
    entry = known[label]._default_manager.first() if label in known else None
    if page.name == "admin:view_on_site":
        entry = Zone.objects.first()
    parts = {
        "app_label": "routines",
        "url": "nothing",
        "content_type_id": ContentType.objects.get_for_model(Zone).pk,
        "object_id": entry.pk if entry else "nothing",
    }
    unknown = [part for part in page.parts if part not in parts]
    assert not unknown, f"{page.route}: nothing says what {unknown} stand for"
    if page.name.endswith("_simple_history"):  # its pattern names no parts: the entry and a line of its history
        return reverse(page.name, args=[entry.pk, entry.history.values_list("pk", flat=True).first() or 1])
    return reverse(page.name, kwargs={part: parts[part] for part in page.parts})


@pytest.mark.parametrize("page", ACCOUNTS, ids=lambda page: page.name)
def test_account_pages_never_fail(page: Page, house: House, door: Callable[..., Any]) -> None:
    kwargs = {"key": "abc", "uidb36": "1", "pk": 1}
    url = reverse(page.name, kwargs={part: kwargs[part] for part in page.parts})
    for person in ("anonymous", "owner", "client", "catalog admin"):
        for method in METHODS:
            answer = door(person, method, url)
            assert answer.status_code < 500, f"{person} {method}"


def test_nobody_can_make_an_account_by_themselves(house: House, door: Callable[..., Any]) -> None:
    url = reverse("account_signup")
    before = User.objects.count()
    typed = {"email": "new@x.example", "password1": "long-enough-9", "password2": "long-enough-9"}
    answer = door("anonymous", "post", url, typed)
    assert answer.status_code in (200, 302, 403, 404)
    assert User.objects.count() == before
