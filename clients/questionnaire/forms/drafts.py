"""Editing one question or one rule of a draft: its own fields, and its condition and effects as checked YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.questionnaire.drafts import read_snippet
from clients.questionnaire.to_yaml import as_yaml
from practice.core.forms.edit_conflict import RevisionForm
from practice.core.yaml_documents import MAX_DOCUMENT_BYTES, DocumentFaulty, Fault, YamlEntry, YamlValue

OUTCOMES = [(name, name) for name in ("CAUTION", "RESTRICT", "REFER", "STOP")]
URGENCIES = [
    ("", _("only for STOP")),
    ("emergency", _("emergency: call now")),
    ("same_day", _("same day: a doctor today")),
    ("defer", _("not now")),
]
MOMENTS = [
    ("intake", _("at the intake")),
    ("review", _("at each review")),
    ("before_each_session", _("before each session")),
]
NOT_SURE = [
    ("not_offered", _("“Not sure” is not offered")),
    ("incomplete", _("leaves it open")),
    ("treat_as_yes", _("counts as yes")),
    ("treat_as_both", _("counts as both sides")),
]


class SnippetField(forms.CharField):
    """A piece of the document, as YAML."""

    def __init__(self, *, rows: int = 5, **options: Any) -> None:
        attrs = {"rows": rows, "class": "font-monospace", "spellcheck": "false", "autocapitalize": "off"}
        super().__init__(required=False, strip=False, max_length=100_000, widget=forms.Textarea(attrs=attrs), **options)

    def prepare_value(self, value: YamlValue) -> str:
        return value if isinstance(value, str) else as_yaml(value)

    def clean(self, value: object) -> YamlValue:
        try:
            return read_snippet(super().clean(value), field=str(self.label))
        except DocumentFaulty as error:
            raise forms.ValidationError([fault.message for fault in error.faults]) from error


def _prose(label: Any, **options: Any) -> forms.CharField:
    options.setdefault("required", False)
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), **options)


class EntryForm(RevisionForm):
    """Reads an entry of the document into fields, and its fields back into changes of the entry."""

    #: form field -> where it stands in the entry
    PLACES: Mapping[str, str] = {}

    @classmethod
    def initial_of(cls, entry: YamlEntry, revision: int) -> YamlEntry:
        return {"revision": revision, **{name: _found(entry, place) for name, place in cls.PLACES.items()}}

    def changes(self) -> YamlEntry:
        """Place -> value, None where the entry has no such key."""
        values = {place: self.cleaned_data[name] for name, place in self.PLACES.items()}
        return {place: None if value in ("", [], ()) else value for place, value in values.items()}

    def add_faults(self, faults: tuple[Fault, ...], slug: str) -> None:
        """Each fault beside its field where it is about this entry, on top of the form where it is about another."""
        for fault in faults:
            name = self._field_at(fault.field) if fault.entry.rpartition(" ")[2] == slug else None
            self.add_error(name, fault.message if name else str(fault))

    def _field_at(self, path: str) -> str | None:
        fitting = [
            name for name, place in self.PLACES.items() if path == place or path.startswith((f"{place}.", f"{place}["))
        ]
        return max(fitting, key=lambda name: len(self.PLACES[name]), default=None)


def _found(entry: YamlEntry, place: str) -> YamlValue:
    value: YamlValue = entry
    for key in place.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


class RuleForm(EntryForm):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=URGENCIES, required=False)
    expires_days = forms.IntegerField(
        label=_("Days"),
        min_value=0,
        max_value=36500,
        help_text=_("How long the answer counts, or how long after the event the rule holds."),
    )
    clearance_from = forms.CharField(label=_("Letter from"), max_length=200, required=False)
    clearance_days = forms.IntegerField(label=_("Days a letter counts"), min_value=1, max_value=36500, required=False)
    rationale = _prose(_("Why"), required=True)
    client_message = _prose(_("What the client reads"), help_text=_("Empty: the default message of the outcome."))
    advice = _prose(_("Advice for the therapist"))
    when = SnippetField(label=_("Fires when"), help_text=_("A condition: q with one test, or all / any with a list."))
    effects = SnippetField(label=_("Effects"), rows=8, help_text=_("A list. Empty for STOP and REFER."))
    after_clearance = SnippetField(label=_("With a letter"), help_text=_("For REFER: outcome and effects."))

    PLACES = {
        "outcome": "outcome",
        "urgency": "urgency",
        "expires_days": "expires.days",
        "clearance_from": "clearance.from",
        "clearance_days": "clearance.valid_days",
        "rationale": "rationale",
        "client_message": "client_message",
        "advice": "advice",
        "when": "when",
        "effects": "effects",
        "after_clearance": "after_clearance",
    }

    def changes(self) -> YamlEntry:
        found = super().changes()
        if found["clearance.from"] is None and found["clearance.valid_days"] is None:
            del found["clearance.from"], found["clearance.valid_days"]
            found["clearance"] = None
        return found


class QuestionForm(EntryForm):
    question = _prose(_("Question"), required=True)
    help = _prose(_("Help beside it"))
    required = forms.BooleanField(label=_("Has to be answered"), required=False)
    ask_at = forms.MultipleChoiceField(label=_("Asked"), choices=MOMENTS, widget=forms.CheckboxSelectMultiple)
    not_sure = forms.ChoiceField(label=_("“Not sure”"), choices=NOT_SURE)
    valid_days = forms.IntegerField(
        label=_("Days the answer counts"), min_value=1, max_value=36500, required=False, help_text=_("Empty: 365.")
    )
    min_marks = forms.IntegerField(label=_("Places to mark at least"), min_value=1, max_value=20, required=False)
    ask_if = SnippetField(label=_("Asked only if"), help_text=_("A condition on questions above. Empty: always."))
    options = SnippetField(label=_("Options"), rows=8, help_text=_("A list of value and label."))

    PLACES = {
        name: name
        for name in (
            "question",
            "help",
            "required",
            "ask_at",
            "not_sure",
            "valid_days",
            "min_marks",
            "ask_if",
            "options",
        )
    }


class DraftForm(forms.Form):
    title = forms.CharField(
        label=_("What is it for?"),
        max_length=120,
        help_text=_("Stands in the list of versions, such as “Longer rest after surgery”."),
    )


class UploadForm(RevisionForm):
    """A whole document, as a file or typed."""

    file = forms.FileField(
        label=_("YAML file"), help_text=_("UTF-8, at most 4 MB. It takes the place of the whole draft.")
    )

    def clean_file(self) -> tuple[str, str]:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_DOCUMENT_BYTES:
            raise forms.ValidationError(_("The file is larger than 4 MB."))
        try:
            return upload.name, upload.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not UTF-8 text.")) from error


class PublishForm(RevisionForm):
    against = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(
        label=_("Why it is published though cases fail"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your name and these words stay with the version, for everyone to read."),
    )


class SignOffForm(forms.Form):
    name = forms.CharField(
        label=_("Clinician who has reviewed these rules"),
        max_length=200,
        help_text=_("Name, profession and registration, such as “Dr A. Okoro, podiatrist, HCPC CH00000”."),
    )
    confirmed = forms.BooleanField(label=_("This person has read every rule of this version and stands by them."))
