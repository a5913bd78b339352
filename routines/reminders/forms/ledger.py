"""What staff may ask the ledger of reminders."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from routines.reminders.ledger import of_days, with_outcome
from routines.reminders.models import Reminder

#: Without a day the ledger goes this far back.
DAYS_BACK = 30


class ReminderSearch(forms.Form):
    """Bound with nothing asked, it is about today."""

    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    outcome = forms.ChoiceField(
        label=_("What became of it"),
        required=False,
        choices=[("", _("Any outcome")), *Reminder.State.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, asked: Any, *, today: date) -> None:
        self.today = today
        super().__init__(asked if "day" in asked or "outcome" in asked else {**asked, "day": today.isoformat()})

    @property
    def day_asked(self) -> date | None:
        return self.cleaned_data.get("day") if self.is_valid() else None

    def narrow(self, reminders: QuerySet) -> QuerySet:
        """A filter that means nothing finds nothing, and says so beside its field."""
        if not self.is_valid():
            return reminders.none()
        day, outcome = self.cleaned_data["day"], self.cleaned_data["outcome"]
        first, last = (day, day) if day else (self.today - timedelta(days=DAYS_BACK), self.today + timedelta(days=2))
        found = of_days(reminders, first, last)
        return with_outcome(found).filter(became=outcome) if outcome else found

    def clean_day(self) -> date | None:
        day = self.cleaned_data["day"]
        if day and not date(2000, 1, 1) <= day <= date(2200, 1, 1):
            raise forms.ValidationError(_("There are no reminders of that day."))
        return day
