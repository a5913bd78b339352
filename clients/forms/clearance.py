from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _


class ClearanceForm(forms.Form):
    """`rules`: (slug, wording) of the rules that a letter could clear for this client."""

    rules = forms.MultipleChoiceField(
        label=_("What the letter allows"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the letter is about.")},
    )
    issued_by = forms.CharField(
        label=_("Written by"), max_length=200, help_text=_("Such as “GP” or “vascular clinic”.")
    )
    issued_on = forms.DateField(label=_("Date of the letter"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(
        label=_("Valid until, if it says so"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(
        label=_("Note for the practice"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: object, rules: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["rules"].choices = list(rules)  # type: ignore[attr-defined]
