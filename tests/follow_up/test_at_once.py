"""Two of the practice at the same instant, on PostgreSQL: both stand there, and one press is one."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from clients.follow_up.follow_up import follow_up
from clients.follow_up.models import FollowUp
from practice.tenancy.models import Member
from routines.notices.settle import settle_notice
from tests.factories.matters import make_notice
from tests.factories.people import NOON, make_client, make_member, make_practice
from tests.factories.plans import make_starter
from tests.plans.test_at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def jon(transactional_db: None) -> Member:
    make_starter()
    return make_member(make_practice(), "therapist", "jon@example.org", "Jon Reyes")


def test_two_people_call_at_once_and_one_of_them_presses_twice(jon: Member) -> None:
    mira = make_member(jon.practice, "owner", "mira@example.org", "Mira Holm")
    noor, about = make_client(jon.practice), uuid.uuid4()
    call = partial(follow_up, noor, about=about, kind=FollowUp.Kind.CALLED, at=NOON)
    day = (NOON + timedelta(days=2)).date()
    rest = partial(follow_up, noor, about=about, kind=FollowUp.Kind.LOOK_AGAIN, until=day, at=NOON)
    results = at_once(
        partial(call, by=jon, note="Reached."), partial(call, by=jon, note="Reached."),
        partial(call, by=mira, note="No answer."), partial(rest, by=mira),
    )  # fmt: skip
    assert all(isinstance(result, FollowUp) for result in results), results
    kept = sorted((row.kind, row.by.user.name, row.note) for row in FollowUp.objects.for_practice(jon.practice))
    assert kept == [
        ("called", "Jon Reyes", "Reached."),
        ("called", "Mira Holm", "No answer."),
        ("look_again", "Mira Holm", ""),
    ]


def test_one_notice_is_settled_by_one_of_two(jon: Member) -> None:
    mira = make_member(jon.practice, "owner", "mira@example.org", "Mira Holm")
    notice = make_notice(make_client(jon.practice), jon)
    settle = partial(settle_notice, notice, at=NOON)
    assert sorted(at_once(partial(settle, by=jon), partial(settle, by=mira))) == [False, True]
