"""The demo's mailbox: every message that left, as its receiver would see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from practice.mail import demo_mailbox as mailbox
from practice.permissions.table import public

#: What a mail's own markup may do: carry its styles and inline pictures. No script, no request, no form.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


def in_demo_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@public("demo mode only: the people in it are made up, and the page does not exist otherwise")
@in_demo_only
def demo_mail(request: HttpRequest) -> HttpResponse:
    fragment = "practice/demo_mail/_messages.html" if request.htmx else "practice/demo_mail/list.html"  # type: ignore[attr-defined]
    return render(request, fragment, {"mails": mailbox.messages()})


@public("demo mode only: the people in it are made up, and the page does not exist otherwise")
@in_demo_only
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its stub knows no arguments
def demo_mail_message(request: HttpRequest, mail_id: str) -> HttpResponse:
    mail = mailbox.message(mail_id)
    if mail is None:
        raise Http404
    return render(request, "practice/demo_mail/message.html", {"mail": mail})


@public("demo mode only: the people in it are made up, and the page does not exist otherwise")
@in_demo_only
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # as above
def demo_mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML part by itself, for a sandboxed frame."""
    mail = mailbox.message(mail_id)
    if mail is None or not mail.html:
        raise Http404
    # A link opens beside the frame: our pages refuse to be framed.
    return HttpResponse(mail.html.replace("<head>", '<head><base target="_blank">', 1))
