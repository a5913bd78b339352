"""What became of reminders: one client's day in words, and a practice's figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practice.core.clock import local_now, local_today
from practice.mail.lease import TOO_LATE
from practice.tenancy.models import Practice
from routines.reminders.models import Reminder
from routines.reminders.skip_reasons import STALE

State = Reminder.State
#: Not settled yet, or nobody knows how.
OPEN_STATES = (State.PLANNED, State.QUEUED, State.UNCONFIRMED)
#: Later than this after its moment counts as late: the promise of `make bench`.
LATE_AFTER = timedelta(seconds=60)
#: How far apart local days can be: UTC+14 and UTC-12.
ZONES_APART = timedelta(hours=14)


def with_outcome(reminders: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """Annotate `became`, the same as `Reminder.outcome`, for filters and figures."""
    ends = [When(message__state=ended, then=Value(state.value)) for ended, state in Reminder.FROM_MESSAGE.items()]
    return reminders.annotate(
        became=Case(When(message=None, then=F("state")), *ends, default=Value(State.QUEUED.value))
    )


def of_days(reminders: QuerySet[Reminder], first: date, last: date) -> QuerySet[Reminder]:
    """Rows of these local days, both included; the bounds on instants let an index do the work."""
    begin, end = (datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in (first, last + timedelta(days=1)))
    return reminders.filter(
        local_day__range=(first, last), due_at__gte=begin - ZONES_APART, due_at__lte=end + ZONES_APART
    )


# ---- In words


@dataclass(frozen=True)
class DayWords:
    """The answer to “did this client get that day's reminder?”: `headline` first, then what else there is to know."""

    day: str
    headline: str
    details: list[str]
    state: str


def day_in_words(rows: Iterable[Reminder], day: date, *, at: datetime, time_zone: str) -> DayWords:
    """What became of the reminders of `day`, among `rows` of the client. Pure over rows with their message."""
    ours = sorted((row for row in rows if row.local_day == day), key=lambda row: row.due_at)
    due = [row for row in ours if row.due_at <= at]
    coming = [row for row in ours if row.due_at > at]
    name = _day_name(day, local_today(at, time_zone))
    details = [_coming_words(coming)] if coming else []
    if not due:
        return DayWords(name, _("nothing due so far") if coming else _("no reminder was due"), details, "skipped")
    accepted = [row for row in due if row.outcome == State.SENT]
    if accepted:
        headline = _("%(accepted)d of %(due)d accepted by the mail server, at %(times)s") % {
            "accepted": len(accepted),
            "due": len(due),
            "times": ", ".join(dict.fromkeys(_settled(row, time_zone) for row in accepted)),
        }
    else:
        headline = _("0 of %(due)d accepted by the mail server") % {"due": len(due)}
    others = [row for row in due if row.outcome != State.SENT]
    details = [_other_words(row) for row in others] + details
    return DayWords(name, headline, details, _worst(due))


def _day_name(day: date, today: date) -> str:
    date_words = date_format(day, "D j M")
    if day == today:
        return _("Today, %(date)s") % {"date": date_words}
    if day == today - timedelta(days=1):
        return _("Yesterday, %(date)s") % {"date": date_words}
    return capfirst(date_words)


def _settled(row: Reminder, time_zone: str) -> str:
    settled = row.message.settled_at if row.message else None
    return f"{local_now(settled, time_zone):%H:%M}" if settled else row.slot


def _other_words(row: Reminder) -> str:
    still_waits = row.outcome in (State.PLANNED, State.QUEUED)
    words = f"{row.slot}: {_('still waiting') if still_waits else row.outcome_text}"
    return f"{words}. {row.reason_text}" if row.reason_text else f"{words}."


def _coming_words(rows: list[Reminder]) -> str:
    times = ", ".join(row.slot for row in rows)
    return ngettext("One more is planned, at %(times)s.", "More are planned, at %(times)s.", len(rows)) % {
        "times": times
    }


def _worst(due: list[Reminder]) -> str:
    found = Counter(row.outcome for row in due)
    for state in (State.FAILED, State.UNCONFIRMED, State.QUEUED, State.PLANNED, State.SENT):
        if found[state]:
            return state.value
    return State.SKIPPED.value


# ---- Figures


def figures_of(practice: Practice, *, at: datetime) -> dict[str, int | datetime | None]:
    """Due, sent, skipped and late in the last 24 hours; unconfirmed and oldest waiting at any time. Two queries."""
    ours = with_outcome(Reminder.objects.for_practice(practice))
    day = ours.filter(due_at__gt=at - timedelta(days=1), due_at__lte=at).aggregate(
        due=Count("pk"),
        sent=Count("pk", filter=Q(became=State.SENT)),
        skipped=Count("pk", filter=Q(became=State.SKIPPED)),
        failed=Count("pk", filter=Q(became=State.FAILED)),
        late=Count("pk", filter=late(at)),
    )
    standing = ours.filter(open_rows()).aggregate(
        unconfirmed=Count("pk", filter=Q(became=State.UNCONFIRMED)),
        waiting=Count("pk", filter=waiting(at)),
        oldest=Min("due_at", filter=waiting(at)),
    )
    return {**day, **standing}


def open_rows() -> Q:
    return Q(state__in=OPEN_STATES)


def waiting(at: datetime) -> Q:
    """Due and not settled yet. For rows with `became`."""
    return Q(became__in=[State.PLANNED, State.QUEUED], due_at__lte=at)


def late(at: datetime) -> Q:
    """Handed over more than LATE_AFTER late, still waiting by then, or given up as too late. For rows with `became`."""
    after = Q(became=State.SENT, message__settled_at__gt=F("due_at") + LATE_AFTER)
    return after | (waiting(at) & Q(due_at__lt=at - LATE_AFTER)) | given_up()


def given_up() -> Q:
    """Skipped only because its time had passed. For rows with `became`."""
    reasons = Q(reason=STALE) | Q(message__reason__in=[STALE, TOO_LATE])
    return Q(became=State.SKIPPED) & reasons
