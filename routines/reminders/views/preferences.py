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
    change_own_preferences,
    merged_times,
    next_reminders,
    own_records,
)
from routines.reminders.forms.preferences import PreferencesForm
from routines.reminders.models import ReminderPreferences
from routines.reminders.preferences import practice_hours, preferences_of


@needs("portal.use")
def preferences_edit(request: PracticeRequest) -> HttpResponse:
    now = timezone.now()
    records = list(own_records(request.user).order_by("registered_at"))
    saved = preferences_of(records[0]) if records else ReminderPreferences()
    form = PreferencesForm(
        request.POST or None,
        saved=saved,
        slots=sorted({*asked_slots(request.user), *saved.chosen_times}),
        suggested=practice_hours(records[0].practice) if records else None,
    )
    if request.method == "POST" and form.is_valid():
        preferences = form.preferences
        preferences["chosen_times"] = merged_times(saved.chosen_times, preferences["chosen_times"])
        change_own_preferences(request.user, at=now, **preferences)
        messages.success(request, _("Saved. Your reminders follow from now on."))
        return redirect("routines:wishes_edit")
    context = {
        "form": form,
        "has_records": bool(records),
        "time_zone": records[0].time_zone if records else "",
        "ahead": next_reminders(request.user, at=now),
    }
    return render(request, "routines/reminders/preferences.html", context)
