"""Where a plan starts from: a protocol, a choice of zones, or an earlier plan."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.assessment.assess import Assessment, assess
from clients.roster.models import Client
from practice.core.clock import local_today
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.builder import edit
from routines.builder.copy import copy_plan
from routines.builder.forms import StartForm
from routines.builder.protocol_choices import offered_protocols
from routines.catalog.versions import current_catalog
from routines.plans.check_draft import has_consents
from routines.plans.lookup import get_client, get_plan
from routines.plans.models import Plan
from routines.plans.refusals import DraftRefused


@needs("plans.edit")
def plan_new(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Choose a protocol or zones to start a draft from."""
    client = get_client(request, client_id)
    if client.archived_at:
        messages.warning(request, _("This client's record is archived. Restore it before you make a plan."))
        return redirect("clients:roster_detail", client.pk)
    catalog, today = current_catalog(), local_today(timezone.now(), client.time_zone)
    assessment = assess(client, at=timezone.now())
    initial = {"starts_on": today, "affected": _affected(assessment), "protocol": request.GET.get("protocol", "")}
    form = StartForm(request.POST or None, catalog=catalog, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_start(request, client, form))
        except DraftRefused as refusal:
            form.add_error("protocol", str(refusal))
    context = {
        "client": client,
        "form": form,
        "screening": assessment.screening,
        "is_signed": bool(assessment.answers),
        "lacks_consent": not has_consents(client),
        "offers": offered_protocols(assessment.screening, catalog, affected=_affected(assessment)),
    }
    return render(request, "routines/builder/new.html", context, status=422 if form.is_bound else 200)


def _affected(assessment: Assessment) -> str:
    """The foot that the client named, as the form's initial value."""
    told = assessment.answers.get("heel-pain-side")
    return told.value if told and told.value in ("left", "right") else "both"


def _start(request: PracticeRequest, client: Client, form: StartForm) -> str:
    """Make the draft and return the address to go on at: the zone picker where nothing was chosen."""
    plan = edit.start_plan(
        client,
        catalog=current_catalog(),
        by=request.member,
        at=timezone.now(),
        starts_on=form.cleaned_data["starts_on"],
        protocol=form.chosen,
        zones=form.cleaned_data["zones"],
        affected=form.cleaned_data["affected"],
        key=form.cleaned_data["key"],
    )
    phase = plan.phases.first()
    if phase and not form.chosen and not form.cleaned_data["zones"]:
        return reverse("routines:builder_pick", args=[plan.pk, phase.pk])
    return reverse("routines:builder_edit", args=[plan.pk])


@require_POST
@needs("plans.edit")
def plan_copy(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    """A new draft from this plan, beginning on the client's today."""
    plan = get_plan(request, plan_id)
    now = timezone.now()
    try:
        copy: Plan = copy_plan(
            plan, by=request.member, at=now, starts_on=local_today(now, plan.client.time_zone), key=_key(request)
        )
    except DraftRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("routines:plan_detail", plan.pk)
    messages.success(request, _("Copied to a new draft. It begins today and is not released yet."))
    return redirect("routines:builder_edit", copy.pk)


def _key(request: PracticeRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None
