import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.record.stored_forms import StoredAnswers
from clients.screening.guardianship import GuardianSignature
from practice.sealed.field import SealedField
from practice.tenancy.scoping import TenantQuerySet


class IntakeQuerySet(TenantQuerySet["Intake"]):
    practice_path = "client__practice"

    def submitted(self) -> Self:
        return self.filter(submitted_at__isnull=False)

    def in_progress(self) -> Self:
        return self.filter(submitted_at=None)


class Intake(models.Model):
    """One client's answers to one version of the questionnaire. After signing it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="intakes", verbose_name=_("client")
    )
    questionnaire = models.ForeignKey("clients.QuestionnaireVersion", on_delete=models.PROTECT, related_name="intakes")
    invitation = models.ForeignKey("clients.Invitation", null=True, on_delete=models.SET_NULL, related_name="intakes")
    answers: "models.Field[StoredAnswers, StoredAnswers]" = SealedField(_("answers"), default=dict)
    #: Groups that the person saved, so that an unanswered one is never taken for a "no".
    groups_saved = models.JSONField(_("sections saved"), default=list)
    #: Counts saves; a save that carries an older number is shown the newer answers instead of replacing them.
    revision = models.PositiveIntegerField(_("revision"), default=0)
    begun_at = models.DateTimeField(_("begun"))
    saved_at = models.DateTimeField(_("last saved"))
    submitted_at = models.DateTimeField(_("signed and sent"), null=True)
    signature = SealedField(_("signature"), null=True)
    #: The parent or guardian who signed: a person of their own, who signs in to read the copy.
    guardian = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("guardian")
    )
    #: The guardian's copy came back: nobody grown-up knows of these answers.
    guardian_unreached_at = models.DateTimeField(_("guardian's copy came back"), null=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(submitted_at=None), name="one_open_intake_per_client"
            ),
        ]
        indexes = [models.Index(fields=["client", "-submitted_at"], name="intake_latest")]

    def __str__(self) -> str:
        return f"{self.client} {self.begun_at:%Y-%m-%d}"

    @property
    def guardian_signature(self) -> GuardianSignature:
        return GuardianSignature(self.guardian_id is not None, self.guardian_unreached_at is not None)

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None
