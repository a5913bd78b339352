"""Fields that let a person edit the catalog's lists as lines of text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from practice.core.yaml_documents import Fault
from routines.catalog.canonical import SHEETS
from routines.catalog.import_rows import Range, Sheet

SELECTED = mark_safe(" selected")


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, **options: Any) -> None:
        options["label"] = capfirst(options.get("label"))
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), strip=False, **options)
        self.help_text = f"{self.help_text} {_('One a line.')}".strip()

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class SourcesField(LinesField):
    """Sources, one a line: file | heading | note, the note being optional."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.help_text = _("One a line: file | heading | note (the note may be left out).")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        keys = ("file", "heading", "note")
        return "\n".join(" | ".join(source[key] for key in keys if key in source) for source in value)

    def to_python(self, value: Any) -> Any:
        sources = []
        for line in super().to_python(value):
            parts = [part.strip() for part in line.split(" | ")]
            if not 2 <= len(parts) <= 3:
                raise ValidationError(_("Write “file | heading”: %(line)s"), params={"line": line})
            sources.append(dict(zip(("file", "heading", "note"), parts, strict=False)))
        return sources


class SidesField(forms.MultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        options["choices"] = [("left", _("left")), ("right", _("right"))]
        options["label"] = capfirst(options.get("label"))
        super().__init__(widget=forms.CheckboxSelectMultiple, **options)


class PlainSelect(UnfoldAdminSelectWidget):
    """A select whose options are joined, not rendered by a template each: a protocol's page shows four thousand."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if str(key) == chosen else "", label) for key, label in self.choices),
        )
        return format_html("<select{}>{}</select>", flatatt({**self.attrs, **(attrs or {}), "name": name}), options)


class CatalogEntryForm(forms.ModelForm):
    """Shows what the whole catalog had against the last attempt to save, beside the fields at fault."""

    catalog_faults: tuple[Fault, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        section, sheet = section_of(self._meta.model)
        if sheet.slug_from and self.instance._state.adding and "name" in cleaned:
            self._name_slug(cleaned["name"])
        for fault in self.catalog_faults:
            is_own = fault.entry.startswith(f"{section}[") and fault.entry.endswith(f" {self.instance.pk}")
            name = _form_field(sheet, fault.field) if is_own else ""
            if name in self.fields:
                self.add_error(name, fault.message)
            else:
                place = ", ".join(part for part in (fault.entry, fault.field) if part)
                self.add_error(None, f"{place}: {fault.message}")
        return cleaned

    def _name_slug(self, name: str) -> None:
        slug = slugify(name)[:64].strip("-")
        if not slug or self._meta.model.objects.filter(pk=slug).exists():
            self.add_error("name", _("There is an entry of this name already, perhaps a retired one."))
        self.instance.slug = slug


def section_of(model: type) -> tuple[str, Sheet]:
    return next((section, sheet) for section, sheet in SHEETS.items() if sheet.model is model)


def _form_field(sheet: Sheet, field: str) -> str:
    """The form's name for a key such as `duration_s.min` or `regions[0]`."""
    key, _dot, rest = field.partition(".")
    key = key.partition("[")[0]
    for part in sheet.parts:
        if part.key != key:
            continue
        if isinstance(part, Range):
            return (part.high if rest.startswith("max") else part.low).removesuffix("_id")
        return next(iter(part.read({}))).removesuffix("_id")
    return key
