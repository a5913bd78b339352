from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from practice.audit.models import AppendOnly

if TYPE_CHECKING:
    from routines.catalog.models import CatalogVersion  # noqa: F401 - in quotes below


class CatalogVersionQuerySet(models.QuerySet["CatalogVersion"]):
    """Plans and screenings point at the version they were checked against, so none may change or go."""

    def update(self, **kwargs: object) -> int:
        raise AppendOnly("Catalog versions are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Catalog versions are never removed.")
