"""The routine in a client's own calendar."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from routines.builder.edit import change_plan
from routines.calendar.icalendar import calendar_file
from routines.plans.models import Plan
from routines.plans.publish import publish_plan
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.portal.test_portal import internal_words


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def plan(noor, jon) -> Plan:
    return make_published_plan(noor, jon, "wind-down-sleep", times=["07:00", "21:00"])


def events(plan: Plan, at: datetime = NOON) -> list:
    return list(Calendar.from_ical(calendar_file(plan, at=at)).walk("VEVENT"))


def test_the_file_comes_as_a_calendar(plan, noor, browse) -> None:
    answer = browse(noor).get(reverse("routines:calendar_file", args=[plan.pk]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    assert Calendar.from_ical(answer.content).walk("VEVENT")


def test_sixty_days_of_local_times_with_their_zone(plan) -> None:
    found = events(plan)
    assert len(found) == 120
    first, last = found[0], found[-1]
    assert str(first["dtstart"].dt) == "2026-03-16 21:00:00+00:00"
    assert first["dtstart"].params["TZID"] == "Europe/London"
    assert str(last["dtstart"].dt) == "2026-05-15 07:00:00+01:00", "the wall time stays across the change of clocks"
    raw = calendar_file(plan, at=NOON).decode()
    assert "BEGIN:VTIMEZONE" in raw
    assert "TZID:Europe/London" in raw


@pytest.mark.parametrize(("seconds", "side", "minutes"), [(601, "left", 11), (601, "both", 21), (None, "both", 5)])
def test_an_entry_is_as_long_as_the_routine(plan, seconds, side, minutes) -> None:
    """In whole minutes; five where no step is timed."""
    content = plan.current_version.content
    first, *others = (replace(step, technique=None, seconds=None) for step in content.phases[0].steps)
    steps = (replace(first, seconds=seconds, side=side), *others)
    plan.current_version.content = replace(content, phases=(replace(content.phases[0], steps=steps),))
    assert {event["duration"].dt for event in events(plan)} == {timedelta(minutes=minutes)}


def test_the_same_moment_keeps_its_uid_and_none_comes_twice(plan) -> None:
    today, tomorrow = events(plan), events(plan, NOON + timedelta(days=1))
    uids = [str(event["uid"]) for event in today]
    assert len(set(uids)) == len(uids)
    assert len(set(uids) & {str(event["uid"]) for event in tomorrow}) == 118
    assert calendar_file(plan, at=NOON) == calendar_file(plan, at=NOON)


def test_nothing_after_the_screening_ends(plan) -> None:
    plan.safe_until = NOON.date() + timedelta(days=2)
    assert {str(event["dtstart"].dt.date()) for event in events(plan)} == {"2026-03-16", "2026-03-17", "2026-03-18"}


def test_only_the_title_and_a_link(plan) -> None:
    text = calendar_file(plan, at=NOON).decode().replace("\r\n ", "")
    content = plan.current_version.content
    assert "SUMMARY:Bedtime wind-down" in text
    assert "URL:http://testserver/me/" in text
    assert text.count("CLASS:PRIVATE") == text.count("TRANSP:TRANSPARENT") == text.count("BEGIN:VEVENT")
    assert "DESCRIPTION" not in text
    for words in (
        *internal_words(plan),
        content.phases[0].steps[0].how,
        "Heel",
        plan.client.name,
        plan.client.email,
    ):
        assert words not in text


def test_it_is_published_and_a_newer_release_replaces_the_entries_of_the_older(plan, jon) -> None:
    def told() -> tuple[set[str], set[int]]:
        calendar = Calendar.from_ical(calendar_file(plan, at=NOON))
        assert calendar["method"] == "PUBLISH"
        found = calendar.walk("VEVENT")
        return {str(event["uid"]) for event in found}, {int(event["sequence"]) for event in found}

    before = told()
    change_plan(plan, by=jon, at=NOON, title="Second release")
    publish_plan(plan, by=jon, at=NOON)
    plan.refresh_from_db()
    assert (before[1], told()) == ({1}, (before[0], {2}))


def test_a_title_of_markup_and_line_breaks_stays_one_line(noor, jon) -> None:
    plan = make_published_plan(noor, jon, "wind-down-sleep")
    title = "A;b,\nATTENDEE:mailto:x@y.z <b>\U0001f463"
    plan.current_version.content = replace(plan.current_version.content, title=title)
    (event, *_rest) = events(plan)
    assert str(event["summary"]) == "A;b, ATTENDEE:mailto:x@y.z <b>\U0001f463"
    assert "attendee" not in event


def test_a_foreign_plan_does_not_exist(plan, practice, jon, browse, client) -> None:
    address = reverse("routines:calendar_file", args=[plan.pk])
    assert browse(make_client(practice, "eve@example.org", "Eve")).get(address).status_code == 404
    assert browse(jon).get(address).status_code == 404
    assert "/accounts/login/" in client.get(address).url


def test_few_queries(plan, noor, browse, django_assert_max_num_queries) -> None:
    browser = browse(noor)
    with django_assert_max_num_queries(12):
        browser.get(reverse("routines:calendar_file", args=[plan.pk]))
