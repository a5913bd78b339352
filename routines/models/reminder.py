import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy import TenantQuerySet


class ReminderQuerySet(TenantQuerySet):
    practice_path = "plan__client__practice"

    def planned(self) -> Self:
        return self.filter(state=Reminder.State.PLANNED)


class Reminder(models.Model):
    """One due moment of a plan, on the client's own clocks, and what became of it."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        QUEUED = "queued", _("On its way")
        SENT = "sent", _("Accepted by the mail server")
        SKIPPED = "skipped", _("Skipped")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        FAILED = "failed", _("Refused by the mail server")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey("routines.Plan", on_delete=models.CASCADE, related_name="reminders")
    local_day = models.DateField(_("day"))
    #: Wall time asked for, "HH:MM".
    slot = models.CharField(_("time"), max_length=5)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    message = models.OneToOneField(
        "practice.OutboundMessage", null=True, on_delete=models.SET_NULL, related_name="reminder"
    )

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-due_at"]
        constraints = [models.UniqueConstraint(fields=["plan", "local_day", "slot"], name="one_reminder_per_slot")]
        indexes = [
            models.Index(fields=["due_at"], name="reminder_planned", condition=models.Q(state="planned")),
            models.Index(fields=["plan", "-due_at"], name="reminder_by_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.local_day} {self.slot}"
