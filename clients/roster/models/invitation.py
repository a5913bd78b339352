import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy.scoping import TenantQuerySet


class InvitationQuerySet(TenantQuerySet):
    practice_path = "client__practice"

    def unused(self) -> Self:
        """Neither used nor revoked; may have expired."""
        return self.filter(used_at=None, revoked_at=None)


class Invitation(models.Model):
    """A link that opens one client's intake: revocable, expiring. Only the link's digest is kept."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        USED = "used", _("Used")
        REVOKED = "revoked", _("Revoked")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="invitations", verbose_name=_("client")
    )
    token_digest = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(
        "practice.Member", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    opened_at = models.DateTimeField(_("first opened"), null=True)
    used_at = models.DateTimeField(_("used"), null=True, help_text=_("When the intake it opened was signed."))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.client} {self.sent_at:%Y-%m-%d}"

    def state(self, at: datetime) -> State:
        if self.used_at:
            return self.State.USED
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.OPEN if at <= self.expires_at else self.State.EXPIRED

    def is_open(self, at: datetime) -> bool:
        return self.state(at) == self.State.OPEN
