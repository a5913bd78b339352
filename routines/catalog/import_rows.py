"""The catalog document and the catalog's rows, each written in terms of the other.

Own code: the document's entries nest, share ranges and order their lists, which no serializer of Django's does both
ways with nothing lost. A `Sheet` says once where each key of an entry lives, and both directions follow from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models
from django.utils.text import slugify

Entry = Mapping[str, Any]


class Part(Protocol):
    """One key of an entry and the columns that hold it."""

    @property
    def key(self) -> str: ...

    def read(self, entry: Entry) -> dict[str, Any]: ...

    def write(self, columns: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Value:
    """A key that one column holds as it is; left out of the document while it has its default, unless `always`."""

    key: str
    column: str = ""
    default: Any = ""
    always: bool = False

    @property
    def name(self) -> str:
        return self.column or self.key

    def read(self, entry: Entry) -> dict[str, Any]:
        value = entry.get(self.key)
        return {self.name: deepcopy(self.default if value is None else value)}

    def write(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        value = columns[self.name]
        if value == self.default and not self.always:
            return {}
        return {self.key: None if value == "" else deepcopy(value)}


def link(key: str, *, always: bool = False) -> Value:
    return Value(key, f"{key}_id", default=None, always=always)


@dataclass(frozen=True)
class OneSource:
    key: str = "source"

    def read(self, entry: Entry) -> dict[str, Any]:
        return {"sources": [deepcopy(entry[self.key])] if entry.get(self.key) else []}

    def write(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        return {self.key: deepcopy(columns["sources"][0])} if columns["sources"] else {}


@dataclass(frozen=True)
class Range:
    """`{min, max, basis}`; a bare number means both ends. `basis` may have no column."""

    key: str
    low: str
    high: str
    basis: str = ""
    always: bool = False

    def read(self, entry: Entry) -> dict[str, Any]:
        value = entry.get(self.key)
        if not isinstance(value, Mapping):
            value = {"min": value, "max": value}
        columns = {self.low: value.get("min"), self.high: value.get("max")}
        if self.basis:
            columns[self.basis] = value.get("basis") or ""
        return columns

    def write(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        low, high, basis = columns[self.low], columns[self.high], columns.get(self.basis, "")
        if low is None and high is None and not basis and not self.always:
            return {}
        return {self.key: {"min": low, "max": high, **({"basis": basis} if basis else {})}}


def seconds(key: str = "duration_s", prefix: str = "duration", *, always: bool = True) -> Range:
    return Range(key, f"{prefix}_min_s", f"{prefix}_max_s", f"{prefix}_basis", always)


@dataclass(frozen=True)
class Group:
    """A group of keys under one key, left out when all of them are."""

    key: str
    parts: tuple[Part, ...]
    always: bool = False

    def read(self, entry: Entry) -> dict[str, Any]:
        return _read(self.parts, entry.get(self.key) or {})

    def write(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        inner = _write(self.parts, columns)
        return {self.key: inner} if inner or self.always else {}


def _read(parts: tuple[Part, ...], entry: Entry) -> dict[str, Any]:
    return {column: value for part in parts for column, value in part.read(entry).items()}


def _write(parts: tuple[Part, ...], columns: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.write(columns).items()}


def _ranges(parts: tuple[Part, ...]) -> Iterator[tuple[str, str, str]]:
    for part in parts:
        if isinstance(part, Range) and not part.low.endswith("_id"):
            yield part.key, part.low, part.high
        elif isinstance(part, Group):
            yield from ((f"{part.key}.{key}", low, high) for key, low, high in _ranges(part.parts))


@dataclass(frozen=True)
class Child:
    """An ordered list of entries that belong to their parent; `scalar` where each is only a slug."""

    key: str
    relation: str
    sheet: Sheet
    scalar: str = ""
    always: bool = False


@dataclass(frozen=True)
class Sheet:
    """Where each key of one kind of entry lives. `links` are many-to-many fields of the same name as their key."""

    model: type[models.Model]
    parts: tuple[Part, ...]
    links: tuple[tuple[str, str], ...] = ()
    always_links: frozenset[str] = frozenset()
    children: tuple[Child, ...] = ()
    slug_from: str = ""
    numbered: bool = True
    more_columns: tuple[str, ...] = ()

    def ranges(self) -> Iterator[tuple[str, str, str]]:
        """Key, lowest and highest column of each range, also inside groups."""
        yield from _ranges(self.parts)

    def prefetches(self) -> Iterator[str]:
        yield from (attribute for attribute, _section in self.links)
        for child in self.children:
            yield child.relation
            yield from (f"{child.relation}__{path}" for path in child.sheet.prefetches())


@dataclass
class Row:
    """One row to be, with what hangs from it; equal rows need no writing."""

    columns: dict[str, Any]
    links: dict[str, list[str]] = field(default_factory=dict)
    children: dict[str, list[Row]] = field(default_factory=dict)
    sequence: int = field(default=0, compare=False)


def read_row(sheet: Sheet, entry: Entry, sequence: int, positions: Mapping[str, Mapping[str, int]]) -> Row:
    """The row that the entry asks for. `positions` gives the place of each slug in its section."""
    columns = _read(sheet.parts, entry)
    if sheet.slug_from:
        columns["slug"] = slugify(str(entry[sheet.slug_from]))[:64].strip("-")
    links = {
        attribute: sorted(set(entry.get(attribute) or ()), key=positions[section].__getitem__)
        for attribute, section in sheet.links
    }
    children: dict[str, list[Row]] = {}
    for child in sheet.children:
        items = entry.get(child.key) or ()
        entries = [{child.scalar: item} for item in items] if child.scalar else items
        children[child.relation] = [read_row(child.sheet, item, index, positions) for index, item in enumerate(entries)]
    return Row(columns, links, children, sequence)


def row_of(sheet: Sheet, instance: models.Model, sequence: int = 0) -> Row:
    """The row as the database holds it; reads only what `sheet.prefetches()` named."""
    names = list(_read(sheet.parts, {}))
    names += ["slug"] if sheet.slug_from else []
    names += sheet.more_columns
    return Row(
        {name: getattr(instance, name) for name in names},
        {attribute: [linked.pk for linked in getattr(instance, attribute).all()] for attribute, _ in sheet.links},
        {
            child.relation: [
                row_of(child.sheet, item, index) for index, item in enumerate(getattr(instance, child.relation).all())
            ]
            for child in sheet.children
        },
        sequence,
    )


def write_entry(sheet: Sheet, row: Row) -> dict[str, Any]:
    """The document's entry for the row, in canonical form."""
    entry = _write(sheet.parts, row.columns)
    for attribute, _section in sheet.links:
        if row.links[attribute] or attribute in sheet.always_links:
            entry[attribute] = list(row.links[attribute])
    for child in sheet.children:
        items = [write_entry(child.sheet, item) for item in row.children[child.relation]]
        if items or child.always:
            entry[child.key] = [item[child.scalar] for item in items] if child.scalar else items
    return entry
