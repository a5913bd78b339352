"""What staff may ask the ledger of messages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from practice.mail.models import OutboundMessage
from practice.tenancy.models import Practice


class OutboxSearch(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    client = forms.UUIDField(label=_("Client"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (
            OutboundMessage.objects.for_practice(practice).order_by("kind").values_list("kind", flat=True).distinct()
        )
        words = [(kind, OutboundMessage(kind=kind).kind_text) for kind in kinds]
        self.fields["state"].choices = [("", _("Any state")), *OutboundMessage.State.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("Any kind")), *words]  # type: ignore[attr-defined]
        for name in ("state", "kind"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def narrow(self, messages: QuerySet) -> QuerySet:
        """A filter that means nothing finds nothing, and says so beside its field."""
        if not self.is_valid():
            return messages.none()
        names = {"state": "state", "kind": "kind", "client": "client_ref"}
        return messages.filter(**{names[key]: value for key, value in self.cleaned_data.items() if value})
