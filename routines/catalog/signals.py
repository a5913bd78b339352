"""What follows from a new version of the catalog: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `version` (CatalogVersion) and `at`.
catalog_published = Signal()
