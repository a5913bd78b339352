"""The pages behind “later” and “done” in a reminder. They need no sign-in, so they name no plan, person or answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from practice.core.clock import local_now
from practice.permissions.table import public
from routines.reminders import answer, links
from routines.reminders.answer import SnoozeRefused, choices_for
from routines.reminders.links import Act, LinkInvalid
from routines.reminders.models import Reminder
from routines.reminders.views.unsubscribe import bare_page

WHY_PUBLIC = "from a button in a reminder; the signed link names one occurrence on its own day, and no health data"
Answer = Callable[[HttpRequest, Reminder], HttpResponse]


def behind_link(act: Act) -> Callable[[Answer], Callable[..., HttpResponse]]:
    """GET and HEAD only ask, since link scanners open every link; a POST acts when it carries the button's own field.

    No cookie is asked for: the signed link is the proof.
    """

    def door(view: Answer) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @public(WHY_PUBLIC)
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            try:
                row = links.occurrence_of(token, act)
            except LinkInvalid:
                return bare_page("routines/reminder_answers/invalid.html", status=404)
            with translation.override(row.plan.client.language):
                if not answer.is_alive(row, at=timezone.now()):
                    return _page(row, "closed", status=410)
                return view(request, row)

        return guarded

    return door


@behind_link(Act.SNOOZE)
def reminder_snooze(request: HttpRequest, row: Reminder) -> HttpResponse:
    again, at = None, timezone.now()
    if request.method == "POST" and request.POST.get("again"):
        try:
            again = answer.snooze_reminder(row, request.POST["again"], at=at)
        except SnoozeRefused:
            return _page(row, "snooze", refused=True, choices=[], status=409)
    else:
        earlier = answer.snooze_of(row)
        again = earlier.again if earlier else None
    left = answer.snoozes_left(row)
    choices = choices_for(row, at=at) if left else []
    return _page(row, "snooze", again=again, choices=choices)


@behind_link(Act.DONE)
def reminder_done(request: HttpRequest, row: Reminder) -> HttpResponse:
    outcome = None
    if request.method == "POST" and request.POST.get("done"):
        outcome = answer.note_done(row, at=timezone.now())
    return _page(row, "done", outcome=outcome)


def _page(row: Reminder, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "slot": f"{local_now(row.due_at, row.plan.client.time_zone):%H:%M}",
        "practice_name": row.plan.client.practice.name,
        **more,
    }
    return bare_page(f"routines/reminder_answers/{name}.html", context, status=status)
