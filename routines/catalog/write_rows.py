"""Checking that rows fit the database, and writing one with what hangs from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from practice.core.yaml_documents import Fault
from practice.tenancy.models import User
from routines.catalog.canonical import SHEETS, Rows
from routines.catalog.import_rows import Child, Row, Sheet
from routines.catalog.parse import CatalogFaulty


def check_text(document: Mapping[str, Any], *, file: str) -> None:
    """Refuse characters that PostgreSQL cannot keep, so that both databases accept the same files."""
    faults = [
        Fault(file, f"{section}[{index}] {entry.get('slug', '')}".rstrip(), "", _("A character here cannot be stored."))
        for section, entries in document.items()
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries])
        if not isinstance(entry, str | int) and not _storable(entry)
    ]
    if faults or not _storable(document):
        raise CatalogFaulty(faults or [Fault(file, "", "", _("A character here cannot be stored."))])


def _storable(value: Any) -> bool:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


def check_rows(rows: Rows, *, file: str) -> None:
    """Raise CatalogFaulty naming each row that the database would refuse: too long, out of range, twice."""
    faults: list[Fault] = []
    for section, sheet in SHEETS.items():
        seen: set[str] = set()
        for index, row in enumerate(rows[section]):
            slug = row.columns.get("slug", "")
            entry = f"{section}[{index}] {slug}".rstrip()
            if slug in seen:
                faults.append(Fault(file, entry, "slug", _("This name is used twice; every entry needs its own.")))
            seen.add(slug) if slug else None
            faults += [Fault(file, place, field, message) for place, field, message in _row_faults(sheet, row, entry)]
    if faults:
        raise CatalogFaulty(faults)


def _row_faults(sheet: Sheet, row: Row, entry: str) -> Iterator[tuple[str, str, str]]:
    instance = sheet.model(**row.columns)
    links = {item.name for item in sheet.model._meta.fields if item.is_relation}
    try:
        instance.clean_fields(exclude=links)
    except ValidationError as refusal:
        for column, messages in refusal.message_dict.items():
            yield entry, _key_of(sheet, column), " ".join(messages)
    for name, low, high in sheet.ranges():
        if None not in (row.columns[low], row.columns[high]) and row.columns[low] > row.columns[high]:
            yield entry, name, _("The smallest value is above the greatest.")
    for child in sheet.children:
        named = _names_of(child)
        seen: set[Any] = set()
        for index, item in enumerate(row.children[child.relation]):
            place = f"{entry} > {child.key}[{index}]"
            key = tuple(item.columns[column] for column in named)
            if named and key in seen:
                yield place, named[0].removesuffix("_id"), _("This is listed twice.")
            seen.add(key)
            yield from _row_faults(child.sheet, item, place)


def _names_of(child: Child) -> tuple[str, ...]:
    """The columns that tell the parent's children apart."""
    for rule in child.sheet.model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint):
            columns = [child.sheet.model._meta.get_field(name).attname for name in rule.fields[1:]]  # type: ignore[union-attr]
            return tuple(columns)
    return ()


def _key_of(sheet: Sheet, column: str) -> str:
    return next((part.key for part in sheet.parts if column in part.read({})), column)


def write_row(sheet: Sheet, instance: Any, row: Row, *, at: datetime, by: User | None) -> None:
    """Change one row with its links and children; one line of history."""
    for column, value in _columns(sheet, row).items():
        setattr(instance, column, value)
    if hasattr(instance, "retired_at"):
        instance.retired_at = None
    save_with_history(instance, at=at, by=by, reason=_("Loaded"))
    for attribute, slugs in row.links.items():
        getattr(instance, attribute).set(slugs)
    for child in sheet.children:
        # Nothing refers to children by name, so the list is written anew.
        getattr(instance, child.relation).all().delete()
        _write_children(child, [(instance, row.children[child.relation])])


def write_new_rows(sheet: Sheet, rows: list[Row], *, at: datetime, by: User | None) -> None:
    """Insert rows with their links and children in a few statements; a line of history each."""
    made = [sheet.model(**_columns(sheet, row)) for row in rows]
    if hasattr(sheet.model, "history"):
        bulk_create_with_history(made, sheet.model, default_user=by, default_change_reason=_("Loaded"), default_date=at)
    else:
        sheet.model._default_manager.bulk_create(made)
    for attribute, _section in sheet.links:
        field = sheet.model._meta.get_field(attribute)
        near, far = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"  # type: ignore[union-attr]
        through = field.remote_field.through  # type: ignore[union-attr]
        through.objects.bulk_create(
            through(**{near: row.columns["slug"], far: slug}) for row in rows for slug in row.links[attribute]
        )
    for child in sheet.children:
        parents = zip(made, rows, strict=True)
        _write_children(child, [(parent, row.children[child.relation]) for parent, row in parents])


def _write_children(child: Child, families: list[tuple[models.Model, list[Row]]]) -> None:
    parent_name = child.sheet.model._meta.get_field(_parent_field(child)).name
    made, rows = [], []
    for parent, items in families:
        for item in items:
            made.append(child.sheet.model(**{parent_name: parent}, **_columns(child.sheet, item)))
            rows.append(item)
    child.sheet.model._default_manager.bulk_create(made)
    for grandchild in child.sheet.children:
        pairs = zip(made, rows, strict=True)
        _write_children(grandchild, [(parent, row.children[grandchild.relation]) for parent, row in pairs])


def _parent_field(child: Child) -> str:
    """The child's foreign key to its parent, found by the name that the parent has for its children."""
    for field in child.sheet.model._meta.fields:
        if field.remote_field and field.remote_field.related_name == child.relation:
            return field.name
    raise LookupError(child.relation)


def _columns(sheet: Sheet, row: Row) -> dict[str, Any]:
    return {**row.columns, **({"sequence": row.sequence} if sheet.numbered else {})}


def refused_by_database(refusal: IntegrityError, sheet: Sheet, *, file: str, entry: str) -> CatalogFaulty:
    """What a constraint says, as a fault of the entry that broke it."""
    sheets = [sheet, *(child.sheet for child in sheet.children)]
    sheets += [grandchild.sheet for child in sheet.children for grandchild in child.sheet.children]
    rules = {rule.name: rule for each in sheets for rule in each.model._meta.constraints}
    broken = next((rule for name, rule in rules.items() if name in str(refusal)), None)
    message = str(broken.get_violation_error_message()) if broken else _("The database refuses this entry.")
    return CatalogFaulty([Fault(file, entry, broken.name if broken else "", message)])


def save_with_history(instance: Any, *, at: datetime, by: User | None, reason: str) -> None:
    instance._history_user = by
    instance._history_date = at
    instance._change_reason = reason
    instance.save()
