"""Days that combine badly: nothing that was told is lost, and no second answer gives back what the first took away."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from clients.assessment.assess import assess
from clients.record.day_answers import DayReply
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.plans.models import Plan
from routines.plans.publish import suspend_plan
from routines.sessions.day_answers import answer_day, needs_day_answers
from routines.sessions.day_check import answer_check
from routines.sessions.end import end_session
from routines.sessions.log import begin_session
from routines.today.todays_plan import read_todays_plan
from tests.factories.day import all_as_before, check_reply, day_page, day_reply, tell
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.sessions.days import DAY, SORE, TODAY, alerts, fresh, notices, session_with

pytestmark = pytest.mark.usefixtures("clock")
HOUR = timedelta(hours=1)
LEFT_HEEL = [{"side": "left", "region": "heel"}]
RIGHT_TOES = [{"side": "right", "region": "toes"}]


def check_with(plan: Plan, at: datetime = NOON, **answers: Any) -> Any:
    return answer_check(fresh(plan), check_reply(fresh(plan), at=at, **answers), by=plan.client.user, at=at)


def sides_of(plan: Plan, region: str, at: datetime = NOON) -> set[str]:
    day = read_todays_plan(fresh(plan), at=at).day
    return {side for step in day.steps if region in step.regions for side in step.sides}


def test_a_fever_with_a_wound_is_told_at_once(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    """The fever ends by itself; what it means with a wound does not wait for that."""
    session = session_with(plan, NOON + HOUR, fever_unwell="yes", open_wound=LEFT_HEEL)
    assert (session.state, session.log["day"]["urgency"]) == ("blocked", "same_day")
    assert alerts() == [jon.user.email]
    assert ScreeningRecord.objects.across_practices().latest("made_at").urgency == "same_day"
    assert fresh(plan).state == "suspended"
    assert session.log["day"]["until"] == ""
    assert noor.name in browse(jon).get(reverse("routines:attention_today")).content.decode()


def test_it_hurt_after_something_changed_rests_for_the_day(plan: Plan, noor: Client) -> None:
    session = session_with(plan)
    end_session(session, by=noor.user, at=NOON, feeling="changed", comfort_after=5)
    end_session(session, by=noor.user, at=NOON, feeling="hurt", comfort_after=5)
    check_with(plan)
    assert fresh(plan).state == "suspended"


def test_a_pain_that_rose_after_something_changed_rests_for_the_day(plan: Plan, noor: Client) -> None:
    end_session(session_with(plan, heel_arch_pain=0), by=noor.user, at=NOON, feeling="changed", comfort_after=5)
    assert check_with(plan, heel_arch_pain=4, **SORE).blocked
    check_with(plan, heel_arch_pain=1, **SORE)
    assert fresh(plan).state == "suspended"


def test_a_stop_told_while_the_plan_was_on_hold_stays_until_the_therapist(plan: Plan, noor: Client) -> None:
    end_session(session_with(plan), by=noor.user, at=NOON, feeling="changed", comfort_after=5)
    assert check_with(plan, chest_breathing="yes").blocked
    check_with(plan, chest_breathing="no")
    assert fresh(plan).state == "suspended"


def test_pain_is_held_from_the_day_on_which_it_was_told(plan: Plan, noor: Client) -> None:
    late = NOON.replace(hour=23, minute=30)
    session = session_with(plan, late)
    after = late + HOUR
    end_session(session, by=noor.user, at=after, feeling="hurt", comfort_after=1)
    check_with(plan, after + timedelta(minutes=1))
    assert fresh(plan).state == "suspended"


def test_a_red_flag_from_a_second_device_counts_though_the_first_blocked_the_session(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    begun = begin_session(fresh(plan), by=noor.user, at=NOON, comfort_before=5)
    browser = browse(noor)
    page = day_page(browser, reverse("routines:session_run", args=[begun.pk]))
    answer_day(begun, day_reply(begun, at=NOON, alcohol_drugs="yes"), by=noor.user, at=NOON)
    tell(browser, page, open=["chest-face"], **{"a-chest-breathing": "yes", "a-heel-arch-pain": "0"})
    assert alerts() == [jon.user.email]
    assert fresh(plan).state == "suspended"


def test_a_red_flag_counts_though_the_plan_was_paused_meanwhile(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    begun = begin_session(fresh(plan), by=noor.user, at=NOON, comfort_before=5)
    browser = browse(noor)
    page = day_page(browser, reverse("routines:session_run", args=[begun.pk]))
    suspend_plan(fresh(plan), by=jon, at=NOON, cause="therapist")
    all_as_before(browser, page, open=["chest-face"], **{"a-chest-breathing": "yes"})
    assert alerts() == [jon.user.email]


def test_what_is_signed_at_noon_counts_over_what_was_said_that_morning(plan: Plan, noor: Client) -> None:
    """An evening's answer to something else does not bring the morning's back."""
    session_with(plan, open_wound=[])
    make_signed_intake(noor, at=NOON + HOUR, open_wound=LEFT_HEEL)
    evening = NOON + 2 * HOUR
    everything = check_reply(fresh(plan), at=evening)
    answer_check(fresh(plan), DayReply(everything.values, frozenset({"heel-arch-pain"})), by=noor.user, at=evening)
    assert assess(noor, at=evening).answers["open-wound"].value == LEFT_HEEL


def test_another_change_of_the_same_day_is_told_too_and_the_same_is_not(plan: Plan, noor: Client) -> None:
    first = session_with(plan, skin_irritation=LEFT_HEEL)
    assert first.state == "begun"
    assert notices() == ["reduced"]
    end_session(first, by=noor.user, at=NOON, feeling="fine", comfort_after=5)
    check_with(plan, NOON + HOUR)
    assert notices() == ["reduced"]
    wound = [{"side": "right", "region": "arch"}]
    session_with(plan, NOON + 2 * HOUR, skin_irritation=LEFT_HEEL, open_wound=wound)
    assert notices() == ["reduced", "reduced"]


def test_two_blocks_of_one_day_are_both_told(plan: Plan, noor: Client) -> None:
    session_with(plan, heavy_meal="yes")
    session_with(plan, NOON + 3 * HOUR, alcohol_drugs="yes")
    assert notices() == ["blocked", "blocked"]


def test_a_session_left_open_asks_again_on_another_day(plan: Plan, noor: Client, browse: Any, clock: Any) -> None:
    session = session_with(plan)
    clock.move_to(NOON + 4 * DAY)
    page = browse(noor).get(reverse("routines:session_run", args=[session.pk]), follow=True)
    assert b"data-ask" not in page.content
    assert b"Go on with your session" not in page.content


def test_a_session_of_this_morning_is_begun_anew_in_the_evening(
    plan: Plan, noor: Client, browse: Any, clock: Any
) -> None:
    session_with(plan, heel_arch_pain=0)
    clock.shift(8 * HOUR)
    browser = browse(noor)
    assert b"Go on with your session" not in browser.get(TODAY).content
    anew = begin_session(fresh(plan), by=noor.user, at=NOON + 8 * HOUR, comfort_before=5)
    assert needs_day_answers(anew)


def test_a_stop_with_words_reported_second_is_told(plan: Plan, noor: Client) -> None:
    session = session_with(plan)
    end_session(session, by=noor.user, at=NOON, feeling="fine", comfort_after=5)
    end_session(session, by=noor.user, at=NOON, state="stopped", feeling="fine", note="Sharp pain.")
    assert notices() == ["stopped"]


def test_pain_two_higher_than_yesterday_counts_however_it_rose(plan: Plan, noor: Client) -> None:
    end_session(session_with(plan, heel_arch_pain=1, **SORE), by=noor.user, at=NOON, feeling="fine", comfort_after=5)
    morning = NOON + DAY
    end_session(
        session_with(plan, morning, heel_arch_pain=2, **SORE), by=noor.user, at=morning, feeling="fine", comfort_after=5
    )
    assert session_with(plan, morning + 2 * HOUR, heel_arch_pain=3, **SORE).state == "blocked"
