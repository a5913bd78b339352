import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.questionnaire.models import QuestionnaireDraft
from clients.questionnaire.versions import NoQuestionnaire, check_document, current_questionnaire
from practice.core.yaml_documents import DocumentFaulty
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.rules_workbench.bench import CaseMoved, run_bench, save_case
from routines.rules_workbench.forms import CaseForm, case_text, text_of
from routines.rules_workbench.models import ScreeningCase


@needs("rules.edit")
def rules_cases(request: PracticeRequest) -> HttpResponse:
    """All cases against the version in force, or against ?draft=."""
    context: dict[str, Any] = {"drafts": QuestionnaireDraft.objects.defer("document")}
    draft = _chosen(request.GET.get("draft", ""))
    try:
        if draft:
            questionnaire = check_document(draft.document, file=draft.title)
        else:
            context["version"], questionnaire = current_questionnaire()
    except NoQuestionnaire:
        return render(request, "clients/questionnaire/empty.html")
    except DocumentFaulty as error:
        context |= {"draft": draft, "faults": error.faults}
        return render(request, "routines/rules/cases.html", context)
    context |= {
        "draft": draft,
        "bench": (bench := run_bench(questionnaire)),
        "passing": len(bench.results) - len(bench.failing),
        "resting": ScreeningCase.objects.filter(is_active=False).only("pk", "name"),
    }
    return render(request, "routines/rules/cases.html", context)


def _chosen(key: str) -> QuestionnaireDraft | None:
    """None where no draft is asked for; 404 where it is gone."""
    if not key:
        return None
    try:
        return get_object_or_404(QuestionnaireDraft, pk=uuid.UUID(key))
    except ValueError:
        raise Http404 from None


@needs("rules.edit")
def rules_case_new(request: PracticeRequest) -> HttpResponse:
    """Starts from a case that is there already, so that nobody types seventy answers."""
    pattern = ScreeningCase.objects.filter(name=request.GET.get("like", "")).first() or ScreeningCase.objects.first()
    text = case_text("new-case", pattern.case, {"overall": "CLEAR", "findings": []}) if pattern else ""
    return _edit(request, None, CaseForm(initial={"text": text, "revision": 0, "is_active": True}))


@needs("rules.edit")
def rules_case(request: PracticeRequest, case_id: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(ScreeningCase.objects.select_related("changed_by"), pk=case_id)
    start = {"text": text_of(row), "revision": row.revision, "is_active": row.is_active}
    return _edit(request, row, CaseForm(initial=start))


def _edit(request: PracticeRequest, row: ScreeningCase | None, form: CaseForm) -> HttpResponse:
    faults: Any = ()
    status = 200
    if request.method == "POST":
        form, status = CaseForm(request.POST), 422
        if form.is_valid():
            try:
                saved = save_case(row, **form.cleaned_data, by=request.user, at=timezone.now())
            except DocumentFaulty as error:
                faults = error.faults
            except CaseMoved:
                form.add_error(None, _("Someone saved this case meanwhile. Open it again; nothing was changed."))
            else:
                messages.success(request, _("“%(case)s” is saved and was run.") % {"case": saved.name})
                return redirect("routines:rules_cases")
    context = {"row": row, "form": form, "faults": faults}
    return render(request, "routines/rules/case.html", context, status=status)
