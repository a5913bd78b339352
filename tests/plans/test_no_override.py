"""STOP, REFER and RESTRICT cannot be overridden: by nobody's role, form field, command or admin page."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import get_commands, load_command_class
from django.urls import reverse

from clients.questionnaire.local_rules import LocalRulesFaulty
from clients.questionnaire.save_local_rules import document_of, save_local_rules, with_loosening, with_rule_limits
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.builder.edit import change_step
from routines.plans.models import Plan
from tests.factories.builder import first_step, make_draft
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON

OWN = ("practice", "clients", "routines")
#: What an override would be called; sent along with a release that is refused.
BEGGING = dict.fromkeys(("force", "override", "confirm", "ignore", "really", "accept_risk", "reason", "note"), "yes")
#: What the rules rest on, and what they decide about.
DECISIVE = {
    "plan", "planphase", "planstep", "planversion", "routinesession", "reminder",
    "intake", "dayanswers", "screeningrecord", "clearance", "clearancefile",
    "questionnaireversion", "questionnairedraft", "practicerules", "client", "consent",
}  # fmt: skip
FORBIDDEN = [
    ({"fever_unwell": "yes"}, {}),  # STOP
    ({"blood_thinners": "anticoagulant", "blood_thinner_reason": "prevention"}, {}),  # REFER
    ({"open_wound": [{"side": "left", "region": "heel"}]}, {}),  # RESTRICT: a step on a side that is left out
    ({"exhausted_today": "yes"}, {"pressure_id": "medium"}),  # RESTRICT: a step that is too strong
    ({"leg_swelling": "not_sure"}, {}),  # INCOMPLETE
]


@pytest.mark.parametrize("role", ["owner", "therapist"])
@pytest.mark.parametrize(("answers", "step"), FORBIDDEN)
def test_no_role_and_no_field_releases_what_the_rules_forbid(
    rules: None, noor: Client, mira: Member, jon: Member, browse: Any, role: str, answers: Any, step: Any
) -> None:
    make_signed_intake(noor, at=NOON, **answers)
    plan = make_draft(noor, jon)
    if step:
        change_step(first_step(plan), by=jon, at=NOON, **step)
    browser = browse(mira if role == "owner" else jon)
    page = browser.get(reverse("routines:builder_edit", args=[plan.pk]))
    sent = {"revision": page.context["page"].plan.revision, "etag": page.context["page"].check.etag, **BEGGING}
    answer = browser.post(reverse("routines:builder_publish", args=[plan.pk]), sent)
    assert answer.status_code == 422
    plan = Plan.objects.across_practices().get(pk=plan.pk)
    assert (plan.state, plan.current_version) == ("draft", None)


def test_the_admin_reaches_nothing_that_decides() -> None:
    reached = {model._meta.model_name for model in admin.site._registry}
    assert not reached & DECISIVE
    known = {model._meta.model_name for name in OWN for model in apps.get_app_config(name).get_models()}
    assert known >= DECISIVE  # the list above speaks of what there is


def test_no_command_releases_or_lifts_anything() -> None:
    """A new command has to be looked at and named here."""
    own = {name: load_command_class(app, name) for name, app in get_commands().items() if app in OWN}
    assert set(own) == {
        "load_catalog", "load_screening", "load_cases", "screen", "make_demo", "make_health_key", "prepare",
        "receive_bounce",
    }  # fmt: skip
    for name, command in own.items():
        options = {
            option for action in command.create_parser("manage.py", name)._actions for option in action.dest.split()
        }
        assert not options & (set(BEGGING) - {"reason"}), name


def test_only_the_three_checked_verbs_set_a_plan_running() -> None:
    """Releasing, giving back, and ending a hold by a later day's answers; a fourth place has to check as they do."""
    writers = set()
    for app in OWN:
        for file in Path(apps.get_app_config(app).path).rglob("*.py"):
            if "migrations" in file.parts:
                continue
            for function in ast.walk(ast.parse(file.read_text())):
                if isinstance(function, ast.FunctionDef) and _sets_published(function):
                    writers.add(f"{file.relative_to(settings.BASE_DIR)}:{function.name}")
    verbs = ("publish_plan", "resume_plan", "resume_held")
    assert writers == {f"routines/plans/publish.py:{verb}" for verb in verbs}


def _sets_published(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            values = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "state")]
            called = ast.unparse(node.func)
            is_write = called == "_set_state" or called.endswith((".update", ".create"))
            if is_write and any(ast.unparse(value).endswith("State.PUBLISHED") for value in values):
                return True
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith("State.PUBLISHED"):
            return True
    return False


@pytest.mark.parametrize("outcome", ["RESTRICT", "REFER", "CAUTION", "CLEAR"])
def test_a_practice_cannot_make_a_stop_milder(rules: None, mira: Member, outcome: str) -> None:
    for document in (
        with_rule_limits(document_of(mira.practice), "fever-acute-illness", {"outcome": outcome}),
        with_loosening(
            document_of(mira.practice),
            "fever-acute-illness",
            {"outcome": outcome},
            clinician="Dr A",
            registration="12345",
            at=NOON,
        ),
    ):
        with pytest.raises(LocalRulesFaulty):
            save_local_rules(mira.practice, document, change="x", number=0, by=mira, at=NOON)
