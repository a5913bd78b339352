"""Reports that mail servers send back to the signed return path: RFC 3464 (undelivered) and RFC 5965 (spam)."""

import email
import logging
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from email.utils import getaddresses

from practice.mail.models import OutboundMessage
from practice.mail.return_path import NotOurs, read_return_path
from practice.mail.suppression import WEIGHT, Bounce, note_bounce

logger = logging.getLogger(__name__)

#: Our own messages are a tenth of this, and a report quotes one at most.
LARGEST_REPORT = 1_000_000
LARGEST_HEAD = 64_000
#: Mail servers give up within days; what comes later is a replay.
REPORTS_COME_WITHIN = timedelta(days=14)
#: Where a mail server writes down whom it delivers to, the surest first.
ENVELOPE_HEADERS = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
BASIC = re.compile(r"(?:^|;)\s*([245])\d\d\b")


@dataclass(frozen=True)
class Said:
    """What a report says of one recipient. `kind` is a Bounce, or empty for good news."""

    kind: str
    status: str = ""
    recipients: frozenset[str] = frozenset()


def receive_report(raw: bytes, *, to: Iterable[str] = (), at: datetime) -> bool:
    """One message that came to a return path, `to` the envelope's recipients where they are known.

    False when nothing changed, whatever the reason; the log says which, without an address. Before the signature is
    found right, nothing is read but the head and no database is asked.
    """
    try:
        key = signed_for(to or _head_addresses(raw[:LARGEST_HEAD]))
    except NotOurs:
        logger.warning("A report was ignored: it did not come to a return path of ours.")
        return False
    if len(raw) > LARGEST_REPORT:
        logger.warning("A report on message %s was ignored: it is too large.", key)
        return False
    message = OutboundMessage.objects.across_practices().filter(pk=key).defer("context").first()
    if message is None or at - (message.settled_at or at) > REPORTS_COME_WITHIN:
        logger.warning("A report was ignored: message %s is unknown or too old.", key)
        return False
    said = read_report(raw, about=message.to_email)
    if not said.kind:
        logger.warning("A report on message %s was ignored: it says nothing of a bounce.", key)
        return False
    return note_bounce(key, kind=said.kind, status=said.status, at=at)


def signed_for(addresses: Iterable[str]) -> uuid.UUID:
    """The message of the first return path of ours among `addresses`. Raises NotOurs."""
    for address in list(addresses)[:20]:
        try:
            return read_return_path(address)
        except NotOurs:
            continue
    raise NotOurs


def _head_addresses(head: bytes) -> list[str]:
    headers = email.message_from_bytes(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])
    found = [str(value) for name in ENVELOPE_HEADERS for value in headers.get_all(name, [])]
    return [address for _name, address in getaddresses([value[:2000] for value in found[:20]])]


def read_report(raw: bytes, *, about: str) -> Said:
    """What a report says of the recipient `about`; nothing where it is no report, or cannot be read."""
    try:
        return _read(email.message_from_bytes(raw), about.lower())
    except Exception as fault:  # the standard parser meets hostile mail with many kinds of fault, RecursionError too
        logger.warning("A report cannot be read: %s", type(fault).__name__)
        return Said("")


def _read(report: Message, about: str) -> Said:
    if report.get_content_type() != "multipart/report":
        return Said("")
    # Only the report's own parts: a message that it quotes may hold a report of its own.
    for part in _parts(report):
        match part.get_content_type():
            case "message/delivery-status":
                return _undelivered(_field_groups(part), about)
            case "message/feedback-report":
                kinds = [str(group.get("Feedback-Type", "")).strip().lower() for group in _field_groups(part)]
                return Said(Bounce.COMPLAINT if "abuse" in kinds else "")
    return Said("")


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _field_groups(part: Message) -> list[Message]:
    """Groups of fields, whether the parser took the part for messages or left it as text."""
    if part.is_multipart():
        return [group for outer in _parts(part) for group in (outer, *_inner(outer))]
    text = part.get_payload(decode=True)
    if not isinstance(text, bytes):
        return []
    return [email.message_from_bytes(group) for group in re.split(rb"\r?\n(?:\r?\n)+", text.strip())]


def _inner(outer: Message) -> list[Message]:
    """A part that was encoded arrives as one message, with the fields as its text."""
    text = outer.get_payload()
    return [email.message_from_string(text)] if isinstance(text, str) and text.strip() else []


def _undelivered(groups: list[Message], about: str) -> Said:
    said = [_of_group(group) for group in groups if group.get("Action") or group.get("Final-Recipient")]
    ours = [each for each in said if about in each.recipients]
    # Somebody whom our recipient forwards to may be the one who is gone: the mildest word counts.
    return min(ours or said, key=lambda each: WEIGHT[each.kind], default=Said(""))


def _of_group(group: Message) -> Said:
    """RFC 3464, 2.3: `failed` with 5.x.x is for good; `failed` with 4.x.x and `delayed` are for the moment."""
    named = {str(group.get(name, "")).rpartition(";")[2].strip().strip("<>").lower() for name in RECIPIENT_FIELDS}
    recipients = frozenset(named - {""})
    action = str(group.get("Action", "")).split("(")[0].strip().lower()
    if action not in ("failed", "delayed"):
        return Said("", recipients=recipients)
    status = status_in(str(group.get("Status", ""))) or status_in(str(group.get("Diagnostic-Code", "")))
    is_hard = action == "failed" and status.startswith("5")
    return Said(Bounce.HARD if is_hard else Bounce.SOFT, status, recipients)


RECIPIENT_FIELDS = ("Original-Recipient", "Final-Recipient")


def status_in(words: str) -> str:
    """The enhanced status code in a line, else the class of its basic code as `5.0.0`; empty without either."""
    words = words[:1000]
    if enhanced := ENHANCED.search(words):
        return enhanced[1]
    basic = BASIC.search(words)
    return f"{basic[1]}.0.0" if basic else ""
