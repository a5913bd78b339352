import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients.letters.sanitize_file import CleanFile, FileRefused, clean_file, too_large

#: Both of the names that browsers know HEIC by, and its endings: some know neither name.
TAKEN = "application/pdf,image/jpeg,image/png,image/heic,image/heif,.heic,.heif"


class LetterFileField(forms.FileField):
    """A letter's file, cleaned to a CleanFile: what it is, is told by its bytes."""

    widget = forms.FileInput(attrs={"accept": TAKEN})

    def clean(self, data: Any, initial: Any = None) -> CleanFile | None:
        if isinstance(data, UploadedFile) and data.size and data.size > settings.LETTER_MAX_BYTES:
            raise ValidationError(too_large())
        uploaded = super().clean(data, initial)
        if not uploaded:
            return None
        try:
            return clean_file(uploaded.read())
        except FileRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


def file_help() -> dict[str, Any]:
    return {
        "label": _("The letter"),
        "max_length": None,
        "help_text": _("PDF, or a photo (JPEG, PNG, HEIC), up to 10 MB. Where a photo was taken is removed."),
        "error_messages": {
            "required": _("Please choose the letter's file."),
            "empty": _("This file is empty. Please choose it again."),
        },
    }


class OncePerForm(forms.Form):
    """Carries a key made with the empty form: sent twice, it is one letter."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid.uuid4


class LetterForm(OncePerForm):
    """What a client sends, or a therapist passes on unread. `practices`: (client id, name) where there are several."""

    client = forms.ChoiceField(label=_("For which practice"))
    file = LetterFileField(**file_help())
    issued_by = forms.CharField(
        label=_("Written by"), max_length=200, required=False, help_text=_("Such as “GP” or “vascular clinic”.")
    )
    words = forms.CharField(
        label=_("A word to go with it"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, practices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(practices)
        self.fields["client"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["client"].widget = forms.HiddenInput()
            self.fields["client"].initial = choices[0][0]


class VerifyForm(forms.Form):
    """`asked`: (slug, wording) of the rules that fired and that a letter could clear; `others`: of the rest."""

    rules = forms.MultipleChoiceField(
        label=_("What the letter allows"), widget=forms.CheckboxSelectMultiple, required=False
    )
    other_rules = forms.MultipleChoiceField(
        label=_("Others that a letter can allow"), widget=forms.CheckboxSelectMultiple, required=False
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

    def __init__(
        self, *args: Any, asked: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("rules", asked), ("other_rules", others)):
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [*cleaned.get("rules", ()), *cleaned.pop("other_rules", ())]
        if not chosen and not {"rules", "other_rules"} & set(self.errors):
            field = "rules" if "rules" in self.fields else "other_rules"
            self.add_error(field if field in self.fields else None, _("Choose what the letter is about."))
        cleaned["rules"] = chosen
        return cleaned


class ClearanceForm(OncePerForm, VerifyForm):
    """A letter that the therapist has in hand, read and recorded at once, with its file or without."""

    file = LetterFileField(**{**file_help(), "label": _("The letter's file, if you have it")}, required=False)


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("What the client reads"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say kindly what is missing, such as a date or a signature. They can send another letter."),
        error_messages={"required": _("Say in a kind sentence what is missing.")},
    )
