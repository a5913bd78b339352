"""The links of a reminder: each signed, for one occurrence and one act, and alive on that occurrence's own day.

A link names a row by a random key; nothing of a person or a plan stands in it. It needs no sign-in, so what it opens
shows no health data.
"""

import base64
import binascii
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import TextChoices
from django.urls import reverse

from routines.reminders.models import Reminder


class Act(TextChoices):
    SNOOZE = "snooze"
    DONE = "done"


class LinkInvalid(ValueError):
    """The link was not made by this site, or not in full."""


def answer_url(row: Reminder, act: Act) -> str:
    return settings.SITE_URL + reverse(f"routines:reminder_{act.value}", args=[make_token(row.pk, act)])


def make_token(key: uuid.UUID, act: Act) -> str:
    """Short, so that plain text does not break it: 22 signs for the key, 43 for the signature."""
    return _signer(act).sign(base64.urlsafe_b64encode(key.bytes).rstrip(b"=").decode())


def read_token(token: str, act: Act) -> uuid.UUID:
    """The occurrence that the link speaks for. Raises LinkInvalid."""
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(_signer(act).unsign(token) + "=="))
    except (BadSignature, ValueError, binascii.Error) as fault:
        raise LinkInvalid from fault


def occurrence_of(token: str, act: Act) -> Reminder:
    """The row with its plan, client and practice. Raises LinkInvalid, also for one that is gone."""
    rows = Reminder.objects.across_practices().select_related("plan__client__practice", "plan__current_version")
    row = rows.filter(pk=read_token(token, act)).first()
    if row is None:
        raise LinkInvalid
    return row


def _signer(act: Act) -> Signer:
    return Signer(salt=f"routines.reminders.links.{act.value}")
