import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.questionnaire.local_rules_document import LocalRulesDocument
from practice.audit.models import AppendOnly
from practice.tenancy.scoping import TenantQuerySet


class PracticeRulesQuerySet(TenantQuerySet["PracticeRules"]):
    def update(self, **kwargs: object) -> int:
        raise AppendOnly("A practice's rules are never changed; the next row holds the next state.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A practice's rules are never removed.")


class PracticeRules(models.Model):
    """What one practice adds to the shared rules, from this moment until the next row. Screenings point at theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey("practice.Practice", on_delete=models.PROTECT, related_name="rules")
    number = models.PositiveIntegerField(_("number"))
    #: Has the form of clients/questionnaire/local_rules.py.
    document: "models.Field[LocalRulesDocument, LocalRulesDocument]" = models.JSONField(_("own rules and figures"))
    digest = models.CharField(_("digest"), max_length=64)
    #: What this row changed, in words.
    change = models.CharField(_("change"), max_length=300)
    by = models.ForeignKey("practice.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = PracticeRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice's rules")
        verbose_name_plural = _("practices' rules")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="one_practice_rules_per_number")]

    def __str__(self) -> str:
        return str(self.number)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("A practice's rules are never changed; the next row holds the next state.")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly("A practice's rules are never removed.")
