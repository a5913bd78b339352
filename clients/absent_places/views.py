import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clients.absent_places.forms import AbsentPlacesForm, pair_of, texts_of
from clients.absent_places.note import note_absent_places
from clients.roster.models import Client
from clients.roster.roster import ClientChanged
from clients.screening.absent_places import pairs_of
from practice.audit import audit
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.catalog.markable import find_body_places
from routines.catalog.place_rows import place_rows


@needs("plans.edit")
@never_cache
@require_http_methods(["GET", "POST"])
def absent_places(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """The drawings and the list on which a therapist marks what is not there."""
    client = get_object_or_404(Client.objects.for_practice(request.practice).select_related("practice"), pk=client_id)
    body, kept = find_body_places(), pairs_of(client.absent_sites)
    if body is None:
        return render(request, "clients/absent_places/edit.html", {"client": client})
    form = AbsentPlacesForm(
        request.POST or None,
        body=body,
        kept=kept,
        initial={"revision": client.revision, "place": texts_of(kept)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            note_absent_places(
                client, form.pairs, revision=form.cleaned_data["revision"], by=request.member, at=timezone.now()
            )
        except ClientChanged as refusal:
            form.meet_newer(refusal.client)
        else:
            messages.success(request, _("Saved. The client's plans are checked with it."))
            return redirect("clients:roster_detail", client.pk)
    with transaction.atomic():
        audit.record(request.member, "client.viewed", client)
    context = {
        "client": client,
        "form": form,
        "groups": form.folded(place_rows(body)),
        "drawing": body.draw("place", [pair_of(text) for text in form.marked]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/absent_places/edit.html", context, status=status)
