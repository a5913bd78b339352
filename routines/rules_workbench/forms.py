from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.questionnaire.to_yaml import as_yaml
from practice.core.forms.edit_conflict import RevisionForm
from routines.rules_workbench.models import ScreeningCase


class CaseForm(RevisionForm):
    """One screening case as YAML."""

    text = forms.CharField(
        label=_("Case"),
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(
            attrs={"rows": 28, "class": "font-monospace", "spellcheck": "false", "autocapitalize": "off"}
        ),
        help_text=_(
            "id, today, answers, clearances, plan, and what is expected. "
            "Parts of “expected” that are left out are not compared."
        ),
    )
    is_active = forms.BooleanField(
        label=_("Counts"), required=False, initial=True, help_text=_("Off: kept, but not run.")
    )


def case_text(name: str, case: Mapping[str, object], expected: Mapping[str, object]) -> str:
    return as_yaml({"id": name}) + "".join(as_yaml({key: case[key]}) for key in case) + as_yaml({"expected": expected})


def text_of(row: ScreeningCase) -> str:
    return case_text(row.name, row.case, row.expected)
