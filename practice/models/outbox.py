import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.sealed import SealedField
from practice.tenancy import TenantQuerySet


class OutboundMessage(models.Model):
    """One e-mail that the product wants to send, and what became of it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Being prepared")
        HANDING_OVER = "handing_over", _("Being handed to the mail server")
        SENT = "sent", _("Accepted by the mail server")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Refused by the mail server")

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
    context = SealedField(_("contents"), default=dict)
    #: Asked again just before hand-over: dotted path of `(message) -> str | None`, a reason not to send.
    guard = models.CharField(_("last check"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"))
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("pointless after"), null=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(_("claimed until"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    dedupe_key = models.CharField(_("one per"), max_length=120, null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="one_message_per_key")]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="outbox_waiting",
                condition=models.Q(state__in=["queued", "claimed", "handing_over"]),
            ),
            models.Index(fields=["practice", "-created_at"], name="outbox_by_practice"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"

    @property
    def message_id(self) -> str:
        """Stable over every attempt, so a receiver can tell a repeat."""
        from django.conf import settings

        return f"<{self.id}@{settings.DEFAULT_FROM_EMAIL.partition('@')[2]}>"
