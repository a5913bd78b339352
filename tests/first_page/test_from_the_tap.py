"""From the client's tap to the therapist's page: a red flag that nobody has signed, a session that was stopped."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.sessions.day_answers import answer_day
from routines.sessions.end import end_session
from routines.sessions.log import begin_session
from tests.factories.day import day_reply
from tests.factories.intake import make_signed_intake
from tests.factories.intake_steps import press, tap
from tests.factories.matters import ON_BLOOD_THINNERS
from tests.factories.people import make_client
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of

pytestmark = pytest.mark.django_db


def test_a_red_flag_before_signing_is_first_and_says_what_to_do(
    link: Browser, noor: Client, jon: Member, browse: Any
) -> None:
    press(link, 1, "next", **{"a-consent-information": "yes", "a-age-text": "41"})
    tap(link, "hot-red-skin", "yes")
    for number in range(10):
        newer = make_client(noor.practice, f"newer{number}@example.org", f"Newer {number}")
        make_signed_intake(newer, at=timezone.now() + timedelta(seconds=number), **ON_BLOOD_THINNERS)
    page = html_of(browse(jon).get("/today/"))
    assert page.index("Medical care first") < page.index("Noor Haddad") < page.index("Newer")
    row = page[page.index("Noor Haddad") : page.index("Newer")]
    assert "same day" in row
    assert "red" in row
    assert "<strong>Yes</strong>" in row
    assert "begun, not signed yet" not in page
    findings = html_of(browse(jon).get(f"/clients/{noor.pk}/screening/"))
    assert "Ask Noor Haddad to see a doctor today. No massage until then." in findings
    assert "Build a plan" not in findings
    assert "Read today" not in findings


@pytest.mark.parametrize(
    ("said", "title"), [({"state": "stopped"}, "Stopped early"), ({"state": "done", "feeling": "hurt"}, "It hurt")]
)
def test_a_session_that_hurt_is_quoted_above_letters_to_ask_for(
    rules: None, noor: Client, jon: Member, browse: Any, said: dict[str, Any], title: str
) -> None:
    plan, now = make_published_plan(noor, jon, at=timezone.now() - timedelta(hours=1)), timezone.now()
    session = begin_session(plan, by=noor.user, at=now, comfort_before=4)
    answer_day(session, day_reply(session, at=now), by=noor.user, at=now)
    end_session(session, by=noor.user, at=now, note="Sharp, shooting pain in the heel.", **said)
    newer = make_client(noor.practice, "newer@example.org", "Newer")
    make_signed_intake(newer, at=now + timedelta(seconds=1), **ON_BLOOD_THINNERS)
    for path in ("/today/", f"/clients/{noor.pk}/notices/", f"/plans/{plan.pk}/"):
        page = html_of(browse(jon).get(path))
        assert title in page
        assert "“Sharp, shooting pain in the heel.”" in page
    page = html_of(browse(jon).get("/today/"))
    assert page.index("Sharp, shooting pain") < page.index("Newer")
