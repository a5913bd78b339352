"""A practice's own strictness: figures of a shared rule, a rule of its own, a clinician's name under milder ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.questionnaire.forms.drafts import URGENCIES, SnippetField
from clients.questionnaire.local_rules import limits_of
from clients.questionnaire.local_rules_document import Figures
from clients.screening.entries import OUTCOMES, Rule
from clients.screening.questionnaire import Questionnaire
from practice.core.yaml_documents import Fault, YamlEntry

SAME = ("", _("as shared"))
NAMES = {
    "RESTRICT": _("Restrict"),
    "REFER": _("Refer to a professional"),
    "STOP": _("Stop"),
}


class LimitsForm(forms.Form):
    """The figures that a shared rule has; empty ones stay as shared."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=36500, required=False)
    letter_days = forms.IntegerField(label=_("Days a letter counts"), min_value=1, max_value=36500, required=False)
    max_seconds = forms.IntegerField(label=_("Most seconds a step"), min_value=1, max_value=3600, required=False)
    max_pressure = forms.ChoiceField(label=_("Strongest pressure"), required=False)

    def __init__(self, *args: Any, rule: Rule, levels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        now = limits_of(rule)
        self.fields["max_pressure"].choices = [SAME, *levels.items()]  # type: ignore[attr-defined]
        for name in ("days", "letter_days", "max_seconds", "max_pressure"):
            shared = getattr(now, name)
            if shared is None and not (name.startswith("max_") and self.may_add_caps):
                del self.fields[name]
            elif shared is not None:
                words = levels.get(shared, shared) if name == "max_pressure" else shared
                self.fields[name].help_text = _("Shared: %(figure)s.") % {"figure": words}
        if "days" in self.fields:
            self.fields["days"].help_text += " " + self.direction

    may_add_caps = False

    @property
    def direction(self) -> str:
        return ""

    def limits(self) -> Figures:
        return {
            name: value for name, value in self.cleaned_data.items() if name in self.LIMITS and value not in (None, "")
        }

    LIMITS = frozenset({"days", "letter_days", "letter_from", "max_seconds", "max_pressure", "outcome", "urgency"})

    def add_faults(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            name = fault.field if fault.field in self.fields and fault.entry == self.rule.slug else None
            self.add_error(name, fault.message if name else f"{fault.entry} {fault.field}: {fault.message}")


class TightenForm(LimitsForm):
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    urgency = forms.ChoiceField(label=_("How urgent a stop is"), choices=URGENCIES, required=False)
    letter_from = forms.CharField(label=_("Letter from"), max_length=200, required=False)

    may_add_caps = True

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, rule=rule, **kwargs)
        higher = [name for name in OUTCOMES if name in NAMES and OUTCOMES.index(name) > OUTCOMES.index(rule.outcome)]
        self.fields["outcome"].choices = [SAME, *((name, NAMES[name]) for name in higher)]  # type: ignore[attr-defined]
        if not higher:
            del self.fields["outcome"]
        if "REFER" not in higher:
            del self.fields["letter_from"]
        elif "letter_days" not in self.fields:
            self.fields["letter_days"] = forms.IntegerField(
                label=_("Days a letter counts"), min_value=1, max_value=36500, required=False,
                help_text=_("For “refer”."),
            )  # fmt: skip
        if rule.outcome not in ("CAUTION", "STOP"):
            now = limits_of(rule)
            for name in ("max_seconds", "max_pressure"):
                if getattr(now, name) is None:
                    self.fields.pop(name, None)
        elif rule.outcome == "STOP":
            self.fields.pop("max_seconds", None)
            self.fields.pop("max_pressure", None)

    @property
    def direction(self) -> str:
        if self.rule.expires.kind == "event_window":
            return str(_("More days after the event are stricter."))
        return str(_("Fewer days, so that it is asked again sooner, are stricter."))


class LoosenForm(LimitsForm):
    clinician = forms.CharField(label=_("Accountable clinician"), max_length=200)
    registration = forms.CharField(
        label=_("Registered with, and number"), max_length=200, help_text=_("Such as “HCPC CH00000”.")
    )
    confirmed = forms.BooleanField(
        label=_("This clinician has agreed to answer for the milder figure."),
        help_text=_("Their name stands wherever the rule acts."),
    )


class OwnRuleForm(forms.Form):
    """A rule of the practice's own on a shared question."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(label=_("Short name"), max_length=60, help_text=_("Such as “migraine this week”."))
    question = forms.ChoiceField(label=_("Question"))
    when = SnippetField(label=_("Fires when"), help_text=_("Such as: {q: allergy, equals: 'yes'}"))
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("CAUTION", _("Caution")), ("RESTRICT", _("Restrict")), ("STOP", _("Stop"))]
    )
    urgency = forms.ChoiceField(label=_("How urgent a stop is"), choices=URGENCIES, required=False)
    effects = SnippetField(
        label=_("Effects"),
        help_text=_("For “restrict”, a list such as: [{type: max_pressure, level: light}]"),
    )
    days = forms.IntegerField(label=_("Days the answer counts"), min_value=0, max_value=36500, initial=365)
    rationale = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    client_message = forms.CharField(
        label=_("What the client reads"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (question.slug, f"{question.slug}: {question.question[:80]}") for question in questionnaire.questions
        ]
        self.fields["question"].choices = choices  # type: ignore[attr-defined]

    def rule(self, practice: str) -> YamlEntry:
        """The rule as the document writes it, without its slug."""
        typed = self.cleaned_data
        rule: YamlEntry = {
            "outcome": typed["outcome"],
            "when": typed["when"] or {},
            "scope": ["global"],
            "rationale": typed["rationale"],
            "expires": {"kind": "answer_ttl", "days": typed["days"], "basis": "rule of the practice"},
            "sources": [{"file": "rule of the practice", "heading": practice}],
        }
        optional = {name: typed[name] for name in ("urgency", "effects", "client_message") if typed[name]}
        return {**rule, **optional}

    def add_faults(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            name = fault.field.split(".")[0].split("[")[0]
            self.add_error(name if name in self.fields else None, fault.message)
