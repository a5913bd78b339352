import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clients.follow_up.follow_up import ask_again, follow_up
from clients.follow_up.forms import AboutForm, FollowUpForm
from clients.follow_up.models import FollowUp
from clients.follow_up.way_back import way_back
from clients.roster.invitation import ClientArchived, was_just_sent
from clients.roster.models import Client
from practice.core.clock import local_today
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest

DONE = {
    FollowUp.Kind.CALLED: gettext_lazy("Kept: you called."),
    FollowUp.Kind.TOLD: gettext_lazy("Kept: they have been told."),
    FollowUp.Kind.LOOK_AGAIN: gettext_lazy("It rests until that day, or until something new happens."),
    FollowUp.Kind.WAITS_FOR_LETTER: gettext_lazy("It rests until a letter comes, or until something new happens."),
    FollowUp.Kind.TAKEN_UP: gettext_lazy("It stands on the first page again."),
}


@needs("plans.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_add(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """The pages' small forms are sent here; what cannot be kept is shown again on a page of its own."""
    client, at = _client(request, client_id), timezone.now()
    today = local_today(at, request.practice.time_zone)
    form = FollowUpForm(request.POST if request.method == "POST" else None, initial=request.GET.dict(), today=today)
    back = way_back(request, client)
    if request.method == "POST" and form.is_valid():
        kind = FollowUp.Kind(form.cleaned_data.pop("kind"))
        follow_up(client, kind=kind, **form.cleaned_data, by=request.member, at=at)
        messages.success(request, DONE[kind])
        return redirect(back)
    context = {"form": form, "client": client, "back": back, "kind": _kind_of(form)}
    return render(request, "clients/follow_up/add.html", context, status=422 if form.errors else 200)


@needs("plans.edit")
@require_POST
def follow_up_ask_again(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """Send the questions once more."""
    client, at, form = _client(request, client_id), timezone.now(), AboutForm(request.POST)
    if was_just_sent(client, at=at):
        messages.info(request, _("The invitation was sent a moment ago."))
    elif form.is_valid():
        try:
            ask_again(client, about=form.cleaned_data["about"], by=request.member, at=at)
        except ClientArchived:
            messages.error(request, _("This client is archived. Restore them first, then send the invitation."))
        else:
            messages.success(request, _("The questions are on their way again. Older links no longer open."))
    return redirect(way_back(request, client))


def _client(request: PracticeRequest, client_id: uuid.UUID) -> Client:
    return get_object_or_404(Client.objects.for_practice(request.practice).select_related("practice"), pk=client_id)


def _kind_of(form: FollowUpForm) -> FollowUp.Kind:
    kind = form["kind"].value()
    return FollowUp.Kind(kind) if kind in FollowUp.Kind.values else FollowUp.Kind.CALLED
