"""The whole catalog document as rows, and rows as the whole document in its one canonical spelling."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from routines.catalog.columns import MERIDIANS, OBSERVATIONS, PREFACE, SECTIONS
from routines.catalog.import_rows import Row, Sheet, read_row, write_entry

#: Every sheet by the name that faults and reports use for it.
SHEETS: dict[str, Sheet] = {
    "preface": PREFACE,
    **SECTIONS,
    "observation_options": OBSERVATIONS,
    "meridians > named": MERIDIANS,
}
Rows = dict[str, list[Row]]


def rows_of_document(document: Mapping[str, Any]) -> Rows:
    """The rows that a document asks for. The document must have passed `parse_catalog`."""
    positions = {
        section: {entry.get("slug") or entry.get("id"): index for index, entry in enumerate(document[section])}
        for section in SECTIONS
    }
    preface = read_row(PREFACE, document, 0, positions)
    preface.columns["meridians_sources"] = [dict(document["meridians"]["source"])]
    return {
        "preface": [preface],
        **{
            section: [read_row(sheet, entry, index, positions) for index, entry in enumerate(document[section])]
            for section, sheet in SECTIONS.items()
        },
        "observation_options": [
            read_row(OBSERVATIONS, _group_entry(slug, options), index, positions)
            for index, (slug, options) in enumerate(document["observation_options"].items())
        ],
        "meridians > named": [
            read_row(MERIDIANS, entry, index, positions) for index, entry in enumerate(document["meridians"]["named"])
        ],
    }


def document_of_rows(rows: Rows) -> dict[str, Any]:
    preface = write_entry(PREFACE, rows["preface"][0])
    meridians = preface.pop("meridians", {})
    meridians["named"] = [write_entry(MERIDIANS, row) for row in rows["meridians > named"]]
    sources = rows["preface"][0].columns["meridians_sources"]
    if sources:
        meridians["source"] = dict(sources[0])
    return {
        **preface,
        **{section: [write_entry(sheet, row) for row in rows[section]] for section, sheet in SECTIONS.items()},
        "observation_options": dict(_group_of_row(row) for row in rows["observation_options"]),
        "meridians": meridians,
    }


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same catalog in the one spelling that is stored and compared: defaults left out, counts as ranges."""
    return document_of_rows(rows_of_document(document))


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical document, the same whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _group_entry(slug: str, options: Any) -> dict[str, Any]:
    named = {"slug": slug, "name": slug.replace("_", " ").capitalize()}
    return {**named, **options} if isinstance(options, Mapping) else {**named, "options": options}


def _group_of_row(row: Row) -> tuple[str, Any]:
    entry = write_entry(OBSERVATIONS, row)
    slug = entry.pop("slug")
    entry.pop("name")
    return slug, entry if "items" in entry else entry.get("options", [])
