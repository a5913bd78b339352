import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionnaireQuerySet(models.QuerySet):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)


class QuestionnaireVersion(models.Model):
    """One version of the questions and rules. A published version never changes; screenings point at theirs.

    `document` has the form of clients/data/screening.yaml; clients/questionnaire.py reads it into types.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("number"), unique=True)
    document = models.JSONField(_("questions and rules"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    #: Empty until a clinician signs the rules off; pages show "draft rules" till then.
    signed_off_by = models.CharField(_("signed off by"), max_length=200, blank=True)
    signed_off_at = models.DateTimeField(_("signed off"), null=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        verbose_name_plural = _("questionnaire versions")
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)
