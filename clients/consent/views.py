import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.roster.models import Client
from practice.mail.suppression import lift_suppression
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest


@needs("clients.edit")
@require_POST
def bounce_try_again(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    """The address works after all, or somebody wants to find out."""
    client = get_object_or_404(Client.objects.for_practice(request.practice), pk=client_id)
    if lift_suppression(client.email, by=request.member, client_ref=client.pk, at=timezone.now()):
        messages.success(request, _("The next message goes to this address again. What was skipped stays skipped."))
    else:
        messages.info(request, _("This address was open to messages already."))
    return redirect("clients:roster_detail", client.pk)
