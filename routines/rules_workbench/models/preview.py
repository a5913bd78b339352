import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RulePreview(models.Model):
    """How far the effect of a draft on running plans has been worked out. Numbers only; thrown away with the draft."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey("clients.QuestionnaireDraft", on_delete=models.CASCADE, related_name="previews")
    draft_revision = models.PositiveIntegerField(_("revision of the draft"))
    against = models.ForeignKey("clients.QuestionnaireVersion", on_delete=models.PROTECT, related_name="+")
    #: The last client looked at; the next batch begins after it.
    after = models.UUIDField(_("looked at up to"), null=True)
    clients_seen = models.PositiveIntegerField(_("clients looked at"), default=0)
    clients_total = models.PositiveIntegerField(_("clients to look at"))
    #: {practice: the fields of routines.rules_workbench.preview.Effect}
    counts = models.JSONField(_("numbers"), default=dict)
    begun_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("preview of rules")
        verbose_name_plural = _("previews of rules")

    def __str__(self) -> str:
        return f"{self.draft_id} {self.clients_seen}/{self.clients_total}"
