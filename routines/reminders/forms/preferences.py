from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from practice.core.forms.time_of_day import ClockField
from routines.reminders.change_preferences import PreferenceValues
from routines.reminders.models import ReminderPreferences
from routines.reminders.preferences import clock


class PreferencesForm(forms.Form):
    """Quiet hours, whether to remind of what is logged, and an own time for each slot of the person's plans."""

    quiet = forms.ChoiceField(label=_("Quiet hours"), widget=forms.RadioSelect)
    quiet_from = ClockField(label=_("My quiet hours: from"), required=False)
    quiet_to = ClockField(label=_("My quiet hours: until"), required=False)
    only_unlogged = forms.BooleanField(
        label=_("Only remind me where nothing was logged"),
        required=False,
        help_text=_("Off: a reminder also comes when you have already done the routine."),
    )

    def __init__(
        self, *args: Any, saved: ReminderPreferences, slots: list[str], suggested: tuple[str, str] | None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            "quiet": saved.quiet,
            "quiet_from": saved.quiet_from,
            "quiet_to": saved.quiet_to,
            "only_unlogged": saved.only_unlogged,
            **{_name(slot): saved.chosen_times.get(slot, slot) for slot in slots},
        }
        super().__init__(*args, **kwargs)
        self.slots = slots
        self.fields["quiet"].choices = list(_quiet_choices(suggested))  # type: ignore[attr-defined]
        for slot in slots:
            label = gettext("Instead of %(slot)s, remind me at") % {"slot": slot}
            self.fields[_name(slot)] = ClockField(label=label, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("quiet") == ReminderPreferences.Quiet.OWN:
            for name in ("quiet_from", "quiet_to"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Your own quiet hours need a beginning and an end."))
        return cleaned

    @property
    def preferences(self) -> PreferenceValues:
        """What to save, once the form is valid; "chosen_times" has every slot of the page."""
        cleaned = self.cleaned_data
        chosen: Mapping[str, time | None] = {slot: cleaned.get(_name(slot)) for slot in self.slots}
        return {
            "quiet": cleaned["quiet"],
            "quiet_from": cleaned["quiet_from"],
            "quiet_to": cleaned["quiet_to"],
            "only_unlogged": cleaned["only_unlogged"],
            "chosen_times": {slot: clock(wall) if wall is not None else slot for slot, wall in chosen.items()},
        }


def _name(slot: str) -> str:
    return f"slot_{slot.replace(':', '')}"


def _quiet_choices(suggested: tuple[str, str] | None) -> Iterator[tuple[str, str]]:
    for value, label in ReminderPreferences.Quiet.choices:
        if value == ReminderPreferences.Quiet.PRACTICE and suggested:
            words = gettext("%(from)s to %(until)s") % {"from": suggested[0], "until": suggested[1]}
            yield value, f"{label} ({words})"
        else:
            yield value, str(label)
