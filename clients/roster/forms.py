from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.roster.roster import plan_columns
from practice.core.clock import OLDEST_YEARS
from practice.core.forms.edit_conflict import RevisionForm
from practice.core.forms.person_name import NameField
from practice.core.forms.time_zone import TimeZoneField
from practice.permissions.table import Role
from practice.tenancy.models import Member, Practice

if TYPE_CHECKING:  # only the stubs take type arguments
    _SeatField = forms.ModelChoiceField[Member]
else:
    _SeatField = forms.ModelChoiceField


as_a_number = RegexValidator(r"^\+?[\d\s()/.\-]{3,}$", _("A number to dial, such as +44 20 7946 0018."))


class SeatChoice(_SeatField):
    def label_from_instance(self, seat: Member) -> str:
        return str(seat.user)


class ClientForm(forms.Form):
    """Who a client is and how they are reached. Nothing about health."""

    name = NameField(max_length=5000)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("They sign in with it, and every message goes there.")
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=40,
        validators=[as_a_number],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("Not needed, but then you can call at once when an answer is urgent."),
    )
    language = forms.ChoiceField(label=_("Language of e-mails"), choices=settings.LANGUAGES)
    time_zone = TimeZoneField(
        help_text=_("Where the client lives: reminders follow these clocks. Type a city and choose.")
    )
    therapist = SeatChoice(Member.objects.none(), label=_("Therapist"), required=False, empty_label=_("Not decided"))
    born_on = forms.DateField(
        label=_("Born on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        help_text=_("Not needed. Where it is known, rules about age follow it, and a plan is checked on birthdays."),
    )

    def __init__(self, *args: Any, practice: Practice, kept: Member | None = None, **kwargs: Any) -> None:
        """`kept`: the client's therapist, offered even when that seat is no longer active."""
        super().__init__(*args, **kwargs)
        seats = Member.objects.for_practice(practice).select_related("user")
        offered = seats.filter(is_active=True, role__in=[Role.OWNER, Role.THERAPIST])
        self.fields["therapist"].queryset = offered | seats.filter(pk=kept.pk) if kept else offered  # type: ignore[attr-defined]

    def clean_born_on(self) -> str | None:
        born: date | None = self.cleaned_data["born_on"]
        if born is None:
            return None
        if born > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        if born.year < timezone.localdate().year - OLDEST_YEARS:
            raise forms.ValidationError(_("Please check the year."))
        return born.isoformat()


class RegisterForm(ClientForm):
    invite = forms.BooleanField(
        label=_("Send the intake invitation now"),
        required=False,
        initial=True,
        help_text=_("An e-mail with a private link. It says nothing about health."),
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"time_zone": practice.time_zone, "language": practice.language})
        super().__init__(*args, practice=practice, **kwargs)


class CorrectForm(RevisionForm, ClientForm):
    notes = forms.CharField(
        label=_("Notes for the practice"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Kept encrypted. Seen by therapists and owners only, never by the client."),
    )
    field_order = ["name", "email", "phone", "language", "time_zone", "therapist", "born_on", "notes", "revision"]

    def __init__(self, *args: Any, with_notes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_notes:
            del self.fields["notes"]


class RosterSearch(forms.Form):
    """How the list may be searched and narrowed. What it does not know is left out."""

    SHOW = [
        ("", _("Active")),
        ("mine", _("My clients")),
        ("needs-intake", _("Waiting for an intake")),
        ("archived", _("Archived")),
        ("all", _("Everyone")),
    ]

    q = forms.CharField(label=_("Search by name or e-mail"), required=False, max_length=200)
    show = forms.ChoiceField(label=_("Show"), choices=SHOW, required=False)
    plan = forms.ChoiceField(label=_("Plan"), required=False)

    def __init__(self, *args: Any, with_plans: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for column in plan_columns() for choice in column.choices()] if with_plans else []
        if choices:
            self.fields["plan"].choices = [("", _("Any plan state")), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["plan"]

    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
