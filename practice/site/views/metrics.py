"""Figures for a monitor such as Prometheus."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from practice.permissions.table import public
from practice.site import metrics


@public("for a monitor with METRICS_TOKEN in its Authorization header; counts of the installation, no client data")
@require_safe
def site_metrics(request: HttpRequest) -> HttpResponse:
    """404 while no token is set, since nobody could be let in; 401 for another one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not metrics.is_monitor(request.headers.get("Authorization", "")):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(
        metrics.write_metrics(timezone.now()),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )
