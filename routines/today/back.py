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
    zone = plan.client.time_zone
    now = local_now(at, zone)
    not_now = _("Not tonight.") if now.time() >= EVENING else _("Not today.")
    if today.until is None:
        return f"{not_now} {_('Please talk to your therapist before you go on.')}"
    content = plan.current_version.content  # type: ignore[union-attr]  # a plan that may be shown has a version
    back = back_at(content, today.until, zone)
    if local_today(today.until, zone) == now.date():
        wall = f"{local_now(today.until, zone):%H:%M}"
        return _("Not just now. From %(time)s on it is here again.") % {"time": wall}
    if back is None:
        return not_now
    when = {"time": f"{back:%H:%M}", "day": date_format(back, "l j F")}
    if back.date() == now.date() + timedelta(days=1):
        return f"{not_now} {_('Tomorrow at %(time)s it is here again.') % when}"
    return f"{not_now} {_('On %(day)s at %(time)s it is here again.') % when}"
