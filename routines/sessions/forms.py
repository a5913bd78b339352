from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from routines.sessions.log import COMFORT
from routines.sessions.models import RoutineSession

NOTE_LENGTH = 5000
FEELINGS = [
    ("fine", _("It was fine")),
    ("hurt", _("It hurt")),
    ("changed", _("Something changed")),
]
#: The same where a session is stopped.
STOP_FEELINGS = [("fine", _("No special reason")), *FEELINGS[1:]]
#: How a form says that a session ended; anything else is "done", which asks for the comfort.
ENDS = {"stopped": RoutineSession.State.STOPPED, "skipped": RoutineSession.State.SKIPPED}


class EndForm(forms.Form):
    """The end of a session: how it was, the comfort, what was left out, and a note to the therapist."""

    outcome = forms.CharField(required=False)
    feeling = forms.ChoiceField(
        choices=FEELINGS,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose how it was.")},
    )
    comfort = forms.TypedChoiceField(
        choices=[(str(number), number) for number in COMFORT],
        coerce=int,
        required=False,
        empty_value=None,
        error_messages={
            "invalid_choice": _("Choose a number from 0 (very uncomfortable) to 10 (very comfortable)."),
        },
    )
    note = forms.CharField(
        max_length=NOTE_LENGTH,
        required=False,
        error_messages={
            "max_length": _("A note holds %(limit_value)d characters; this one has %(show_value)d. Please shorten it.")
        },
    )

    @property
    def state(self) -> str:
        return ENDS.get(self.data.get("outcome", ""), RoutineSession.State.DONE)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.state != RoutineSession.State.SKIPPED and not cleaned.get("feeling") and "feeling" not in self.errors:
            self.add_error("feeling", _("Please choose how it was."))
        is_done = self.state == RoutineSession.State.DONE
        if is_done and cleaned.get("comfort") is None and "comfort" not in self.errors:
            self.add_error("comfort", self.fields["comfort"].error_messages["invalid_choice"])
        return cleaned
