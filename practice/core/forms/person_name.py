"""A person's name as people write it: any script, any length that fits, on one line."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NameField(forms.CharField):
    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("label", _("Name"))
        kwargs.setdefault("error_messages", {})
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def to_python(self, value: object) -> str:
        # Line breaks would break a mail's subject; NUL is left for the refusal that CharField gives.
        return " ".join((super().to_python(value) or "").split())
