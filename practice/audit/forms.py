"""What an owner may ask the audit trail."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from practice.audit.text import action_choices
from practice.tenancy.models import Member, Practice


class AuditSearch(forms.Form):
    person = forms.ModelChoiceField(
        Member.objects.none(),
        label=_("Person"),
        required=False,
        empty_label=_("Anyone"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    action = forms.ChoiceField(
        label=_("What was done"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    client = forms.UUIDField(label=_("Client"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Member.objects.for_practice(practice).select_related("user")  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", _("Anything")), *action_choices()]  # type: ignore[attr-defined]

    def narrow(self, entries: QuerySet) -> QuerySet:
        """A filter that means nothing is shown as a fault beside its field and filters nothing out silently."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["person"]:
            entries = entries.filter(by=asked["person"].user)
        if asked["action"]:
            entries = entries.filter(action=asked["action"])
        if asked["client"]:
            entries = entries.filter(client_ref=asked["client"])
        return entries
