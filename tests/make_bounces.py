"""Reports as mail servers write them, and a message that has left."""

from datetime import datetime
from typing import Any

from practice.mail import outbox
from practice.mail.models import OutboundMessage
from practice.mail.return_path import return_path
from tests.make import NOON
from tests.make_reminders import make_message


def make_sent(at: datetime = NOON, to: str = "noor@example.org", **fields: Any) -> OutboundMessage:
    """A message that the mail server has accepted."""
    message = make_message(at, to, **fields)
    outbox.send_due(at)
    message.refresh_from_db()
    assert message.state == OutboundMessage.State.SENT
    return message


def delivery_report(
    message: OutboundMessage,
    *,
    to: str = "",
    action: str = "failed",
    status: str = "5.1.1",
    recipient: str = "",
    diagnostic: str = "smtp; 550 5.1.1 user unknown",
) -> bytes:
    """RFC 3464, in the form that Postfix gives it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to or return_path(message)}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B.1/mx.example"

--B.1/mx.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B.1/mx.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4F1A2B
Arrival-Date: Mon, 16 Mar 2026 12:00:00 +0000

Final-Recipient: rfc822; {recipient or message.to_email}
Original-Recipient: rfc822;{recipient or message.to_email}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: {diagnostic}

--B.1/mx.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Message-ID: {message.message_id}
To: {message.to_email}

--B.1/mx.example--
""".replace("\n", "\r\n").encode()


def spam_report(message: OutboundMessage) -> bytes:
    """RFC 5965."""
    return f"""From: <abuse@mx.example>
To: {return_path(message)}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.
--part
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1

--part
Content-Type: message/rfc822

Message-ID: {message.message_id}
Subject: Hello

Hello
--part--
""".replace("\n", "\r\n").encode()
