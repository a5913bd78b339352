"""The zone catalog kept in the database: load a file, publish an edit, read it back whole.

Every change ends in a new CatalogVersion that holds the whole document, or changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from practice.audit import audit
from practice.core.digest import digest_of
from practice.core.yaml_documents import YamlEntry, read_document
from practice.tenancy.models import User
from routines.catalog.canonical import SHEETS, Rows, document_of_rows, rows_of_document
from routines.catalog.client_texts import refuse_claims
from routines.catalog.import_rows import Row, Sheet, row_of
from routines.catalog.models import CatalogPreface, CatalogVersion, PressureLevel
from routines.catalog.models.base import CatalogEntry
from routines.catalog.parse import CatalogFaulty, parse_catalog
from routines.catalog.signals import catalog_published
from routines.catalog.types import Catalog
from routines.catalog.write_rows import check_rows, refused_by_database, save_with_history, write_new_rows, write_row

Progress = Callable[[str, int], None]


class CatalogMissing(LookupError):
    """No catalog has been loaded yet."""


class EntryInUse(ValueError):
    """The entry cannot be retired because others still name it; `faults` says which ones."""

    def __init__(self, faults: tuple[Any, ...]) -> None:
        super().__init__("\n".join(fault.message for fault in faults))
        self.faults = faults


@dataclass
class CatalogChange:
    """What a load or an edit did: counts by section, and the version that is now current."""

    version: CatalogVersion | None = None
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    retired: Counter[str] = field(default_factory=Counter)
    is_new_version: bool = False

    def __bool__(self) -> bool:
        return self.is_new_version or bool(self.added or self.changed or self.retired)


def load_catalog(
    source: Path | YamlEntry,
    *,
    at: datetime,
    by: User | None = None,
    file: str = "",
    note: str = "",
    progress: Progress | None = None,
) -> CatalogChange:
    """Make the catalog what the document says; entries that it does not name are retired.

    Raises DocumentFaulty (CatalogFaulty where the content is at fault, a health claim to clients included) naming
    file, entry and field, and then nothing has changed. The same document twice changes nothing the second time.
    """
    file = file or (source.name if isinstance(source, Path) else _("catalog"))
    document = read_document(source) if isinstance(source, Path) else source
    refuse_claims(parse_catalog(document, file=file), file=file)
    rows = rows_of_document(cast("YamlEntry", document))  # or it would not have been read as a catalog
    check_rows(rows, file=file)
    with transaction.atomic():
        _take_turns()
        change = _write_rows(rows, file=file, at=at, by=by, progress=progress)
        _record_version(change, document_of_rows(rows), at=at, by=by, note=note or file)
    return change


@transaction.atomic
def publish_catalog_edit(*, at: datetime, by: User | None, note: str = "") -> CatalogChange:
    """Make a version of rows that were just edited in this transaction.

    Raises CatalogFaulty when the catalog as a whole no longer holds together, or clients would read a health claim; the
    caller's transaction must then be rolled back, which undoes the edit.
    """
    _take_turns()
    document = export_document()
    refuse_claims(parse_catalog(document, file=""), file="", in_force=_catalog_in_force)
    check_rows(rows_of_document(document), file="")
    change = CatalogChange()
    _record_version(change, document, at=at, by=by, note=note)
    return change


@transaction.atomic
def retire_entry(entry: CatalogEntry, *, at: datetime, by: User | None) -> CatalogChange:
    """Take an entry out of use. Raises EntryInUse while another entry in use names it."""
    entry.retired_at = at
    return _save_in_use(entry, at=at, by=by, reason=_("Retired"))


@transaction.atomic
def restore_entry(entry: CatalogEntry, *, at: datetime, by: User | None) -> CatalogChange:
    """Bring a retired entry back. Raises EntryInUse when it names one that is retired."""
    entry.retired_at = None
    return _save_in_use(entry, at=at, by=by, reason=_("Brought back"))


def export_document() -> YamlEntry:
    """The canonical document of the entries in use, which changes nothing when it is loaded again.

    A fixed number of queries. Raises CatalogMissing before the first load.
    """
    rows = {section: [row_of(sheet, kept) for kept in _stored(sheet, in_use=True)] for section, sheet in SHEETS.items()}
    if not rows["preface"]:
        raise CatalogMissing
    return document_of_rows(rows)


def current_version() -> CatalogVersion:
    """The latest version without its document, in one query. Raises CatalogMissing before the first load."""
    version = CatalogVersion.objects.defer("document").first()
    if version is None:
        raise CatalogMissing(
            _("Load the starter catalog first: manage.py load_catalog routines/catalog/data/catalog.yaml")
        )
    return version


def current_catalog() -> Catalog:
    """The catalog in use. One small query; parsed once per version and process."""
    version = current_version()
    return _parsed(version.pk, version.digest)


def _catalog_in_force() -> Catalog | None:
    latest = CatalogVersion.objects.defer("document").first()
    return catalog_of(latest) if latest else None


def catalog_of(version: CatalogVersion) -> Catalog:
    """The catalog as it stood at that version."""
    return _parsed(version.pk, version.digest)


# The digest is part of the key so that a number used again after a rollback finds no stale catalog.
@lru_cache(maxsize=8)
def _parsed(number: int, digest: str) -> Catalog:
    document = CatalogVersion.objects.values_list("document", flat=True).get(pk=number)
    return parse_catalog(document, file=_("catalog version %(number)s") % {"number": number})


def _take_turns() -> None:
    """Two edits at once would each export a document without the other's change."""
    CatalogPreface.objects.select_for_update().filter(pk=1).first()


