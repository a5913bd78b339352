from django import forms
from django.utils.translation import gettext_lazy as _

from practice.core.forms.person_name import NameField
from practice.tenancy.models import Member


class SeatForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Member.STAFF_ROLES,
        initial="therapist",
        help_text=_("Reception sees names and invitations, never answers. Owners also look after staff and settings."),
    )
    qualifications = forms.CharField(
        label=_("Qualifications"),
        max_length=300,
        required=False,
        help_text=_("As they may be stated to clients. Left empty, nothing is stated."),
    )


class StaffInviteForm(SeatForm):
    name = NameField(max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ["name", "email", "role", "qualifications"]
