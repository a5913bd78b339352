from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.record.stored_forms import StoredAnswers
from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


class DayAnswersQuerySet(TenantQuerySet["DayAnswers"]):
    practice_path = "client__practice"


class DayAnswers(models.Model):
    """What a client last answered before a session; each session's own answers are in its log."""

    client = models.OneToOneField(
        "clients.Client",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="day_answers",
        verbose_name=_("client"),
    )
    answers: "models.Field[StoredAnswers, StoredAnswers]" = SealedField(_("answers"), default=dict)
    given_at = models.DateTimeField(_("given"))
    #: The client's local day on which every question was last written out and gone through.
    whole_list_on = models.DateField(_("whole list gone through on"), null=True, blank=True)

    #: Until when they forbid every routine, where that ends by itself; what waits to be sent asks for it.
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)

    objects = DayAnswersQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers before a session")
        verbose_name_plural = _("answers before sessions")

    def __str__(self) -> str:
        return f"{self.given_at:%Y-%m-%d}"
