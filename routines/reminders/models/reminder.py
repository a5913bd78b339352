import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from practice.tenancy.scoping import TenantQuerySet


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
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey("routines.Plan", on_delete=models.CASCADE, related_name="reminders")
    local_day = models.DateField(_("day"))
    #: Wall time asked for, "HH:MM".
    slot = models.CharField(_("time"), max_length=5)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: Why it is due at another time than its slot, as a message id.
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: A moment that a person asked for, not the plan: planning leaves it as it is.
    is_own = models.BooleanField(_("asked for by a person"), default=False)
    #: One message may speak for several moments that fall together.
    message = models.ForeignKey(
        "practice.OutboundMessage", null=True, on_delete=models.SET_NULL, related_name="reminders", db_index=False
    )

    #: What a message's end means for its reminder. Anything else is still on its way.
    FROM_MESSAGE = {
        "sent": State.SENT,
        "skipped": State.SKIPPED,
        "unconfirmed": State.UNCONFIRMED,
        "failed": State.FAILED,
    }

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-due_at"]
        constraints = [models.UniqueConstraint(fields=["plan", "local_day", "slot"], name="one_reminder_per_slot")]
        indexes = [
            models.Index(fields=["due_at"], name="reminder_planned", condition=models.Q(state="planned")),
            models.Index(
                fields=["plan", "due_at"], name="reminder_planned_of_plan", condition=models.Q(state="planned")
            ),
            models.Index(fields=["plan", "-due_at"], name="reminder_by_plan"),
            models.Index(fields=["due_at"], name="reminder_by_due"),
            models.Index(fields=["message"], name="reminder_by_message"),
            # One for each state: SQLite uses a partial index only for the very same condition.
            models.Index(fields=["message"], name="reminder_queued", condition=models.Q(state="queued")),
            models.Index(fields=["message"], name="reminder_unconfirmed", condition=models.Q(state="unconfirmed")),
        ]

    def __str__(self) -> str:
        return f"{self.local_day} {self.slot}"

    @property
    def outcome(self) -> str:
        """The state as of this instant: the message's own, once there is one."""
        if self.message is None:
            return self.state
        return self.FROM_MESSAGE.get(self.message.state, self.State.QUEUED)

    @property
    def outcome_text(self) -> str:
        return str(self.State(self.outcome).label)

    @property
    def reason_text(self) -> str:
        """Reasons are kept in English, as message ids."""
        if self.message and self.message.reason:
            return self.message.reason_text
        return gettext(self.reason or self.note) if self.reason or self.note else ""


class ReminderHorizon(models.Model):
    """Up to when a plan's reminders are planned, from what, and when that is to be looked at again."""

    plan = models.OneToOneField("routines.Plan", primary_key=True, on_delete=models.CASCADE, related_name="horizon")
    version = models.ForeignKey(
        "routines.PlanVersion", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    #: Wishes.basis() of what it was planned from.
    basis = models.CharField(_("planned from"), max_length=32, blank=True)
    #: None: marked, and not planned yet.
    planned_until = models.DateTimeField(_("planned until"), null=True)
    #: The next moment at which there is something to plan; None when there is not. Marks set it to the past.
    replan_at = models.DateTimeField(_("plan again at"), null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("planning horizon")
        verbose_name_plural = _("planning horizons")
        indexes = [
            models.Index(fields=["replan_at"], name="horizon_to_replan", condition=models.Q(replan_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.planned_until}"


class PlanningRound(models.Model):
    """One row: how far the slow comparison of all plans has come (see routines/reminders/replan_queue.py)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    after = models.UUIDField(_("compared up to"), null=True)
    at = models.DateTimeField(_("last slice"))

    class Meta:
        verbose_name = _("planning round")
        verbose_name_plural = _("planning rounds")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_planning_round")]

    def __str__(self) -> str:
        return f"{self.after}"
