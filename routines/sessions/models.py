import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


class SessionQuerySet(TenantQuerySet):
    practice_path = "plan__client__practice"

    def of_user(self, user: models.Model) -> Self:
        """A person's own sessions, whatever the practice."""
        return self.across_practices().filter(plan__client__user=user, plan__client__archived_at=None)


class RoutineSession(models.Model):
    """One run of a plan by the client, with comfort before and after (0 = none, 10 = best)."""

    class State(models.TextChoices):
        BEGUN = "begun", _("Begun")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")
        STOPPED = "stopped", _("Stopped early")
        BLOCKED = "blocked", _("Blocked by the day's answers")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey("routines.Plan", on_delete=models.CASCADE, related_name="sessions")
    version = models.ForeignKey("routines.PlanVersion", on_delete=models.PROTECT, related_name="sessions")
    local_day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    begun_at = models.DateTimeField(_("begun"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    #: {"comfort_before": 0-10, "comfort_after": 0-10, "steps_done": [...], "note": "…",
    #: "day_answers": {…}, "by_word": true}
    log = SealedField(_("log"), default=dict)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(state="begun"), name="one_open_session_per_plan"),
        ]
        indexes = [models.Index(fields=["plan", "-local_day"], name="session_latest")]

    def __str__(self) -> str:
        return f"{self.local_day} {self.get_state_display()}"

    @property
    def is_by_word(self) -> bool:
        """Done by the client's word from a reminder: the day's questions were not answered before it."""
        return bool(self.log.get("by_word"))
