"""The page behind the “no more reminders” link."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clients.record.models import Consent
from clients.roster.models import Client
from practice.permissions.table import public
from routines.reminders import send
from routines.reminders.links import LinkInvalid


def wants_reminders(client: Client) -> bool:
    consents = Consent.objects.for_practice(client.practice_id).in_force().filter(client=client)
    return consents.filter(purpose=Consent.Purpose.REMINDERS).exists()


def bare_page(template: str, context: dict[str, object] | None = None, *, status: int = 200) -> HttpResponse:
    """A page for whoever holds a link. Rendered without the request, so that it sets no cookie and knows nobody; the
    link itself must not be passed on."""
    headers = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store, private"}
    return HttpResponse(render_to_string(template, context), status=status, headers=headers)


# A mail program posts RFC 8058's single field without a cookie, so the signed link itself is the proof.
@csrf_exempt
@public("from the link in a reminder; the signed link names one client and can only stop their reminders")
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks, since link scanners open every link; POST stops reminders before it answers."""
    try:
        client = send.client_of_link(token)
    except LinkInvalid:
        return bare_page("routines/reminders/stop_invalid.html", status=404)
    if request.method == "POST":
        send.stop_reminders(client, by=client.user, at=timezone.now())
    context = {"stopped": not wants_reminders(client), "practice_name": client.practice.name}
    with translation.override(client.language):
        return bare_page("routines/reminders/stop.html", context)
