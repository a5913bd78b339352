import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


class ScreeningQuerySet(TenantQuerySet):
    practice_path = "client__practice"


class ScreeningRecord(models.Model):
    """What the rules said of a client's answers on a day. History: never recomputed, never changed."""

    class Outcome(models.TextChoices):
        CLEAR = "CLEAR", _("Clear")
        CAUTION = "CAUTION", _("Caution")
        RESTRICT = "RESTRICT", _("Restrict")
        INCOMPLETE = "INCOMPLETE", _("Incomplete")
        REFER = "REFER", _("Refer")
        STOP = "STOP", _("Stop")

    RELEASABLE = (Outcome.CLEAR, Outcome.CAUTION, Outcome.RESTRICT)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="screenings", verbose_name=_("client")
    )
    intake = models.ForeignKey(
        "clients.Intake", on_delete=models.PROTECT, related_name="screenings", verbose_name=_("intake")
    )
    questionnaire = models.ForeignKey(
        "clients.QuestionnaireVersion", on_delete=models.PROTECT, related_name="screenings"
    )
    #: What the practice had added to the shared rules by then; None where nothing.
    practice_rules = models.ForeignKey(
        "clients.PracticeRules", null=True, on_delete=models.PROTECT, related_name="screenings"
    )
    made_at = models.DateTimeField(_("made"))
    for_day = models.DateField(_("for the day"))
    cause = models.CharField(
        _("cause"), max_length=40, help_text=_("What made us screen: intake, publish, day questions…")
    )
    overall = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    urgency = models.CharField(_("urgency"), max_length=12, blank=True)
    findings = SealedField(_("findings"), default=list)

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["client", "-made_at"], name="screening_latest")]

    def __str__(self) -> str:
        return f"{self.for_day} {self.get_overall_display()}"
