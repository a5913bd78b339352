"""A time of day, to the minute."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClockField(forms.TimeField):
    """Shown and taken as "07:30", whatever the language."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        super().__init__(  # type: ignore[misc]
            input_formats=["%H:%M"],
            error_messages={"invalid": _("Enter a time such as 07:30.")},
            **kwargs,
        )
