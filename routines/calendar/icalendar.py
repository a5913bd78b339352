"""The routine as an iCalendar file: its moments in the client's time zone, its title, and a link to the portal."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from routines.plans.day import plan_day
from routines.plans.models import Plan
from routines.reminders.schedule import Moment, due_moments
from routines.today.todays_plan import TodaysPlan, read_todays_plan

#: How far ahead the file reaches; a client takes a new one when it runs out.
DAYS_AHEAD = 60
#: House default, for routines without timed steps: an entry needs some length to be seen.
SHORTEST = timedelta(minutes=5)


def calendar_file(plan: Plan, *, at: datetime) -> bytes:
    """Every moment from `at` on for 60 days, or as long as the screening holds. Ask `checked_visibility` first.

    None before a routine that rests is here again; today's is as long as today's answers make it.

    The same moment keeps its UID from file to file, so that importing again changes entries instead of doubling them.
    Nothing but the title that the client sees goes in: calendars are shared and synchronised. Raises ValueError for a
    plan that was never released.
    """
    version = plan.current_version
    if version is None:
        raise ValueError("A plan without a released version has no calendar.")
    zone = ZoneInfo(plan.client.time_zone)
    calendar = Calendar()
    calendar.add("prodid", "-//Sole Practice//Routine//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _title(plan))
    calendar.add("x-wr-timezone", plan.client.time_zone)
    now = read_todays_plan(plan, at=at)
    for moment in _moments(plan, at):
        if not now.rests or (now.until and moment.due_at >= now.until):
            calendar.add_component(_event(plan, moment, zone, now))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _moments(plan: Plan, at: datetime) -> list[Moment]:
    content = plan.content_now
    until = at + timedelta(days=DAYS_AHEAD)
    moments = due_moments(content, time_zone=plan.client.time_zone, since=at, until=until)
    return [moment for moment in moments if plan.safe_until is None or moment.local_day <= plan.safe_until]


def _title(plan: Plan) -> str:
    """The title as released, on one line: some properties of the format cannot hold a line break."""
    return " ".join(plan.current_version.content.title.split())  # type: ignore[union-attr]


def _event(plan: Plan, moment: Moment, zone: ZoneInfo, now: TodaysPlan) -> Event:
    version = plan.current_version
    assert version is not None
    begins = moment.due_at.astimezone(zone)
    day = plan_day(plan.content_now, moment.local_day)
    if now.released.phase == day.phase and (now.until is None or moment.due_at < now.until):
        day = now.day
    length = timedelta(seconds=day.seconds)
    event = Event()
    event.add("uid", f"{plan.pk}-{moment.local_day:%Y%m%d}-{moment.slot.replace(':', '')}@sole-practice")
    event.add("dtstamp", version.published_at)
    event.add("last-modified", version.published_at)
    event.add("sequence", version.number)
    event.add("summary", _title(plan))
    event.add("dtstart", begins)
    event.add("duration", max(SHORTEST, timedelta(minutes=-(-length.seconds // 60))))
    event.add("url", settings.SITE_URL + reverse("routines:portal_today"))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
