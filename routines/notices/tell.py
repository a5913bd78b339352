"""Telling the therapist what happened on a client's day, once."""

import uuid
from datetime import date, datetime

from django.db import transaction

from clients.assessment import emails
from practice.audit import audit
from practice.tenancy.models import User
from routines.notices.models import Notice, NoticeContent
from routines.plans.models import Plan


@transaction.atomic
def tell_therapist(
    plan: Plan,
    *,
    kind: Notice.Kind,
    about: object,
    local_day: date,
    content: NoticeContent,
    by: User | str,
    at: datetime,
    session_id: uuid.UUID | None = None,
    at_once: bool = False,
) -> Notice:
    """Put a notice on the therapist's first page, and with `at_once` tell her by e-mail too, which gives no reason.

    `about` is what it rests on: a session's key, or the day where every session of it would say the same. The same
    notice about the same is kept as it was, and nobody is told twice; it may only come to be told at once.
    """
    client = plan.client
    key = f"{kind}:{plan.pk.hex}:{about}"
    notice, is_new = Notice.objects.across_practices().get_or_create(
        key=key,
        defaults={
            "client": client,
            "plan": plan,
            "session_id": session_id,
            "kind": kind,
            "local_day": local_day,
            "content": content,
            "made_at": at,
        },
    )
    if is_new:
        audit.record(by, "notice.made", notice, practice=client.practice, client_ref=client.pk)
    if at_once:
        emails.needs_attention(client, about=f"notice:{notice.pk}", at=at)
    return notice


@transaction.atomic
def add_words(notice: Notice, words: str) -> None:
    """Add the client's later words to a notice, and put it on the first page again where it was settled."""
    told = notice.content.get("words", "")
    if not words or words in told.split("\n\n"):
        return
    notice.content = {**notice.content, "words": f"{told}\n\n{words}" if told else words}
    notice.settled_at = notice.settled_by = None
    notice.save(update_fields=["content", "settled_at", "settled_by"])
