"""The cast. Mira owns, Jon practises, Dana greets, Noor is a client, Ada keeps the catalog, Rex belongs elsewhere."""

import gc
import os
import signal

import pytest
from django.test import Client as Browser
from hypothesis import settings

from clients.questionnaire.models import QuestionnaireVersion
from clients.roster.models import Client
from practice.tenancy.models import Member, Practice, User
from tests.factories import people
from tests.factories.intake import make_signed_intake
from tests.factories.intake_steps import begin
from tests.factories.plans import make_starter

pytest_plugins = ["tests.stack"]

# Playwright's plain calls keep an event loop in this thread, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A run under nohup ignores a hang-up, and so would every site that a test starts and hangs up on.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Small for every day; `pytest --hypothesis-profile=thorough` looks much further.
settings.register_profile("small", max_examples=60, deadline=None, database=None)
settings.register_profile("thorough", max_examples=5000, deadline=None, database=None)
settings.register_profile("mutants", max_examples=10, deadline=None, database=None, derandomize=True)
settings.load_profile("small")


@pytest.fixture
def practice(db: None) -> Practice:
    return people.make_practice()


@pytest.fixture
def mira(practice: Practice) -> Member:
    return people.make_member(practice, "owner", "mira@example.org", "Mira Holm")


@pytest.fixture
def jon(practice: Practice) -> Member:
    return people.make_member(practice, "therapist", "jon@example.org", "Jon Reyes")


@pytest.fixture
def dana(practice: Practice) -> Member:
    return people.make_member(practice, "reception", "dana@example.org", "Dana Okafor")


@pytest.fixture
def noor(practice: Practice) -> Client:
    return people.make_client(practice)


@pytest.fixture
def ada(db: None) -> User:
    return people.make_user("ada@example.org", "Ada Lind", is_catalog_admin=True)


@pytest.fixture
def rex(db: None) -> Member:
    return people.make_member(people.make_practice("Elsewhere"), "owner", "rex@example.org", "Rex Vance")


@pytest.fixture
def rules(db: None) -> None:
    """Catalog and questionnaire in force."""
    make_starter()


@pytest.fixture
def signed(rules: None, noor: Client) -> Client:
    """Noor, a healthy adult who has signed her answers."""
    make_signed_intake(noor)
    return noor


@pytest.fixture
def link(rules: None, noor: Client, jon: Member) -> Browser:
    """A browser that has pressed "begin" on Noor's invitation."""
    return begin(noor, jon)


@pytest.fixture
def questionnaire(db: None) -> QuestionnaireVersion:
    """A published version with nothing in it: enough where only its outcome is shown."""
    return QuestionnaireVersion.objects.create(
        number=1, document={}, digest="0" * 64, created_at=people.NOON, published_at=people.NOON
    )


@pytest.fixture
def browse():
    """`browse(jon)` gives a browser that is signed in as that member, client or user."""

    def signed_in(person: Member | Client | User) -> Browser:
        browser = Browser()
        browser.force_login(person if isinstance(person, User) else person.user)
        return browser

    return signed_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`pure`: a test that asks for no database and starts no program."""
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        asks = {"db", "transactional_db", "django_db_setup"}.intersection(getattr(item, "fixturenames", ()))
        if not asks and not marks & {"django_db", "browser", "services", "processes"}:
            item.add_marker("pure")
    # What was imported and collected stays; looking through it again and again takes a tenth of the run.
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-zones", action="store_true", help="walk every time zone and offset change, not a few")
    parser.addoption("--forged", type=int, default=500, help="how many forged bounce reports are tried")
