import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


class FollowUpQuerySet(TenantQuerySet["FollowUp"]):
    practice_path = "client__practice"


class FollowUp(models.Model):
    """One thing that somebody of the practice did. Only added to: two people who act at once both stand here."""

    class Kind(models.TextChoices):
        CALLED = "called", _("Called")
        TOLD = "told", _("Told")
        ASKED_AGAIN = "asked_again", _("Asked again")
        LOOK_AGAIN = "look_again", _("Look again")
        WAITS_FOR_LETTER = "waits", _("Waits for a letter")
        TAKEN_UP = "taken_up", _("Taken up again")

    #: After these the client knows of it.
    REACHED = (Kind.CALLED, Kind.TOLD)
    #: The last of these says whether it rests.
    RESTING = (Kind.LOOK_AGAIN, Kind.WAITS_FOR_LETTER, Kind.TAKEN_UP)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="follow_ups", verbose_name=_("client")
    )
    #: The key of the screening or of the notice that the person had before them: rooms above know what it is.
    about = models.UUIDField(_("about"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    note: "models.Field[str, str]" = SealedField(_("note"), default=str)
    #: LOOK_AGAIN: the first day on which it stands there again, on the practice's clocks.
    until = models.DateField(_("look again on"), null=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey("practice.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="look_again") ^ models.Q(until=None), name="only_look_again_has_a_day"
            )
        ]
        indexes = [models.Index(fields=["about", "-at"], name="follow_up_about")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.get_kind_display()}"
