"""What the catalog's rows say, for tests that compare it with a document."""

from typing import Any

from routines.catalog.canonical import document_of_rows
from routines.catalog.versions import stored_rows


def stored_document() -> dict[str, Any]:
    """The canonical document of the entries in use."""
    return document_of_rows(stored_rows())
