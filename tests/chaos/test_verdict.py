"""The judge itself: a run that went wrong must be called broken, and a seed must give the same run again."""

from collections import Counter

import pytest

from bench.chaos import broker, schedule
from bench.chaos.promises import Promise
from practice.mail.outbox import queue
from tests.make import NOON

pytestmark = pytest.mark.django_db


def broken(promises: list[Promise]) -> set[str]:
    return {one.what.partition(":")[0] for one in promises if not one.kept}


@pytest.fixture
def sent():
    message = queue("plan_ready", to="noor@example.org", at=NOON, context={"name": "Noor", "url": "http://testserver/"})
    message.state = "sent"
    message.save()
    return message


def judge(message, taken: int, state: str = "sent") -> set[str]:
    from bench.chaos.verdict import taken_once

    message.state = state
    message.save()
    return broken(taken_once(Counter({message.message_id: taken} if taken else {})))


def test_what_went_right_is_kept(sent) -> None:
    assert judge(sent, 1) == set()
    assert judge(sent, 1, "unconfirmed") == set()


def test_each_kind_of_wrong_is_broken(sent) -> None:
    assert judge(sent, 2) == {"doubled"}
    assert judge(sent, 0) == {"said to be sent, but never accepted"}
    assert judge(sent, 1, "queued") == {"accepted but not known to be sent"}
    assert judge(sent, 1, "failed") == {"accepted but not known to be sent"}


def test_a_reminder_that_has_not_ended_is_lost(noor, jon) -> None:
    from bench.chaos import verdict, world

    people = world.fill([0.0, 0.0])
    assert "lost" in broken(verdict.each_once(people, []))
    world.Reminder.objects.across_practices().update(state="skipped", reason="")
    assert "lost" in broken(verdict.each_once(people, [])), "skipped without a word"
    world.Reminder.objects.across_practices().update(reason="Too late to be of use.")
    assert "lost" in broken(verdict.each_once(people, [])), "nothing was wrong with these reminders"
    assert broken(verdict.each_once(people, [], skips=["Too late to be of use."])) == set()


def test_a_strike_after_which_nothing_moves_is_seen() -> None:
    assert broker._resumed([5.0], [1.0, 4.0], last=6.0) == [4.0, 1.0]
    assert broker._resumed([2.0], [1.0, 4.0], last=6.0) == [1.0, float("inf")]
    assert broker._resumed([2.0], [1.0, 7.0], last=6.0) == [1.0]


def test_a_seed_gives_the_same_kills_again() -> None:
    assert schedule.kills(7, 50, 100) == schedule.kills(7, 50, 100)
    assert schedule.kills(7, 50, 100) != schedule.kills(8, 50, 100)
    assert {kill.part for kill in schedule.kills(7, 50, 100)} == set(schedule.WEIGHTS)
    assert all(0 < kill.at < 100 for kill in schedule.kills(7, 50, 100))
