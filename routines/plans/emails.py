"""The message that a plan sends. No health detail: a name, a sentence and a link."""

import uuid
from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from practice.mail import outbox
from practice.mail.context import MailContext
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Practice
from routines.plans.models import Plan

KINDS = [gettext_noop("Plan ready")]


def plan_ready(plan: Plan, *, at: datetime) -> OutboundMessage:
    """“Your routine is ready”, once per released version."""
    fields = to_client(plan)
    fields["context"]["url"] = settings.SITE_URL + reverse("routines:portal_today")
    return outbox.queue(
        "plan_ready", at=at, dedupe_key=f"plan-ready-{plan.current_version_id}", precheck=READY_PRECHECK, **fields
    )


READY_PRECHECK = "routines.plans.emails.plan_still_ready"
NO_LONGER_READY = gettext_noop("The routine was taken back before the message left.")


def plan_still_ready(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """The outbox's last check before the hand-over: why not to send."""
    versions = {one.pk: uuid.UUID((one.dedupe_key or "").removeprefix("plan-ready-")) for one in messages}
    running = Plan.objects.across_practices().running().filter(client__archived_at=None)
    ready = set(running.filter(current_version__in=versions.values()).values_list("current_version", flat=True))
    return {key: NO_LONGER_READY for key, version in versions.items() if version not in ready}


def take_back_ready(plan: Plan, *, at: datetime) -> None:
    """Take the message back; called by whatever takes a plan away, in the same transaction."""
    key = f"plan-ready-{plan.current_version_id}"
    announced = OutboundMessage.objects.across_practices().filter(dedupe_key=key)
    outbox.call_back(announced.values_list("pk", flat=True), at=at, reason=NO_LONGER_READY)


class ToClient(TypedDict):
    """The fields of `outbox.compose` that name whom a message is for; `context` is what its words are made of."""

    to: str
    practice: Practice
    client_ref: uuid.UUID
    language: str
    context: MailContext


def to_client(plan: Plan) -> ToClient:
    """The part of a message that is the same for all to the plan's client, for the outbox."""
    client = plan.client
    return {
        "to": client.email,
        "practice": client.practice,
        "client_ref": client.pk,
        "language": client.language,
        "context": {"name": client.short_name},
    }
