import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.sealed import SealedField
from practice.tenancy import TenantQuerySet


class ClearanceQuerySet(TenantQuerySet):
    practice_path = "client__practice"


class Clearance(models.Model):
    """A professional's letter. Counts for nothing until a therapist has verified it against named rules."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="clearances", verbose_name=_("client")
    )
    #: {"rules": [rule slugs], "from": "GP", "note": "…"}
    content = SealedField(_("what it covers"), default=dict)
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    verified_at = models.DateTimeField(_("verified"), null=True)
    verified_by = models.ForeignKey(
        "practice.Member", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("verified by")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ["-issued_on"]

    def __str__(self) -> str:
        return f"{self.issued_on}"
