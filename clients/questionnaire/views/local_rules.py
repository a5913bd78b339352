from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.questionnaire.check_local_rules import inactive_parts
from clients.questionnaire.forms.local_rules import LimitsForm, LoosenForm, OwnRuleForm, TightenForm
from clients.questionnaire.local_rules import LocalRulesFaulty, read_local_rules
from clients.questionnaire.local_rules_document import LocalRulesDocument
from clients.questionnaire.models import PracticeRules
from clients.questionnaire.rules_text import rule_rows
from clients.questionnaire.save_local_rules import (
    document_of,
    effect_words,
    save_local_rules,
    with_loosening,
    with_own_rule,
    with_rule_limits,
    without,
)
from clients.questionnaire.versions import NoQuestionnaire, current_version, questionnaire_of, rules_of_practice
from clients.screening.questionnaire import Questionnaire
from practice.core.edit_conflict import EditConflict
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.catalog.markable import find_body_places

HISTORY_LENGTH = 30


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """The catalog's names, and its pressure levels, mildest first."""
    places = find_body_places()
    if places is None:
        return {}, {}
    ranks = places.pressure_ranks
    return dict(places.names), {slug: places.names[slug] for slug in sorted(ranks, key=lambda slug: ranks[slug])}


@needs("practice.edit")
def rules_practice(request: PracticeRequest) -> HttpResponse:
    """The shared rules with their figures, what the practice adds, and its history."""
    try:
        version = current_version()
    except NoQuestionnaire:
        return render(request, "clients/questionnaire/empty.html")
    rules = rules_of_practice(request.practice)
    shared, own = questionnaire_of(version), questionnaire_of(version, rules)
    names, _levels = _names()
    places = find_body_places()
    history = PracticeRules.objects.for_practice(request.practice).select_related("by__user").defer("document")
    context = {
        "version": version,
        "rules": rules,
        "groups": rule_rows(shared, own, names),
        "loosened": [rule for _question, rule in own.rules if rule.loosened_by],
        "resting": inactive_parts(shared, read_local_rules(rules.document), places.slugs if places else None)
        if rules
        else (),
        "history": history[:HISTORY_LENGTH],
    }
    return render(request, "clients/questionnaire/local_rules.html", context)


def _number(request: PracticeRequest) -> int:
    rules = rules_of_practice(request.practice)
    return rules.number if rules else 0


@needs("practice.edit")
def rules_practice_rule(request: PracticeRequest, slug: str) -> HttpResponse:
    """Tighten one shared rule, or loosen it under a clinician's name, after a look at what that would do."""
    shared = _shared()
    rule = shared.rule_by_slug.get(slug)
    if rule is None:
        raise Http404
    names, levels = _names()
    document, number = document_of(request.practice), _number(request)
    options: dict[str, Any] = {"rule": rule, "levels": levels}
    now = document["figures"].get(slug, {})
    milder = document["loosened"].get(slug)
    milder_now = {**milder["figures"], **milder} if milder else {}
    context: dict[str, Any] = {
        "rule": rule,
        "question": next(question for question, each in shared.rules if each is rule),
        "row": next(
            row for _group, _title, rows in rule_rows(shared, shared, names) for row in rows if row.rule is rule
        ),
        "tighten": TightenForm(initial={**now, "number": number}, **options),
        "loosen": LoosenForm(initial={**milder_now, "number": number}, **options),
        "is_changed": bool(now or milder),
        "number": number,
    }
    if request.method != "POST":
        return render(request, "clients/questionnaire/local_rule.html", context)
    loosens = request.POST.get("way") == "loosen"
    form = (LoosenForm if loosens else TightenForm)(request.POST, **options)
    context["loosen" if loosens else "tighten"] = form
    if form.is_valid():
        if loosens:
            typed = form.cleaned_data
            new = with_loosening(
                document, slug, form.limits(), clinician=typed["clinician"], registration=typed["registration"],
                at=timezone.now(),
            )  # fmt: skip
        else:
            new = with_rule_limits(document, slug, form.limits())
        change = _("Loosened: %(rule)s") if loosens else _("Tightened: %(rule)s")
        action = "rules.loosened" if loosens else "rules.tightened"
        if answer := _keep(request, form, new, change % {"rule": slug}, action, context):
            return answer
    status = 200 if "effect" in context else 422
    return render(request, "clients/questionnaire/local_rule.html", context, status=status)


@needs("practice.edit")
def rules_practice_own(request: PracticeRequest) -> HttpResponse:
    shared = _shared()
    form = OwnRuleForm(request.POST or None, questionnaire=shared, initial={"number": _number(request)})
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            rule = form.rule(request.practice.name)
            title = form.cleaned_data["title"]
            new = with_own_rule(document_of(request.practice), form.cleaned_data["question"], rule, title=title)
            change = _("Added: %(rule)s") % {"rule": new["rules"][-1]["rule"]["slug"]}
            if answer := _keep(request, form, new, change, "rules.tightened", context):
                return answer
        status = 200 if "effect" in context else 422
    return render(request, "clients/questionnaire/local_rule_new.html", context, status=status)


def _shared() -> Questionnaire:
    try:
        return questionnaire_of(current_version())
    except NoQuestionnaire:
        raise Http404 from None


def _keep(
    request: PracticeRequest,
    form: LimitsForm | OwnRuleForm,
    document: LocalRulesDocument,
    change: str,
    action: str,
    context: dict[str, Any],
) -> HttpResponse | None:
    """Save, or only say what saving would do; None when the page is to be shown again."""
    at = timezone.now()
    try:
        if "look" in request.POST:
            context["effect"] = effect_words(request.practice, document, at=at)
            return None
        number = form.cleaned_data["number"]
        save_local_rules(
            request.practice, document, change=change, number=number, by=request.member, at=at, action=action
        )
    except LocalRulesFaulty as error:
        form.add_faults(error.faults)
        return None
    except EditConflict:
        messages.error(
            request, _("Someone changed your practice's rules meanwhile. Look at them again; nothing was saved.")
        )
    else:
        messages.success(request, _("Saved. Your running plans are being checked against it."))
    return redirect("clients:rules_practice")


@needs("practice.edit")
@require_POST
def rules_practice_restore(request: PracticeRequest, slug: str) -> HttpResponse:
    """Go back to the shared rule, or take an own rule out."""
    document = document_of(request.practice)
    new = without(document, slug)
    if new == document:
        messages.info(request, _("Your practice has nothing of its own there; nothing was changed."))
        return redirect("clients:rules_practice")
    sent = request.POST.get("number", "")
    try:
        save_local_rules(
            request.practice, new, change=_("As shared again: %(rule)s") % {"rule": slug},
            number=int(sent) if sent.isdecimal() else -1, by=request.member, at=timezone.now(), action="rules.restored",
        )  # fmt: skip
    except EditConflict:
        messages.error(
            request, _("Someone changed your practice's rules meanwhile. Look at them again; nothing was saved.")
        )
    else:
        messages.success(request, _("“%(rule)s” is as shared again.") % {"rule": slug})
    return redirect("clients:rules_practice")
