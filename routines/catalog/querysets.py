from __future__ import annotations

from django.db import models

from practice.audit.models import AppendOnly


class CatalogEntryQuerySet(models.QuerySet):
    def in_use(self) -> CatalogEntryQuerySet:
        return self.filter(retired_at__isnull=True)

    def retired(self) -> CatalogEntryQuerySet:
        return self.filter(retired_at__isnull=False)


class CatalogVersionQuerySet(models.QuerySet):
    """Plans and screenings point at the version they were checked against, so none may change or go."""

    def update(self, **kwargs: object) -> int:
        raise AppendOnly("Catalog versions are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Catalog versions are never removed.")
