"""The routine for the client's own calendar."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.calendar.icalendar import calendar_file as make_file
from routines.plans.lookup import own_plan
from routines.rechecking.recheck import shown_now


@needs("portal.use")
def calendar_file(request: PracticeRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan, now = own_plan(request, plan_id), timezone.now()
    showing = shown_now(plan, at=now)
    if not showing:
        messages.warning(request, showing.reason)
        return redirect("routines:portal_today")
    with transaction.atomic():
        audit.record(request.user, "plan.opened", plan, practice=plan.client.practice, client_ref=plan.client_id)
    return HttpResponse(
        make_file(plan, at=now),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="routine.ics"', "Cache-Control": "private, no-store"},
    )
