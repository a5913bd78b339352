"""The plan builder: every change is a form post that works without script; htmx swaps the same fragment."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice.audit import audit
from practice.core.clock import local_today
from practice.core.edit_conflict import EditConflict
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.builder import edit
from routines.builder.forms import PlanForm
from routines.builder.page import BuilderPage, FailedForms
from routines.plans import publish
from routines.plans.lookup import DraftRead, get_plan
from routines.plans.models import Plan
from routines.plans.refusals import DraftRefused


@needs("plans.edit")
def builder_edit(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """The draft's page. `?phase=` unfolds a phase, `?edit=` opens a step's form."""
    plan = get_plan(request, plan_id)
    if plan.state == Plan.State.ENDED:
        messages.info(request, _("This plan has ended. Copy it to start a new one."))
        return redirect("routines:plan_detail", plan.pk)
    with transaction.atomic():
        audit.record(request.member, "plan.viewed", plan, practice=request.practice, client_ref=plan.client_id)
    page = BuilderPage(
        plan, at=timezone.now(), at_phase=_id_asked(request, "phase"), at_step=_id_asked(request, "edit")
    )
    return render(request, "routines/builder/edit.html", {"page": page})


def _id_asked(request: PracticeRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def draw(
    request: PracticeRequest,
    plan: Plan,
    anchor: str = "",
    at_phase: uuid.UUID | None = None,
    failed: FailedForms | None = None,
    read: DraftRead | None = None,
) -> HttpResponse:
    """The answer after a change: the builder's fragment for htmx, else back to the page where the change was.

    A form that `failed` is shown with what was typed. A picker that was open stays open. `read`: what still holds of
    what this request has read.
    """
    if request.htmx or failed:
        asked = request.POST if request.POST.get("picking") else None
        at = timezone.now()
        page = BuilderPage(
            plan, at=at, check=read.check(at) if read else None, at_phase=at_phase, wanted=asked, **(failed or {})
        )
        template = "routines/builder/_draft.html" if request.htmx else "routines/builder/edit.html"
        return render(request, template, {"page": page}, status=422 if failed else 200)
    query = f"?phase={at_phase}" if at_phase else ""
    return HttpResponseRedirect(reverse("routines:builder_edit", args=[plan.pk]) + query + anchor)


def attempt(
    request: PracticeRequest,
    plan: Plan,
    change: Callable[[], object],
    at_phase: uuid.UUID | None = None,
    anchor: str = "",
    read: DraftRead | None = None,
) -> HttpResponse:
    """One change of a draft, with the two refusals that a person can meet; after one the draft is read anew."""
    try:
        change()
    except (EditConflict, DraftRefused) as refusal:
        if isinstance(refusal, EditConflict):
            say_moved(request)
        else:
            messages.error(request, str(refusal))
        plan, read = get_plan(request, plan.pk), None
    return draw(request, plan, anchor or (f"#phase-{at_phase}" if at_phase else ""), at_phase, read=read)


def say_moved(request: PracticeRequest) -> None:
    words = _(
        "This draft was changed in another window meanwhile. Here is the newest state; please make your change again."
    )
    messages.warning(request, words)


def revision_of(request: PracticeRequest) -> int:
    """The revision that the page showed; a form without one counts as out of date."""
    raw = request.POST.get("revision", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1


@require_POST
@needs("plans.edit")
def builder_change_plan(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = get_plan(request, plan_id)
    form = PlanForm(request.POST, today=local_today(timezone.now(), plan.client.time_zone))
    if not form.is_valid():
        return draw(request, plan, failed={"plan_form": form})
    return attempt(
        request,
        plan,
        lambda: edit.change_plan(
            plan, by=request.member, at=timezone.now(), revision=revision_of(request), **form.cleaned_data
        ),
        anchor="#about-plan",
    )


@require_POST
@needs("plans.edit")
def builder_publish(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Release the plan, or show the findings beside the steps that forbid it."""
    plan = get_plan(request, plan_id)
    before = plan.current_version_id
    try:
        version = publish.publish_plan(
            plan, by=request.member, at=timezone.now(), revision=revision_of(request), etag=request.POST.get("etag", "")
        )
    except EditConflict as conflict:
        if conflict.of == "draft":
            words = _(
                "This draft was changed in another window meanwhile. Read it through once more before you release it."
            )
        else:
            words = _("The client's answers changed while you were here. Read the findings once more, then release.")
        messages.warning(request, words)
        return redirect("routines:builder_edit", plan.pk)
    except DraftRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("routines:plan_detail", plan.pk)
    except publish.PlanUnsafe as refusal:
        page = BuilderPage(get_plan(request, plan_id), at=timezone.now(), check=refusal.check, was_refused=True)
        return render(request, "routines/builder/edit.html", {"page": page}, status=422)
    if version.pk == before:
        messages.info(request, _("Nothing has changed since the last release. The client keeps that version."))
    else:
        messages.success(request, _("Released. Your client is told by e-mail that the routine is ready."))
    return redirect("routines:plan_detail", plan.pk)
