"""The client says when reminders may come."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.reminders.change_preferences import (
    asked_slots,
    change_own_wishes,
    merged_times,
    next_reminders,
    own_records,
)
from routines.reminders.forms.preferences import WishesForm
from routines.reminders.models import ReminderWishes
from routines.reminders.preferences import practice_hours, row_of


@needs("portal.use")
def wishes_edit(request: PracticeRequest) -> HttpResponse:
    now = timezone.now()
    records = list(own_records(request.user).order_by("registered_at"))
    saved = row_of(records[0]) if records else ReminderWishes()
    form = WishesForm(
        request.POST or None,
        saved=saved,
        slots=sorted({*asked_slots(request.user), *saved.chosen_times}),
        suggested=practice_hours(records[0].practice) if records else None,
    )
    if request.method == "POST" and form.is_valid():
        wishes = form.wishes
        wishes["chosen_times"] = merged_times(saved.chosen_times, wishes["chosen_times"])
        change_own_wishes(request.user, at=now, **wishes)
        messages.success(request, _("Saved. Your reminders follow from now on."))
        return redirect("routines:wishes_edit")
    context = {
        "form": form,
        "has_records": bool(records),
        "time_zone": records[0].time_zone if records else "",
        "ahead": next_reminders(request.user, at=now),
    }
    return render(request, "routines/wishes/edit.html", context)
