"""When a routine that rests for now is here again, in words."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from practice.core.clock import local_now, local_today
from routines.plans.content import PlanContent
from routines.plans.day import plan_day
from routines.plans.models import Plan
from routines.today.todays_plan import TodaysPlan

#: From this hour on, today is tonight.
EVENING = time(17)
DAYS_AHEAD = 60


def back_at(content: PlanContent, until: datetime, time_zone: str) -> datetime | None:
    """The plan's first moment at or after `until`, on the clocks of `time_zone`; None when there is none soon. Pure."""
    first = local_today(until, time_zone)
    for offset in range(DAYS_AHEAD):
        day = first + timedelta(days=offset)
        for wall in plan_day(content, day).times:
            moment = datetime.combine(day, time.fromisoformat(wall), ZoneInfo(time_zone))
            if moment >= until:
                return moment
    return None


def back_words(plan: Plan, today: TodaysPlan, *, at: datetime) -> str:
    """“Not tonight. Tomorrow at 21:00 it is here again.”, as far as that is known."""
    if today.until is None:
        return f"{_not_now(plan, at)} {_('Please talk to your therapist before you go on.')}"
    return moment_words(plan, today.until, at=at)


def moment_words(plan: Plan, until: datetime, *, at: datetime) -> str:
    """That the routine rests until the plan's first moment after `until`; "" once that has passed."""
    if until <= at:
        return ""
    zone = plan.client.time_zone
    today, ends = local_today(at, zone), local_now(until, zone)
    if ends.date() == today:
        return _("Not just now. From %(time)s on it is here again.") % {"time": f"{ends:%H:%M}"}
    back = back_at(plan.content_now, until, zone)
    if back is None:
        return _not_now(plan, at)
    when = {"time": f"{back:%H:%M}", "day": date_format(back, "l j F")}
    if back.date() == today + timedelta(days=1):
        return f"{_not_now(plan, at)} {_('Tomorrow at %(time)s it is here again.') % when}"
    return f"{_not_now(plan, at)} {_('On %(day)s at %(time)s it is here again.') % when}"


def _not_now(plan: Plan, at: datetime) -> str:
    return _("Not tonight.") if local_now(at, plan.client.time_zone).time() >= EVENING else _("Not today.")
