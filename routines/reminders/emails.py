"""The reminder e-mail. No health detail: a name, a sentence and a link."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from practice.core.clock import local_now
from practice.mail import outbox
from practice.mail.models import OutboundMessage
from routines.plans.emails import to_client
from routines.reminders.links import Act, answer_url
from routines.reminders.models import Reminder

KINDS = [gettext_noop("Reminder")]


def reminder(rows: list[Reminder], *, unsubscribe_url: str, precheck: str, at: datetime) -> OutboundMessage:
    """One e-mail for a client's moments that fall together, composed but not queued; it expires when stale."""
    row = max(rows, key=lambda each: each.due_at)
    fields = to_client(row.plan)
    fields["context"]["url"] = settings.SITE_URL + reverse("routines:portal_today")
    fields["context"]["unsubscribe_url"] = unsubscribe_url
    fields["context"]["moments"] = [_moment(each) for each in sorted(rows, key=lambda each: each.due_at)]
    return outbox.compose(
        "reminder",
        at=at,
        # If the clock ran ahead and was set back, `at` would keep it waiting until that time comes again.
        not_before=min(at, *(each.due_at for each in rows)),
        expires_after=row.due_at + settings.REMINDER_STALE_AFTER - at,
        precheck=precheck,
        dedupe_key=f"reminder-{row.pk}",
        **fields,
    )


def _moment(row: Reminder) -> dict[str, str]:
    """The words and links of one occurrence. The links die with its day, so old mail may contain them."""
    return {
        "reminder": str(row.pk),
        "slot": f"{local_now(row.due_at, row.plan.client.time_zone):%H:%M}",  # preferences may have moved it
        "snooze_url": answer_url(row, Act.SNOOZE),
        "done_url": answer_url(row, Act.DONE),
    }
