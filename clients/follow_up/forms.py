from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.follow_up.models import FollowUp

#: Further away than this is a slip of the pen.
FURTHEST = timedelta(days=366)


class AboutForm(forms.Form):
    """Which screening or notice the person had before them."""

    about = forms.UUIDField(widget=forms.HiddenInput)


class FollowUpForm(AboutForm):
    """What was done about it. `kind` decides whether a day is asked for; asking again has a button of its own."""

    kind = forms.ChoiceField(
        choices=[choice for choice in FollowUp.Kind.choices if choice[0] != FollowUp.Kind.ASKED_AGAIN],
        widget=forms.HiddenInput,
    )
    until = forms.DateField(
        label=_("Look again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept encrypted, with the time and your name. Never shown to the client."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if self["kind"].value() != FollowUp.Kind.LOOK_AGAIN:
            del self.fields["until"]
        else:
            self.fields["until"].required = True
            self.fields["until"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day <= self.today:
            raise forms.ValidationError(_("Choose a day from tomorrow on."))
        if day > self.today + FURTHEST:
            raise forms.ValidationError(_("Choose a day within a year."))
        return day
