import logging

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours. When even its frame cannot be drawn (no static files collected), bare words."""
    try:
        return HttpResponseServerError(render_to_string("500.html"))
    except Exception:  # whatever is broken, an error page may not break too
        logger.exception("The error page cannot be drawn")
        return HttpResponseServerError(render_to_string("500_bare.html"))
