import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy.scoping import TenantQuerySet


class ReminderAnswerQuerySet(TenantQuerySet):
    practice_path = "reminder__plan__client__practice"


class ReminderAnswer(models.Model):
    """What a client said with a link in a reminder: each kind once per occurrence."""

    class Kind(models.TextChoices):
        SNOOZED = "snoozed", _("Later")
        DONE = "done", _("Done")

    #: How often one moment may be put off.
    MOST_SNOOZES = 3

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reminder = models.ForeignKey("routines.Reminder", on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    answered_at = models.DateTimeField(_("answered"))
    #: The wall time that the plan itself asked for; a moment that was put off is still about that one.
    asked_slot = models.CharField(_("time asked for"), max_length=5)
    #: Of a snooze: the occurrence that it made, and the how-manieth of its moment it is.
    again = models.OneToOneField("routines.Reminder", null=True, on_delete=models.SET_NULL, related_name="snoozed_from")
    number = models.PositiveSmallIntegerField(_("number"), default=0)
    #: Of “done”: the session that holds it; none where it could not be logged from a mail.
    session = models.ForeignKey("routines.RoutineSession", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ReminderAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a reminder")
        verbose_name_plural = _("answers to reminders")
        ordering = ["answered_at"]
        constraints = [
            models.UniqueConstraint(fields=["reminder", "kind"], name="one_answer_of_a_kind"),
            models.CheckConstraint(condition=models.Q(number__lte=3), name="three_snoozes_at_most"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
