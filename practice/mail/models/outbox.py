import uuid
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from practice.mail.context import MailContext
from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


def lease_is_over(now: datetime) -> Q:
    """Past its end, or farther ahead than any lease reaches, having been taken by a clock that was set back since."""
    return Q(lease_until__lte=now) | Q(lease_until__gt=now + 2 * settings.OUTBOX_LEASE)


@cache
def bare_address(sender: str) -> str:
    """The address without the name it may carry. Cached, since nearly every mail has the same sender."""
    return parseaddr(sender)[1]


@cache
def _domain_of(sender: str) -> str:
    return bare_address(sender).rpartition("@")[2].encode("idna").decode()


class OutboundMessageQuerySet(TenantQuerySet["OutboundMessage"]):
    def open(self) -> Self:
        """Not settled yet (OPEN_STATES), put so that both databases use the index of these few rows."""
        return self.filter(settled_at=None)

    def due(self, now: datetime) -> Self:
        """Waiting messages whose time has come, and those whose worker vanished before the hand-over."""
        return self.open().filter(
            Q(state=OutboundMessage.State.QUEUED) | Q(lease_is_over(now), state=OutboundMessage.State.CLAIMED),
            not_before__lte=now,
        )

    def vanished(self, now: datetime) -> Self:
        """Hand-overs that nobody holds any more."""
        return self.open().filter(lease_is_over(now), state=OutboundMessage.State.HANDING_OVER)

    def unconfirmed(self) -> Self:
        return self.filter(state=OutboundMessage.State.UNCONFIRMED)

    def not_begun(self) -> Self:
        """Messages that can still be called back: no hand-over has begun."""
        return self.open().filter(state__in=[OutboundMessage.State.QUEUED, OutboundMessage.State.CLAIMED])


class OutboundMessage(models.Model):
    """One e-mail that the product wants to send, and what became of it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Being prepared")
        HANDING_OVER = "handing_over", _("Being handed to the mail server")
        SENT = "sent", _("Accepted by the mail server")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")

    class Bounce(models.TextChoices):
        """What came back after the mail server had accepted it; later ones weigh more."""

        SOFT = "soft", _("Came back for the moment")
        HARD = "hard", _("Came back: the address does not accept mail")
        COMPLAINT = "complaint", _("Marked as spam")

    OPEN_STATES = (State.QUEUED, State.CLAIMED, State.HANDING_OVER)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(
        "practice.Practice", null=True, on_delete=models.CASCADE, related_name="messages", verbose_name=_("practice")
    )
    client_ref = models.UUIDField(_("client"), null=True)
    kind = models.CharField(_("kind"), max_length=40, help_text=_("The folder under templates/emails/."))
    to_email = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    #: Names and links that the template needs. Links open pages, so they are sealed like answers.
    context: "models.Field[MailContext, MailContext]" = SealedField(_("contents"), default=dict)
    #: Dotted path of `(messages, at) -> {pk: reason}`, called just before the hand-over: those that shall not be sent.
    precheck = models.CharField(_("last check"), max_length=120, blank=True, db_column="guard")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"))
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("pointless after"), null=True)
    #: Counts claims. A worker whose number is no longer the row's has lost it to another.
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    #: Counts what went wrong with this message itself, not with the mail server as a whole.
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease_until = models.DateTimeField(_("claimed until"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    #: When a hand-over that nobody answered began, while the message waits to be repeated: under its idempotency key,
    #: or because a person said so.
    in_doubt_since = models.DateTimeField(_("in doubt since"), null=True)
    #: A person has decided that it shall be sent although it may have arrived; until the next doubt.
    sent_again_at = models.DateTimeField(_("sent again at"), null=True)
    bounce = models.CharField(_("came back"), max_length=10, choices=Bounce.choices, blank=True)
    bounced_at = models.DateTimeField(_("came back at"), null=True)
    dedupe_key = models.CharField(_("one per"), max_length=120, null=True)

    objects = OutboundMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="one_message_per_key")]
        indexes = [
            models.Index(fields=["not_before"], name="outbox_waiting", condition=models.Q(settled_at=None)),
            models.Index(fields=["practice", "-created_at"], name="outbox_by_practice"),
            models.Index(fields=["client_ref"], name="outbox_by_client", condition=models.Q(client_ref__isnull=False)),
            models.Index(fields=["practice"], name="outbox_unconfirmed", condition=models.Q(state="unconfirmed")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"

    @property
    def message_id(self) -> str:
        """Stable over every attempt, so a receiver can tell a repeat."""
        return f"<{self.id}@{_domain_of(settings.DEFAULT_FROM_EMAIL)}>"

    @property
    def kind_text(self) -> str:
        """The kind in words, which whoever makes that kind of message marks for translation with gettext_noop."""
        return gettext(self.kind.replace("_", " ").capitalize())

    @property
    def reason_text(self) -> str:
        """Reasons are kept in English, as message ids; a mail server's own answer stays as it came."""
        return gettext(self.reason) if self.reason else ""

    @property
    def can_be_sent_again(self) -> bool:
        return self.state in (self.State.UNCONFIRMED, self.State.FAILED)


class MailServer(models.Model):
    """One row: whether the mail server answers. While it does not, every worker waits."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(_("next try"), null=True)
    down_since = models.DateTimeField(_("down since"), null=True)
    reason = models.CharField(_("last answer"), max_length=200, blank=True)
    #: The earliest moment that EMAIL_MAX_PER_SECOND leaves free for one more message.
    next_slot = models.DateTimeField(_("next free moment"), null=True)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail server")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_mail_server")]

    def __str__(self) -> str:
        return self.reason or "ok"


class MailConnection(models.Model):
    """One of the EMAIL_MAX_CONNECTIONS connections to the mail server, and the worker that has it."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True)
    holder = models.UUIDField(_("worker"), null=True)
    lease_until = models.DateTimeField(_("taken until"), null=True)

    class Meta:
        verbose_name = _("connection to the mail server")
        verbose_name_plural = _("connections to the mail server")

    def __str__(self) -> str:
        return str(self.number)
