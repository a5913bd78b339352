import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.record.stored_forms import LetterContent
from practice.sealed.field import SealedField, seal_bytes, unseal_bytes
from practice.tenancy.scoping import TenantQuerySet


class ClearanceQuerySet(TenantQuerySet["Clearance"]):
    practice_path = "client__practice"

    def counting(self) -> Self:
        """Verified and not withdrawn; whether one clears a rule today, the engine decides by its dates."""
        return self.filter(verified_at__isnull=False, withdrawn_at=None)

    def undecided(self) -> Self:
        """Sent, and neither verified nor refused yet."""
        return self.filter(verified_at=None, rejected_at=None, withdrawn_at=None)


class Clearance(models.Model):
    """A professional's letter. Counts for nothing until a therapist has verified it against named rules."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="clearances", verbose_name=_("client")
    )
    content: "models.Field[LetterContent, LetterContent]" = SealedField(_("what it covers"), default=dict)
    #: Empty until the letter has been read by a therapist.
    issued_on = models.DateField(_("issued on"), null=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("sent by")
    )
    #: Made with the empty form, so that pressing twice keeps one letter.
    form_key = models.UUIDField(null=True, editable=False)
    verified_at = models.DateTimeField(_("verified"), null=True)
    verified_by = models.ForeignKey(
        "practice.Member", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("verified by")
    )
    rejected_at = models.DateTimeField(_("not accepted"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    #: The last day on which it clears all its rules, and the version of the rules that says so.
    ends_on = models.DateField(_("ends on"), null=True)
    ends_by = models.ForeignKey(
        "clients.QuestionnaireVersion", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    #: A later letter covers the same rules, so nobody has to be warned of this one's end.
    is_renewed = models.BooleanField(default=False)
    warned_at = models.DateTimeField(_("client warned of the end"), null=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ["-recorded_at", "pk"]
        constraints = [models.UniqueConstraint("client", "form_key", name="one_letter_per_form")]
        indexes = [models.Index(fields=["ends_on"], name="letter_ends", condition=models.Q(withdrawn_at=None))]

    def __str__(self) -> str:
        return f"{self.issued_on or self.recorded_at.date()}"

    @property
    def is_undecided(self) -> bool:
        return self.verified_at is None and self.rejected_at is None and self.withdrawn_at is None


class ClearanceFileQuerySet(TenantQuerySet["ClearanceFile"]):
    practice_path = "letter__client__practice"


class ClearanceFile(models.Model):
    """The letter's file, encrypted. In the database, so that it comes, goes and is backed up with its row.

    A row of its own, which no list of letters ever reads. Its key is the letter's, and the seal is bound to that key.
    """

    letter = models.OneToOneField(
        Clearance, on_delete=models.CASCADE, primary_key=True, related_name="file", verbose_name=_("letter")
    )
    content_type = models.CharField(_("kind"), max_length=40)
    size = models.PositiveIntegerField(_("bytes"))
    sealed = models.BinaryField(_("sealed bytes"))

    objects = ClearanceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter's file")
        verbose_name_plural = _("letters' files")

    def __str__(self) -> str:
        return f"{self.letter_id}"

    @property
    def place(self) -> str:
        return f"{self._meta.db_table}|sealed|{self.letter_id}"

    def close(self, data: bytes) -> None:
        """Seal `data` to this letter. The caller saves."""
        self.size, self.sealed = len(data), seal_bytes(data, self.place)

    def open(self) -> bytes:
        """The file as it was sealed. Raises SealBroken."""
        return unseal_bytes(bytes(self.sealed), self.place)
