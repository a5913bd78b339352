import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clients.roster import invitation as invitations
from clients.roster.models import Client, Invitation
from practice.permissions.table import needs, public
from practice.tenancy.requests import PracticeRequest

#: Long enough for an unhurried intake; the link in the mail begins again where the person stopped.
SECONDS_BEGUN = 12 * 60 * 60


@needs("clients.edit")
@require_POST
def invitation_send(request: PracticeRequest, client_id: uuid.UUID) -> HttpResponse:
    client = get_object_or_404(Client.objects.for_practice(request.practice), pk=client_id)
    at = timezone.now()
    if invitations.was_just_sent(client, at=at):
        messages.info(request, _("The invitation was sent a moment ago."))
        return redirect("clients:roster_detail", client.pk)
    try:
        invitations.send_invitation(client, by=request.member, at=at)
    except invitations.ClientArchived:
        messages.error(request, _("This client is archived. Restore them first, then send the invitation."))
    else:
        messages.success(request, _("The invitation is on its way. Older links of this client no longer open."))
    return redirect("clients:roster_detail", client.pk)


@needs("clients.edit")
@require_POST
def invitation_revoke(request: PracticeRequest, invitation_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Invitation.objects.for_practice(request.practice).select_related("client__practice"), pk=invitation_id
    )
    if invitations.revoke_invitation(found, by=request.member, at=timezone.now()):
        messages.success(request, _("Revoked. The link no longer opens."))
    else:
        messages.info(request, _("That link was closed already."))
    return redirect("clients:roster_detail", found.client_id)


@public("the link in the invitation is the key; the page before 'begin' shows nothing about the client")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_open(request: PracticeRequest, token: str) -> HttpResponse:
    """GET only shows the door, since mail scanners open links too; POST begins the intake and nothing else."""
    at = timezone.now()
    found = invitations.find_invitation(token)
    if found is None:
        return _calm(render(request, "clients/invitation/unknown.html", status=404))
    if not invitations.may_open(found, at):
        return _closed(request, found, invitations.closed_because(found, at))
    if request.method != "POST":
        return _calm(
            render(request, "clients/invitation/begin.html", {"invitation": found, "host": found.client.practice})
        )
    try:
        invitations.open_invitation(token, at=at)
    except invitations.InvitationClosed as refusal:
        return _closed(request, found, refusal.state)
    _begin(request, found)
    return _calm(redirect("clients:intake_begin"))


def _begin(request: PracticeRequest, found: Invitation) -> None:
    """A session of its own that opens this intake only. Someone else who is signed in here is signed out first."""
    if request.user.is_authenticated and request.user != found.client.user:
        logout(request)
    request.session.cycle_key()  # a session id known before is worth nothing after
    request.session[invitations.SESSION_KEY] = str(found.pk)
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS_BEGUN)


def _closed(request: PracticeRequest, found: Invitation, state: str) -> HttpResponse:
    context = {"state": state, "host": found.client.practice}
    return _calm(render(request, "clients/invitation/closed.html", context, status=410))


def _calm(response: HttpResponse) -> HttpResponse:
    """The address holds the key, so it is told to nobody. `no-referrer` would make browsers send `Origin: null`
    with the form, which the CSRF check refuses; `strict-origin` hides path and key as well."""
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
