from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from practice.core.countries import country_choices, usual_emergency_number
from practice.core.forms.edit_conflict import RevisionForm
from practice.core.forms.person_name import NameField
from practice.core.forms.time_of_day import ClockField
from practice.core.forms.time_zone import TimeZoneField
from practice.tenancy.models import Practice
from practice.wording.check import check_in_any

PHONE = RegexValidator(r"^\+?[0-9 ()/.-]{2,40}$", _("Use digits, spaces and + ( ) / . - only."))


class ProfileForm(RevisionForm):
    """A practice's settings, in the order in which a person thinks of them."""

    name = NameField(label=_("Name of the practice"), max_length=200)
    contact_email = forms.EmailField(
        label=_("Contact e-mail"), required=False, help_text=_("Shown to clients who need to reach you.")
    )
    contact_phone = forms.CharField(label=_("Contact phone"), required=False, max_length=40, validators=[PHONE])
    time_zone = TimeZoneField(help_text=_("The default for new clients. Each client keeps their own."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    emergency_number = forms.CharField(
        label=_("Emergency number"),
        required=False,
        max_length=20,
        validators=[PHONE],
        help_text=_("Shown to clients when an answer needs help at once. Empty: the country's usual number."),
    )
    age_of_consent = forms.IntegerField(
        label=_("Age of consent (years)"),
        min_value=18,
        max_value=21,
        help_text=_("Younger clients need a parent or guardian to agree and sign. Never less than 18."),
    )
    invitation_days = forms.IntegerField(label=_("Days an invitation stays open"), min_value=1, max_value=90)
    quiet_after_days = forms.IntegerField(
        label=_("Days without activity before a plan needs attention"),
        min_value=1,
        max_value=60,
    )
    quiet_hours_from = ClockField(label=_("Quiet hours for reminders: from"))
    quiet_hours_to = ClockField(
        label=_("Quiet hours for reminders: until"),
        help_text=_(
            "On each client's own clocks; a client may choose other hours. Two equal times mean no quiet hours."
        ),
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        self.practice = practice
        self.wording: list[str] = []
        kwargs.setdefault("initial", {name: getattr(practice, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        if practice.country not in dict(country_choices()):
            self.fields["country"].choices = [*country_choices(), (practice.country, practice.country)]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """It stands in every mail. Claims are only told, for what a practice is called is its own affair."""
        name: str = self.cleaned_data["name"]
        found = check_in_any(name, {self.practice.language, "en"})
        grave = [finding.message for finding in found if finding.stops]
        if grave:
            raise forms.ValidationError(grave)
        self.wording = [finding.message for finding in found]
        return name

    def clean(self) -> dict[str, Any]:
        """A new country brings its own emergency number, unless the person typed another one."""
        cleaned = super().clean() or {}
        country, number = cleaned.get("country"), cleaned.get("emergency_number")
        if country and number is not None:
            moved = country != self.practice.country
            untouched = number == self.practice.emergency_number == usual_emergency_number(self.practice.country)
            if not number or (moved and untouched):
                cleaned["emergency_number"] = usual_emergency_number(country)
        return cleaned
