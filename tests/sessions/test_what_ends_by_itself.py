"""Alcohol, a heavy meal, a fever: the routine rests, says when it is back, and nothing is suspended."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.calendar.icalendar import calendar_file
from routines.plans.models import Plan
from routines.sessions.day_check import answer_check
from routines.sessions.log import SessionRefused, begin_session
from routines.today.todays_plan import read_todays_plan
from tests.factories.day import check_reply
from tests.factories.intake import make_signed_intake
from tests.factories.reading import html_of
from tests.sessions.days import DAY, EVENING, LATE, TODAY, alerts, fresh, notices, session_with

pytestmark = pytest.mark.usefixtures("clock")


def test_a_glass_of_wine_rests_tonight_and_is_over_tomorrow(
    plan: Plan, noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    clock.move_to(EVENING)
    blocked = session_with(plan, EVENING, alcohol_drugs="yes")
    assert (blocked.state, fresh(plan).state) == ("blocked", "published")
    assert notices() == ["blocked"]
    assert not alerts()
    browser = browse(noor)
    page = html_of(browser.get(TODAY))
    assert "Not tonight. Tomorrow at 07:00 it is here again." in page
    assert "Begin" not in page
    assert "Not tonight. Tomorrow at 07:00" in html_of(browser.get(f"/me/sessions/{blocked.pk}/before/"))
    with pytest.raises(SessionRefused, match="Not tonight"):
        begin_session(fresh(plan), by=noor.user, at=LATE, comfort_before=5)
    events = Calendar.from_ical(calendar_file(fresh(plan), at=EVENING)).walk("VEVENT")
    assert events[0]["dtstart"].dt.date() == EVENING.date() + DAY
    morning = EVENING.replace(hour=7) + DAY
    clock.move_to(morning)
    assert "Begin" in html_of(browser.get(TODAY))
    assert session_with(plan, morning).state == "begun"


def test_a_fever_rests_until_two_days_are_over(plan: Plan, noor: Client) -> None:
    session_with(plan, EVENING, fever_unwell="yes")
    now = read_todays_plan(fresh(plan), at=EVENING)
    assert now.rests
    assert read_todays_plan(fresh(plan), at=EVENING + 2 * DAY).rests
    assert not read_todays_plan(fresh(plan), at=EVENING + 3 * DAY).rests


def test_two_hours_after_a_heavy_meal_it_is_here_again(plan: Plan, noor: Client, browse: Any, clock: Any) -> None:
    """Its rule is a mild one, and still nothing is done until then."""
    clock.move_to(EVENING)
    blocked = session_with(plan, EVENING, heavy_meal="yes")
    assert blocked.state == "blocked"
    assert "From 22:30 on it is here again." in html_of(browse(noor).get(TODAY))
    clock.shift(timedelta(hours=2))
    assert "Begin" in html_of(browse(noor).get(TODAY))


def test_an_answer_given_by_mistake_can_be_given_again(plan: Plan, noor: Client) -> None:
    session_with(plan, EVENING, alcohol_drugs="yes")
    answer_check(fresh(plan), check_reply(fresh(plan), at=EVENING, alcohol_drugs="no"), by=noor.user, at=EVENING)
    assert not read_todays_plan(fresh(plan), at=EVENING).rests
    assert session_with(plan, EVENING).state == "begun"


def test_what_is_signed_about_now_suspends_nothing_either(plan: Plan, noor: Client) -> None:
    make_signed_intake(noor, at=EVENING, alcohol_drugs="yes")
    assert fresh(plan).state == "published"
    assert read_todays_plan(fresh(plan), at=EVENING).rests
    assert not read_todays_plan(fresh(plan), at=EVENING + DAY).rests


def test_another_time_zone_never_ends_it_early(plan: Plan, noor: Client) -> None:
    session_with(plan, EVENING, alcohol_drugs="yes")
    noor.time_zone = "America/Los_Angeles"
    noor.save()
    assert read_todays_plan(fresh(plan), at=EVENING + timedelta(hours=9)).rests
