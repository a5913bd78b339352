"""A rule's note for the client, such as that an adult stays in the room, is on every page of the routine."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.catalog.versions import current_catalog
from routines.handout.handout import draw_handout, handout_of
from routines.sessions.log import begin_session
from tests.factories.day import nothing_changed
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of
from tests.handout.test_handout import words

pytestmark = pytest.mark.django_db
ADULT = "An adult stays in the room."


@pytest.mark.parametrize(("age", "is_told"), [(15, True), (41, False)])
def test_an_adult_stays_in_the_room(
    rules: None, noor: Client, jon: Member, browse: Any, age: int, is_told: bool
) -> None:
    make_signed_intake(noor, age=age, **({"guardian_consent": "yes"} if age < 18 else {}))
    plan, browser = make_published_plan(noor, jon), browse(noor)
    with time_machine.travel(NOON, tick=False):
        session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
        run = reverse("routines:session_run", args=[session.pk])
        nothing_changed(browser, run)
        for address in (reverse("routines:portal_today"), reverse("routines:portal_plan"), run):
            page = browser.get(address)
            assert page.status_code == 200, address
            assert (ADULT in html_of(page)) is is_told, address
        sheet = words(draw_handout(handout_of(plan, at=NOON), current_catalog(), ()))
    assert (ADULT in sheet) is is_told
