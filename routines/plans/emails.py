"""One function per message that the top floor sends. No health detail: a name, a sentence and a link."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from practice.core.clock import local_now
from practice.mail import outbox
from practice.mail.models import OutboundMessage
from routines.plans.models import Plan
from routines.reminders.links import Act, answer_url
from routines.reminders.models import Reminder

KINDS = [gettext_noop("Reminder"), gettext_noop("Plan ready")]


def plan_ready(plan: Plan, *, at: datetime) -> OutboundMessage:
    """“Your routine is ready”, once per released version."""
    fields = _to_client(plan)
    fields["context"]["url"] = settings.SITE_URL + reverse("routines:portal_today")
    return outbox.queue(
        "plan_ready", at=at, dedupe_key=f"plan-ready-{plan.current_version_id}", guard=READY_GUARD, **fields
    )


READY_GUARD = "routines.plans.emails.plan_still_ready"
NO_LONGER_READY = gettext_noop("The routine was taken back before the message left.")


def plan_still_ready(messages: list[OutboundMessage], at: datetime) -> dict[uuid.UUID, str]:
    """The outbox asks this just before the hand-over."""
    versions = {one.pk: uuid.UUID((one.dedupe_key or "").removeprefix("plan-ready-")) for one in messages}
    running = Plan.objects.across_practices().running().filter(client__archived_at=None)
    ready = set(running.filter(current_version__in=versions.values()).values_list("current_version", flat=True))
    return {key: NO_LONGER_READY for key, version in versions.items() if version not in ready}


def take_back_ready(plan: Plan, *, at: datetime) -> None:
    """Called by whoever takes a plan away, in the same transaction."""
    key = f"plan-ready-{plan.current_version_id}"
    announced = OutboundMessage.objects.across_practices().filter(dedupe_key=key)
    outbox.call_back(announced.values_list("pk", flat=True), at=at, reason=NO_LONGER_READY)


def reminder(rows: list[Reminder], *, unsubscribe_url: str, guard: str, at: datetime) -> OutboundMessage:
    """A nudge for the moments of one client that fall together, composed but not queued; pointless once stale."""
    row = max(rows, key=lambda each: each.due_at)
    fields = _to_client(row.plan)
    fields["context"]["url"] = settings.SITE_URL + reverse("routines:portal_today")
    fields["context"]["unsubscribe_url"] = unsubscribe_url
    fields["context"]["moments"] = [_moment(each) for each in sorted(rows, key=lambda each: each.due_at)]
    return outbox.compose(
        "reminder",
        at=at,
        # By a clock that ran ahead and was set back, `at` would keep it waiting until that time comes again.
        not_before=min(at, *(each.due_at for each in rows)),
        expires_after=row.due_at + settings.REMINDER_STALE_AFTER - at,
        guard=guard,
        dedupe_key=f"reminder-{row.pk}",
        **fields,
    )


def _moment(row: Reminder) -> dict[str, str]:
    """Each occurrence has links of its own. They die with its day, so they may stand in old mail."""
    return {
        "reminder": str(row.pk),
        "slot": f"{local_now(row.due_at, row.plan.client.time_zone):%H:%M}",  # wishes may have moved it
        "snooze_url": answer_url(row, Act.SNOOZE),
        "done_url": answer_url(row, Act.DONE),
    }


def _to_client(plan: Plan) -> dict[str, Any]:
    client = plan.client
    return {
        "to": client.email,
        "practice": client.practice,
        "client_ref": client.pk,
        "language": client.language,
        "context": {"name": client.short_name},
    }
