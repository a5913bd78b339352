"""Where Django's admin looks; the pages belong to the catalog."""

from routines.catalog.admin import protocol, reference, reference_notes, zone

__all__ = ["protocol", "reference", "reference_notes", "zone"]
