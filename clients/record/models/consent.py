import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy.scoping import TenantQuerySet


class ConsentQuerySet(TenantQuerySet):
    practice_path = "client__practice"

    def in_force(self) -> Self:
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """One thing that a client agreed to, in the words that they saw, until they take it back."""

    class Purpose(models.TextChoices):
        HEALTH_DATA = "health_data", _("Keeping and screening my health answers")
        HOME_ROUTINE = "home_routine", _("Following a home routine as self-care")
        REMINDERS = "reminders", _("Reminder e-mails")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="consents", verbose_name=_("client")
    )
    intake = models.ForeignKey("clients.Intake", null=True, on_delete=models.SET_NULL, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    wording = models.TextField(_("wording shown"))
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "purpose"], condition=models.Q(withdrawn_at=None), name="one_consent_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
