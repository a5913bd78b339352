"""A client of Jon's with a routine, on a clock that stands still."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.plans.models import Plan
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def noor_of_jon(signed: Client, jon: Member) -> Client:
    signed.therapist = jon
    signed.save()
    return signed


@pytest.fixture
def plan(noor_of_jon: Client, jon: Member) -> Plan:
    """Heel, arch, ball, Achilles and calf: the routine that a flare turns over."""
    return make_published_plan(noor_of_jon, jon, "plantar-phased", times=["07:00", "21:00"])
