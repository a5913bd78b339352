from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.questionnaire.diff import changes_between
from clients.questionnaire.drafts import begin_draft
from clients.questionnaire.forms.drafts import DraftForm, SignOffForm
from clients.questionnaire.models import QuestionnaireDraft, QuestionnaireVersion
from clients.questionnaire.models.questionnaire import QuestionnaireQuerySet
from clients.questionnaire.to_yaml import as_yaml
from clients.questionnaire.versions import AlreadySignedOff, NoQuestionnaire, questionnaire_of, sign_off
from clients.screening.body_places import find_body_places
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest


def _versions() -> QuestionnaireQuerySet:
    found = QuestionnaireVersion.objects.published().defer("document")
    return found.select_related("published_by", "sign_off_recorded_by")


def yaml_download(document: object, name: str) -> HttpResponse:
    response = HttpResponse(as_yaml(document), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response


def catalog_names() -> dict[str, str]:
    places = find_body_places()
    return dict(places.names) if places else {}


@needs("rules.edit")
def rules_index(request: PracticeRequest, form: DraftForm | None = None, status: int = 200) -> HttpResponse:
    versions = list(_versions()[:50])
    context = {
        "versions": versions,
        "current": versions[0] if versions else None,
        "drafts": QuestionnaireDraft.objects.defer("document").select_related("based_on", "changed_by"),
        "form": form or DraftForm(),
    }
    return render(request, "routines/rules/index.html", context, status=status)


@needs("rules.edit")
@require_POST
def rules_draft_new(request: PracticeRequest) -> HttpResponse:
    form = DraftForm(request.POST)
    if not form.is_valid():
        return rules_index(request, form, 422)
    try:
        draft = begin_draft(form.cleaned_data["title"], by=request.user, at=timezone.now())
    except NoQuestionnaire:
        form.add_error(None, _("There is no published version to start from. Load one with manage.py load_screening."))
        return rules_index(request, form, 422)
    return redirect("routines:rules_draft", draft.pk)


@needs("rules.edit")
def rules_version(
    request: PracticeRequest, number: int, form: SignOffForm | None = None, status: int = 200
) -> HttpResponse:
    version = get_object_or_404(_versions(), number=number)
    before = _versions().filter(number__lt=number).first()
    changes = None
    if before:
        changes = changes_between(questionnaire_of(before), questionnaire_of(version), catalog_names())
    context = {
        "version": version,
        "questionnaire": questionnaire_of(version),
        "before": before,
        "changes": changes,
        "form": form or SignOffForm(),
    }
    return render(request, "routines/rules/version.html", context, status=status)


@needs("rules.edit")
def rules_version_yaml(request: PracticeRequest, number: int) -> HttpResponse:
    version = get_object_or_404(QuestionnaireVersion.objects.published(), number=number)
    return yaml_download(version.document, f"questions-and-rules-{version.number}")


@needs("rules.edit")
@require_POST
def rules_sign_off(request: PracticeRequest, number: int) -> HttpResponse:
    version = get_object_or_404(_versions(), number=number)
    form = SignOffForm(request.POST)
    if not form.is_valid():
        return rules_version(request, number, form, 422)
    try:
        sign_off(version, form.cleaned_data["name"], by=request.user, at=timezone.now())
    except AlreadySignedOff:
        messages.info(request, _("This version was signed off already; the name stays as it was."))
    else:
        messages.success(request, _("Signed off. The draft label is gone from this version."))
    return redirect("routines:rules_version", number)
