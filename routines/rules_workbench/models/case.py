import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ScreeningCase(models.Model):
    """An invented client on one day with a plan, and what screening has to find: what new rules are held against."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    #: As in routines/rules_workbench/data/cases, complete in itself: {"today", "answers", "answer_dates", "clearances", "plan"}.
    case = models.JSONField(_("case"))
    #: {"overall", "urgency", "findings", "step_states", "releasable"}; parts left out are not compared.
    expected = models.JSONField(_("expected"))
    is_active = models.BooleanField(_("counts"), default=True)
    created_at = models.DateTimeField(_("made"))
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    #: Counts saves; a save that carries an older number is refused.
    revision = models.PositiveIntegerField(_("revision"), default=0)

    class Meta:
        verbose_name = _("screening case")
        verbose_name_plural = _("screening cases")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
