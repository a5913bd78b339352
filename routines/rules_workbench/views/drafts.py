import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.questionnaire.diff import changes_between
from clients.questionnaire.drafts import (
    NothingChanged,
    change_question,
    change_rule,
    discard_draft,
    find_question,
    find_rule,
    publish_draft,
    replace_document,
)
from clients.questionnaire.forms.drafts import EntryForm, PublishForm, QuestionForm, RuleForm, UploadForm
from clients.questionnaire.models import QuestionnaireDraft
from clients.questionnaire.parse import QuestionnaireFaulty
from clients.questionnaire.versions import CasesFail, check_document, current_questionnaire
from practice.core.edit_conflict import EditConflict
from practice.core.yaml_documents import DocumentFaulty, YamlEntry
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.rules_workbench.bench import run_bench
from routines.rules_workbench.preview import (
    begin_preview,
    effects_by_practice,
    find_preview,
    total_effect,
    work_on_preview,
)
from routines.rules_workbench.views.rules import catalog_names, yaml_download


def _draft(draft_id: uuid.UUID) -> QuestionnaireDraft:
    return get_object_or_404(QuestionnaireDraft.objects.select_related("based_on", "changed_by"), pk=draft_id)


def _moved() -> str:
    return _("Someone changed this draft while you had it open. Nothing of yours was saved; this is the draft now.")


@needs("rules.edit")
def rules_draft(request: PracticeRequest, draft_id: uuid.UUID) -> HttpResponse:
    return _show(request, _draft(draft_id))


def _show(
    request: PracticeRequest,
    draft: QuestionnaireDraft,
    *,
    upload: UploadForm | None = None,
    faults: Any = (),
    publish: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    version, current = current_questionnaire()
    context: dict[str, Any] = {"draft": draft, "version": version, "faults": faults}
    try:
        questionnaire = check_document(draft.document, file=draft.title)
    except QuestionnaireFaulty as error:  # the catalog has changed under the draft
        context |= {"faults": error.faults, "upload": upload or _upload_form(draft)}
        return render(request, "routines/rules_workbench/draft.html", context, status=status)
    start = {"revision": draft.revision, "against": version.number}
    context |= {
        "questionnaire": questionnaire,
        "changes": changes_between(current, questionnaire, catalog_names()),
        "bench": run_bench(questionnaire),
        "upload": upload or _upload_form(draft),
        "publish": publish or PublishForm(initial=start),
        **_effect_context(draft),
    }
    return render(request, "routines/rules_workbench/draft.html", context, status=status)


def _upload_form(draft: QuestionnaireDraft) -> UploadForm:
    return UploadForm(initial={"revision": draft.revision})


def _effect_context(draft: QuestionnaireDraft) -> dict[str, Any]:
    preview = find_preview(draft)
    if preview is None:
        return {"preview": None}
    return {"preview": preview, "effect": total_effect(preview), "practices": effects_by_practice(preview)}


@needs("rules.edit")
def rules_draft_yaml(request: PracticeRequest, draft_id: uuid.UUID) -> HttpResponse:
    return yaml_download(_draft(draft_id).document, "questions-and-rules-draft")


@needs("rules.edit")
@require_POST
def rules_draft_upload(request: PracticeRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = _draft(draft_id)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, draft, upload=form, status=422)
    name, text = form.cleaned_data["file"]
    revision = form.cleaned_data["revision"]
    try:
        replace_document(draft, text, file=name, revision=revision, by=request.user, at=timezone.now())
    except DocumentFaulty as error:
        return _show(request, draft, faults=error.faults, status=422)
    except EditConflict:
        messages.error(request, _moved())
    else:
        messages.success(request, _("The file is the draft now."))
    return redirect("routines:rules_draft", draft.pk)


@needs("rules.edit")
@require_POST
def rules_draft_discard(request: PracticeRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = _draft(draft_id)
    discard_draft(draft, by=request.user, at=timezone.now())
    messages.success(request, _("“%(draft)s” was thrown away.") % {"draft": draft.title})
    return redirect("routines:rules_index")


@needs("rules.edit")
@require_POST
def rules_draft_effect(request: PracticeRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Begin or continue to work out what the draft would do to running plans; a fragment for htmx, else the page."""
    draft, at = _draft(draft_id), timezone.now()
    try:
        work_on_preview(find_preview(draft) or begin_preview(draft, by=request.user, at=at), at=at)
    except DocumentFaulty as error:
        return _show(request, draft, faults=error.faults, status=422)
    if request.htmx:
        context = {"draft": draft, **_effect_context(draft)}
        return render(request, "routines/rules_workbench/_effect.html", context)
    return redirect("routines:rules_draft", draft.pk)


@needs("rules.edit")
@require_POST
def rules_draft_publish(request: PracticeRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = _draft(draft_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _show(request, draft, publish=form, status=422)
    try:
        version = publish_draft(draft, **form.cleaned_data, by=request.user, at=timezone.now())
    except EditConflict as conflict:
        if conflict.of == "draft":
            words = _("Someone changed this draft while you had it open. Look again before you publish.")
        else:
            words = _("Another version was published meanwhile. The changes below are against that one: look again.")
        messages.error(request, words)
    except NothingChanged:
        messages.info(request, _("The draft says what the version in force says; there is nothing to publish."))
    except DocumentFaulty as error:
        return _show(request, draft, faults=error.faults, status=422)
    except CasesFail:
        form.add_error("reason", _("Stored cases fail with these rules. Mend the rules or the cases, or say why not."))
        return _show(request, draft, publish=form, status=422)
    else:
        messages.success(
            request,
            _("Version %(number)s is in force. Every running plan is being checked against it.")
            % {"number": version.number},
        )
        return redirect("routines:rules_version", version.number)
    return redirect("routines:rules_draft", draft.pk)


@needs("rules.edit")
def rules_draft_rule(request: PracticeRequest, draft_id: uuid.UUID, slug: str) -> HttpResponse:
    draft = _draft(draft_id)
    try:
        question, rule = find_rule(draft.document, slug)
    except StopIteration:
        raise Http404 from None
    context = {"slug": slug, "question": question["question"], "sources": rule["sources"]}
    return _edit(request, draft, rule, RuleForm, change_rule, context)


@needs("rules.edit")
def rules_draft_question(request: PracticeRequest, draft_id: uuid.UUID, slug: str) -> HttpResponse:
    draft = _draft(draft_id)
    try:
        question = find_question(draft.document, slug)
    except StopIteration:
        raise Http404 from None
    return _edit(request, draft, question, QuestionForm, change_question, {"slug": slug, "question": ""})


def _edit(
    request: PracticeRequest,
    draft: QuestionnaireDraft,
    entry: YamlEntry,
    kind: type[EntryForm],
    change: Any,
    context: dict[str, Any],
) -> HttpResponse:
    slug, status = context["slug"], 200
    form = kind(request.POST if request.method == "POST" else None, initial=kind.initial_of(entry, draft.revision))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            revision = form.cleaned_data["revision"]
            try:
                change(draft, slug, form.changes(), revision=revision, by=request.user, at=timezone.now())
            except DocumentFaulty as error:
                form.add_faults(error.faults, slug)
            except EditConflict:
                messages.error(request, _moved())
                return redirect(request.path)
            else:
                messages.success(request, _("“%(entry)s” is saved in the draft.") % {"entry": slug})
                return redirect("routines:rules_draft", draft.pk)
    return render(
        request, "routines/rules_workbench/entry.html", {"draft": draft, "form": form, **context}, status=status
    )
