"""The cast. Mira owns, Jon practises, Dana greets, Noor is a client, Ada keeps the catalog, Rex belongs elsewhere."""

import os
import signal

import pytest
from django.test import Client as Browser
from hypothesis import settings

from clients.roster.models import Client
from practice.tenancy.models import Member, Practice, User
from tests import make

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
    return make.make_practice()


@pytest.fixture
def mira(practice: Practice) -> Member:
    return make.make_member(practice, "owner", "mira@example.org", "Mira Holm")


@pytest.fixture
def jon(practice: Practice) -> Member:
    return make.make_member(practice, "therapist", "jon@example.org", "Jon Reyes")


@pytest.fixture
def dana(practice: Practice) -> Member:
    return make.make_member(practice, "reception", "dana@example.org", "Dana Okafor")


@pytest.fixture
def noor(practice: Practice) -> Client:
    return make.make_client(practice)


@pytest.fixture
def ada(db: None) -> User:
    return make.make_user("ada@example.org", "Ada Lind", is_catalog_admin=True)


@pytest.fixture
def rex(db: None) -> Member:
    return make.make_member(make.make_practice("Elsewhere"), "owner", "rex@example.org", "Rex Vance")


@pytest.fixture
def browse():
    """`browse(jon)` gives a browser that is signed in as that member, client or user."""

    def signed_in(person: Member | Client | User) -> Browser:
        browser = Browser()
        browser.force_login(person if isinstance(person, User) else person.user)
        return browser

    return signed_in


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-zones", action="store_true", help="walk every time zone and offset change, not a few")
    parser.addoption("--forged", type=int, default=500, help="how many forged bounce reports are tried")
