"""Where a plan begins: the page of protocols, one's own choice of zones, a copy."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clients.roster.models import Client
from clients.roster.roster import archive_client
from practice.tenancy.models import Member
from routines.plans.models import Plan
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def new(client: Client) -> str:
    return reverse("routines:plan_new", args=[client.pk])


def values(**changes: Any) -> dict[str, Any]:
    return {
        "protocol": "wind-down-sleep",
        "affected": "both",
        "starts_on": "2026-03-16",
        "key": str(uuid.uuid4()),
        **changes,
    }


def plans(client: Client) -> list[Plan]:
    return list(Plan.objects.for_practice(client.practice_id).filter(client=client))


def test_every_home_protocol_is_a_card_with_what_it_asks_for(signed: Client, jon: Member, browse: Any) -> None:
    page = browse(jon).get(new(signed)).content.decode()
    assert page.count('name="protocol"') == 17  # sixteen protocols, and one's own choice
    assert "Needs: firm massage ball, frozen water bottle" in page
    assert "5\u201310 min, 2\u20133 times a day" in page
    assert "every step fits the answers" in page


def test_a_gate_that_fired_names_what_to_use_instead(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(
        noor, heel_arch_pain=8, heel_pain_side="right", heel_pain_course="new_or_improving", heel_pain_assessed="yes"
    )
    page = browse(jon).get(new(noor)).content.decode()
    assert "Not now: use “Rest-the-foot plan” instead" in page
    assert 'value="right" checked' in page
    assert "steps would have to be settled" in page


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (None, "has not signed any answers yet"),
        (
            {"blood_thinners": "anticoagulant", "blood_thinner_reason": "prevention"},
            "a professional has to agree first",
        ),
        ({"fever_unwell": "yes"}, "No massage now"),
        ({"allergy": "not_sure"}, "Answers are missing, unsure or too old"),
    ],
)
def test_what_stands_in_the_way_is_said_at_the_top_and_a_draft_may_be_prepared(
    rules: None, noor: Client, jon: Member, browse: Any, answers: dict[str, str] | None, words: str
) -> None:
    if answers is not None:
        make_signed_intake(noor, at=timezone.now(), **answers)
    assert words in browse(jon).get(new(noor)).content.decode()
    answer = browse(jon).post(new(noor), values(), follow=True)
    assert words in answer.content.decode()
    assert [plan.state for plan in plans(noor)] == ["draft"]


def test_from_a_protocol(signed: Client, jon: Member, browse: Any) -> None:
    answer = browse(jon).post(new(signed), values(protocol="plantar-phased", affected="left"))
    plan = plans(signed)[0]
    assert answer["Location"] == reverse("routines:builder_edit", args=[plan.pk])
    assert (plan.title, plan.phases.count()) == ("Heel and arch comfort programme", 4)


def test_ones_own_choice_opens_the_picker(signed: Client, jon: Member, browse: Any) -> None:
    answer = browse(jon).post(new(signed), values(protocol="own"), follow=True)
    assert "/pick/" in answer.redirect_chain[0][0]
    assert "Search zones" in answer.content.decode()


def test_a_form_sent_twice_makes_one_draft(signed: Client, jon: Member, browse: Any) -> None:
    sent = values()
    first, second = (browse(jon).post(new(signed), sent) for _twice in range(2))
    assert first["Location"] == second["Location"]
    assert len(plans(signed)) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"protocol": ""},
        {"protocol": "no-such"},
        {"protocol": "degree-strong"},
        {"protocol": "own", "zones": ["moon"]},
        {"starts_on": ""},
        {"starts_on": "9999-12-31"},
        {"starts_on": "1890-01-01"},
        {"starts_on": "soon"},
        {"affected": "middle"},
        {"key": "x"},
    ],
)
def test_bad_input_is_told_and_makes_nothing(
    rules: None, noor: Client, jon: Member, browse: Any, bad: dict[str, Any]
) -> None:
    answer = browse(jon).post(new(noor), values(**bad))
    assert answer.status_code == 422
    assert "Please look at this again" in answer.content.decode()
    assert plans(noor) == []


@pytest.mark.parametrize(("days", "status"), [(-367, 422), (-366, 302), (0, 302), (366, 302), (367, 422)])
def test_the_first_day_lies_within_a_year(signed: Client, jon: Member, browse: Any, days: int, status: int) -> None:
    day = (NOW + timedelta(days=days)).date().isoformat()
    assert browse(jon).post(new(signed), values(starts_on=day)).status_code == status


def test_not_for_reception_clients_or_another_practice(
    rules: None, noor: Client, jon: Member, dana: Member, rex: Member, browse: Any, client: Any
) -> None:
    plan = make_published_plan(noor, jon)
    for path in (new(noor), reverse("routines:plan_copy", args=[plan.pk])):
        assert browse(rex).post(path).status_code == 404
        assert browse(dana).post(path).status_code == 403
        assert browse(noor).post(path).status_code == 403
        assert "/accounts/login/" in client.post(path)["Location"]
    assert len(plans(noor)) == 1


def test_an_archived_client_gets_no_plan(signed: Client, jon: Member, browse: Any) -> None:
    archive_client(signed, by=jon, at=NOW)
    answer = browse(jon).post(new(signed), values(), follow=True)
    assert "archived" in answer.content.decode()
    assert plans(signed) == []


def test_a_copy_sent_twice_is_one_draft(signed: Client, jon: Member, browse: Any) -> None:
    plan = make_published_plan(signed, jon)
    path, key = reverse("routines:plan_copy", args=[plan.pk]), {"key": str(uuid.uuid4())}
    first, second = (browse(jon).post(path, key) for _twice in range(2))
    assert first["Location"] == second["Location"]
    assert sorted(plan.state for plan in plans(signed)) == ["draft", "published"]


def test_a_copy_with_a_broken_key_is_still_a_copy(signed: Client, jon: Member, browse: Any) -> None:
    plan = make_published_plan(signed, jon)
    assert browse(jon).post(reverse("routines:plan_copy", args=[plan.pk]), {"key": "zzz"}).status_code == 302
    assert len(plans(signed)) == 2
