from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from routines.catalog.querysets import CatalogEntryQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def low_to_high(low: str, high: str, name: str) -> models.CheckConstraint:
    """A range whose ends are in order; an end that no source gives is NULL and passes."""
    return models.CheckConstraint(
        condition=Q(**{f"{high}__gte": F(low)}),
        name=name,
        violation_error_message=_("The smallest value is above the greatest."),
    )


def wording(label: StrOrPromise, **options: Any) -> models.TextField:
    return models.TextField(label, blank=True, default="", **options)


def listing(label: StrOrPromise, **options: Any) -> models.JSONField:
    return models.JSONField(label, blank=True, default=list, **options)


class HomePlanDefault(models.TextChoices):
    ON = "on", _("offered in home plans")
    OFF = "off", _("off in home plans")


class Side(models.TextChoices):
    LEFT = "left", _("left")
    RIGHT = "right", _("right")
    BOTH = "both", _("both feet")
    AFFECTED = "affected", _("the foot the client reports")
    NONE = "none", _("no side")


class CatalogEntry(models.Model):
    """One named thing of the catalog. Its slug is what rules, plans and files call it, and never changes.

    Entries are retired, never deleted, so that a plan of last year can still be read.
    """

    slug = models.SlugField(_("slug"), max_length=64, primary_key=True)
    name = models.CharField(_("name"), max_length=300)
    sequence = models.PositiveIntegerField(_("order"), default=0, db_index=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    sources = listing(_("sources"), help_text=_("Source file and heading of each statement."))

    history = HistoricalRecords(inherit=True)
    objects = CatalogEntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sequence", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def source(self) -> dict[str, str]:
        """The first source: `file`, `heading` and sometimes `note`; empty where the file names none."""
        return self.sources[0] if self.sources else {}
