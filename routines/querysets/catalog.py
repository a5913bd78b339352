from __future__ import annotations

from django.db import models


class CatalogEntryQuerySet(models.QuerySet):
    def in_use(self) -> CatalogEntryQuerySet:
        return self.filter(retired_at__isnull=True)

    def retired(self) -> CatalogEntryQuerySet:
        return self.filter(retired_at__isnull=False)
