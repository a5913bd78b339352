"""The whole catalog document as rows, and rows as the whole document in its one canonical spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from practice.core.yaml_documents import YamlEntry
from routines.catalog.columns import MERIDIANS, OBSERVATIONS, PREFACE, SECTIONS
from routines.catalog.import_rows import Row, Sheet, read_row, write_entry

#: Every sheet by the name that faults and reports use for it.
SHEETS: dict[str, Sheet] = {
    "preface": PREFACE,
    **SECTIONS,
    "observation_options": OBSERVATIONS,
    "meridians > named": MERIDIANS,
}
COLUMNS = {
    (sheet.model, column.name): column for top in SHEETS.values() for sheet in top.family() for column in sheet.columns
}
Rows = dict[str, list[Row]]


def rows_of_document(document: YamlEntry) -> Rows:
    """The rows that a document asks for. The document must have passed `parse_catalog`."""
    checked = cast("dict[str, Any]", document)
    entries = {
        "preface": [checked],
        **{section: checked[section] for section in SECTIONS},
        "observation_options": [_group_entry(slug, group) for slug, group in checked["observation_options"].items()],
        "meridians > named": checked["meridians"]["named"],
    }
    positions = {
        sheet.model: {entry.get("slug") or entry.get("id"): index for index, entry in enumerate(entries[section])}
        for section, sheet in SHEETS.items()
    }
    return {
        section: [read_row(sheet, entry, index, positions) for index, entry in enumerate(entries[section])]
        for section, sheet in SHEETS.items()
    }


def document_of_rows(rows: Rows) -> YamlEntry:
    written: dict[str, Any] = {
        section: [write_entry(sheet, row) for row in rows[section]] for section, sheet in SHEETS.items()
    }
    preface, meridians = written.pop("preface")[0], written.pop("meridians > named")
    groups = dict(map(_group_of_entry, written.pop("observation_options")))
    preface["meridians"]["named"] = meridians
    return {**preface, **written, "observation_options": groups}


def canonical(document: YamlEntry) -> YamlEntry:
    """The same catalog in the one spelling that is stored and compared: defaults left out, counts as ranges."""
    return document_of_rows(rows_of_document(document))


def _group_entry(slug: str, options: Any) -> dict[str, Any]:
    named = {"slug": slug, "name": slug.replace("_", " ").capitalize()}
    return {**named, **options} if isinstance(options, Mapping) else {**named, "options": options}


def _group_of_entry(entry: dict[str, Any]) -> tuple[str, Any]:
    slug = entry.pop("slug")
    entry.pop("name")
    return slug, entry if "items" in entry else entry.get("options", [])
