import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.tenancy.scoping import TenantQuerySet


class AppendOnly(TypeError):
    """Audit lines are written once; nothing changes or removes them."""


class AuditQuerySet(TenantQuerySet):
    def update(self, **kwargs: object) -> int:
        raise AppendOnly("Audit lines are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Audit lines are never removed.")


class AuditEntry(models.Model):
    """Who did what to which record, and when. Never what the record said."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"))
    practice = models.ForeignKey(
        "practice.Practice", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("practice")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    actor = models.CharField(
        _("acting as"), max_length=40, help_text=_("Role, or the job's name when no person acted.")
    )
    action = models.CharField(_("action"), max_length=60)
    subject_type = models.CharField(_("kind of record"), max_length=60)
    subject_id = models.UUIDField(_("record"), default=uuid.uuid4)
    #: Whose health data it is. No foreign key: the line outlives an erased person.
    client_ref = models.UUIDField(_("client"), null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit lines")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["practice", "-id"], name="audit_by_practice"),
            models.Index(fields=["client_ref", "-id"], name="audit_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise AppendOnly("Audit lines are never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Audit lines are never removed.")
