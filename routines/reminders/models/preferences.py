from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practice.tenancy.scoping import TenantQuerySet


class ReminderWishesQuerySet(TenantQuerySet):
    practice_path = "client__practice"


class ReminderWishes(models.Model):
    """When and how a client wants to be reminded. Without a row the practice's quiet hours hold and nothing else."""

    class Quiet(models.TextChoices):
        PRACTICE = "practice", _("As my practice suggests")
        OWN = "own", _("My own quiet hours")
        NONE = "none", _("No quiet hours")

    client = models.OneToOneField(
        "clients.Client", primary_key=True, on_delete=models.CASCADE, related_name="reminder_wishes"
    )
    quiet = models.CharField(_("quiet hours"), max_length=10, choices=Quiet.choices, default=Quiet.PRACTICE)
    quiet_from = models.TimeField(_("quiet from"), null=True)
    quiet_to = models.TimeField(_("quiet until"), null=True)
    #: Slot of a plan -> the wall time at which the client wants to hear of it, both "HH:MM".
    chosen_times = models.JSONField(_("own times"), default=dict)
    only_unlogged = models.BooleanField(_("only where nothing was logged"), default=True)

    objects = ReminderWishesQuerySet.as_manager()

    class Meta:
        verbose_name = _("wishes for reminders")
        verbose_name_plural = _("wishes for reminders")
        constraints = [
            models.CheckConstraint(
                condition=~Q(quiet="own") | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="own_quiet_hours_are_given",
            )
        ]

    def __str__(self) -> str:
        return self.get_quiet_display()
