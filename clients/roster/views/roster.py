import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from clients.roster import roster
from clients.roster.forms import ClientForm, CorrectForm, RegisterForm, RosterSearch
from clients.roster.invitation import send_invitation
from clients.roster.models import Client
from clients.roster.roster import CORRECTABLE, ClientChanged, EmailTaken
from practice.audit import audit
from practice.mail.suppression import suppression_of
from practice.permissions.table import can, needs
from practice.tenancy.requests import PracticeRequest

CLIENTS_A_PAGE = 25


@needs("clients.view")
@vary_on_headers("HX-Request")  # page and fragment share the address
def roster_list(request: PracticeRequest) -> HttpResponse:
    with_plans = can(request, "plans.view")
    search = RosterSearch(request.GET, with_plans=with_plans)
    asked = search.asked()
    clients = roster.find_clients(
        request.practice, asked=asked, by=request.member, with_health=can(request, "health.view")
    )
    page = Paginator(clients, CLIENTS_A_PAGE).get_page(request.GET.get("page"))
    rows = roster.roster_rows(list(page.object_list), at=timezone.now(), with_plans=with_plans)
    template = "clients/roster/_rows.html" if request.htmx and not request.htmx.boosted else "clients/roster/list.html"
    return render(
        request,
        template,
        {
            "search": search,
            "asked": asked,
            "page": page,
            "rows": rows,
            "query": urlencode(asked),
        },
    )


@needs("clients.edit")
def roster_register(request: PracticeRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data}
        invite, at = values.pop("invite"), timezone.now()
        try:
            with transaction.atomic():
                client = roster.register_client(request.practice, **values, by=request.member, at=at)
                if invite:
                    send_invitation(client, by=request.member, at=at)
        except EmailTaken as refusal:
            if roster.is_same_submit(refusal.client, name=values["name"], at=at):
                messages.info(request, _("This client was registered a moment ago; here is their page."))
                return redirect("clients:roster_detail", refusal.client.pk)
            _show_taken(form, refusal.client)
        else:
            messages.success(request, _("Registered. The invitation is on its way.") if invite else _("Registered."))
            return redirect("clients:roster_detail", client.pk)
    return render(request, "clients/roster/register.html", {"form": form})


@needs("clients.view")
def roster_detail(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = _client(request, client_id)
    context: dict[str, Any] = {
        "client": client,
        "invitations": [
            (each, each.state(timezone.now())) for each in client.invitations.select_related("sent_by__user")[:5]
        ],
        "intakes": client.intakes.defer("answers", "signature")[:10],
        "state": roster.intake_state(client, timezone.now()),
        "suppression": suppression_of(client.email),
    }
    if can(request, "health.view"):
        context["screening"] = client.screenings.defer("findings").first()
        with transaction.atomic():
            audit.record(request.member, "client.viewed", client)
    return render(request, "clients/roster/detail.html", context)


@needs("clients.edit")
def roster_correct(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = _client(request, client_id)
    with_notes = can(request, "health.view")
    form = CorrectForm(
        request.POST or None,
        practice=request.practice,
        kept=client.therapist,
        with_notes=with_notes,
        initial={"revision": client.revision, **{name: getattr(client, name) for name in CORRECTABLE}},
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = roster.correct_client(client, by=request.member, at=timezone.now(), **form.cleaned_data)
        except EmailTaken as refusal:
            _show_taken(form, refusal.client)
        except ClientChanged as refusal:
            form.meet_newer(refusal.client)
        else:
            moved = saved.email != client.email
            messages.success(
                request, _("Saved. Links sent to the old address no longer open.") if moved else _("Saved.")
            )
            return redirect("clients:roster_detail", client.pk)
    return render(request, "clients/roster/correct.html", {"form": form, "client": client})


@needs("clients.edit")
@require_POST
def roster_archive(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = roster.archive_client(_client(request, client_id), by=request.member, at=timezone.now())
    messages.success(request, _("Archived. Nothing was removed; you can restore them at any time."))
    return redirect("clients:roster_detail", client.pk)


@needs("clients.edit")
@require_POST
def roster_restore(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = roster.restore_client(_client(request, client_id), by=request.member, at=timezone.now())
    messages.success(request, _("Restored."))
    return redirect("clients:roster_detail", client.pk)


def _client(request: PracticeRequest, client_id: uuid.UUID) -> Client:
    clients = (
        Client.objects.for_practice(request.practice)
        .with_standing()
        .select_related("practice", "user", "therapist__user")
    )
    return get_object_or_404(clients, pk=client_id)


def _show_taken(form: ClientForm, other: Client) -> None:
    form.add_error(
        "email",
        format_html(
            '{} <a href="{}">{}</a>',
            _("This practice already has a client with that e-mail address:"),
            reverse("clients:roster_detail", args=[other.pk]),
            Truncator(other.name).chars(80),
        ),
    )