def _stored(sheet: Sheet, *, in_use: bool) -> models.QuerySet[Any]:
    found = sheet.model._default_manager.prefetch_related(*sheet.prefetches())
    if not issubclass(sheet.model, CatalogEntry):
        return found
    found = found.order_by("sequence", "slug")
    return found.filter(retired_at__isnull=True) if in_use else found


def _write_rows(rows: Rows, *, file: str, at: datetime, by: User | None, progress: Progress | None) -> CatalogChange:
    change = CatalogChange()
    for section, sheet in SHEETS.items():
        _write_section(section, sheet, rows[section], change, file=file, at=at, by=by)
        if progress:
            progress(section, len(rows[section]))
    return change


def _write_section(
    section: str, sheet: Sheet, rows: list[Row], change: CatalogChange, *, file: str, at: datetime, by: User | None
) -> None:
    stored = {instance.pk: instance for instance in _stored(sheet, in_use=False)}
    wanted = {row.columns.get("slug", 1): row for row in rows}
    pairs = [(stored.get(slug), row) for slug, row in wanted.items()]
    touched = [(old, row) for old, row in pairs if old is None or _is_retired(old) or row_of(sheet, old) != row]
    if sheet.model is PressureLevel:
        # Two levels may trade ranks; out of use for a moment, neither holds one.
        PressureLevel.objects.filter(pk__in=[old.pk for old, _row in touched if old]).update(retired_at=at)
    new = [row for old, row in touched if old is None]
    _write_new(section, sheet, new, file=file, at=at, by=by)
    for old, row in touched:
        if old is not None:
            with _fault_named(section, sheet, row, file=file):
                write_row(sheet, old, row, at=at, by=by)
        (change.changed if old else change.added)[section] += 1
    for slug, old in stored.items():
        if slug not in wanted and not _is_retired(old):
            old.retired_at = at
            save_with_history(old, at=at, by=by, reason=_("Not in the file any more"))
            change.retired[section] += 1
    moved = [old for old, row in pairs if old and sheet.is_numbered and old.sequence != row.sequence]
    for old in moved:
        old.sequence = wanted[old.pk].sequence
    if moved:
        sheet.model._default_manager.bulk_update(moved, ["sequence"])


def _write_new(section: str, sheet: Sheet, rows: list[Row], *, file: str, at: datetime, by: User | None) -> None:
    try:
        with transaction.atomic():
            write_new_rows(sheet, rows, at=at, by=by)
    except IntegrityError:
        # Once more, one at a time, to name the row at fault.
        for row in rows:
            with _fault_named(section, sheet, row, file=file):
                write_new_rows(sheet, [row], at=at, by=by)


@contextmanager
def _fault_named(section: str, sheet: Sheet, row: Row, *, file: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as refusal:
        entry = f"{section}[{row.sequence}] {row.columns.get('slug', '')}".rstrip()
        raise refused_by_database(refusal, sheet, file=file, entry=entry) from refusal


def _record_version(
    change: CatalogChange, document: dict[str, Any], *, at: datetime, by: User | None, note: str
) -> None:
    digest = digest_of(document)
    latest = CatalogVersion.objects.defer("document").first()
    if latest and latest.digest == digest:
        change.version = latest
        return
    change.version = CatalogVersion.objects.create(
        created_at=at, created_by=by, digest=digest, note=note[:300], document=document
    )
    change.is_new_version = True
    audit.record(by or "load_catalog", "catalog.changed", change.version)
    catalog_published.send(CatalogVersion, version=change.version, at=at)


def _is_retired(instance: models.Model) -> bool:
    return getattr(instance, "retired_at", None) is not None


def _save_in_use(entry: CatalogEntry, *, at: datetime, by: User | None, reason: str) -> CatalogChange:
    save_with_history(entry, at=at, by=by, reason=reason)
    try:
        return publish_catalog_edit(at=at, by=by, note=f"{reason}: {entry.name}")
    except CatalogFaulty as refusal:
        raise EntryInUse(refusal.faults) from refusal
