import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.audit.models import AppendOnly
from practice.core.yaml_documents import YamlEntry

#: What may still be written on a published version: a clinician's name under it.
SIGNING = frozenset({"signed_off_by", "signed_off_at", "sign_off_recorded_by"})


class QuestionnaireQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def update(self, **kwargs: object) -> int:
        raise AppendOnly("Questionnaire versions are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Questionnaire versions are never removed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise AppendOnly("Questionnaire versions are never changed.")


class QuestionnaireVersion(models.Model):
    """One version of the questions and rules. A published version never changes; screenings point at theirs.

    `document` has the form of clients/questionnaire/data/screening.yaml; clients/questionnaire/parse.py reads it into
    types.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("number"), unique=True)
    document: "models.Field[YamlEntry, YamlEntry]" = models.JSONField(_("questions and rules"))
    digest = models.CharField(_("digest"), max_length=64, db_index=True)
    created_at = models.DateTimeField(_("made"))
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    #: The stored cases, by name, that failed when it was published, and why it was published all the same.
    failing_cases = models.JSONField(_("failing cases"), default=list)
    reason = models.TextField(_("reason for publishing with failing cases"), blank=True)
    #: Empty until a clinician signs the rules off; pages show "draft rules" until then.
    signed_off_by = models.CharField(_("signed off by"), max_length=200, blank=True)
    signed_off_at = models.DateTimeField(_("signed off"), null=True)
    sign_off_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire version")
        verbose_name_plural = _("questionnaire versions")
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding and not (update_fields and SIGNING.issuperset(update_fields)):
            raise AppendOnly("Questionnaire versions are never changed.")
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Questionnaire versions are never removed.")


class QuestionnaireDraft(models.Model):
    """Questions and rules that somebody is working on. Screens nobody; publishing makes a version of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("what it is for"), max_length=120)
    document: "models.Field[YamlEntry, YamlEntry]" = models.JSONField(_("questions and rules"))
    based_on = models.ForeignKey(
        QuestionnaireVersion, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun from")
    )
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    #: Counts saves; a save that carries an older number is refused and shown the newer draft.
    revision = models.PositiveIntegerField(_("revision"), default=0)

    class Meta:
        verbose_name = _("questionnaire draft")
        verbose_name_plural = _("questionnaire drafts")
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return self.title
