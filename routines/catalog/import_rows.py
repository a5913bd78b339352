"""An entry of the catalog document as one row with what hangs from it, and the row as the entry again.

Own code: entries nest, share ranges and order their lists, which no serializer of Django's does both ways with nothing
lost. A `Sheet` knows where each value lives (`catalog_sheets` derives it), and both directions follow from that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import models
from django.utils.text import slugify

from practice.core.yaml_documents import YamlEntry, YamlValue

#: The place of each slug among the entries of one kind.
Positions = Mapping[type[models.Model], Mapping[str, int]]


@dataclass(frozen=True)
class Column:
    """The column of one value of an entry, and the keys that lead to that value in the document.

    The document leaves it out while the column has its default, unless it says it `always` or because one of the
    columns `beside` it (the rest of its range) is filled.
    """

    path: tuple[str, ...]
    name: str
    default: Any = None
    always: bool = False
    beside: tuple[str, ...] = ()
    #: The column is a list, of which the document has one item.
    in_list: bool = False
    #: What a list column holds.
    item: Any = None

    def read(self, entry: YamlEntry) -> Any:
        value: Any = entry.get(self.path[0])
        for key in self.path[1:]:
            if isinstance(value, Mapping):
                value = value.get(key)
            elif key not in ("min", "max"):  # a bare number stands for both ends of a range
                value = None
        if self.in_list:
            return [deepcopy(value)] if value else []
        return deepcopy(self.default if value is None else value)

    def write(self, columns: Mapping[str, Any], entry: YamlEntry) -> None:
        value = columns[self.name]
        if self.in_list:
            value = value[0] if value else self.default
        if value == self.default and not self.always and all(columns[each] in (None, "") for each in self.beside):
            return
        for key in self.path[:-1]:
            entry = cast("YamlEntry", entry.setdefault(key, {}))
        entry[self.path[-1]] = None if value == "" else deepcopy(value)


@dataclass(frozen=True)
class Child:
    """An ordered list of entries that belong to their parent; `scalar` where each is only a slug."""

    key: str
    relation: str
    #: The child's foreign key to its parent.
    parent: str
    sheet: Sheet
    scalar: str = ""
    always: bool = False


@dataclass(frozen=True)
class Link:
    """A set of other entries, kept in a many-to-many field of the same name as its key."""

    key: str
    model: type[models.Model]
    always: bool = False


@dataclass(frozen=True)
class Sheet:
    """Where everything that one kind of entry says lives in the database."""

    model: type[models.Model]
    columns: tuple[Column, ...]
    links: tuple[Link, ...] = ()
    children: tuple[Child, ...] = ()
    #: Groups of keys that the document has even when there is nothing in them.
    groups: tuple[str, ...] = ()
    #: The key whose text makes the slug of an entry that has none of its own.
    slug_from: str = ""

    @property
    def is_numbered(self) -> bool:
        return any(column.name == "sequence" for column in self.model._meta.fields)

    def ranges(self) -> Iterator[tuple[str, str, str]]:
        """Key, lowest and highest column of each range of numbers."""
        ends = {column.path: column.name for column in self.columns}
        for path, low in ends.items():
            if path[-1] == "min" and not low.endswith("_id"):
                yield ".".join(path[:-1]), low, ends[(*path[:-1], "max")]

    def family(self) -> Iterator[Sheet]:
        """This sheet and those of the lists in its entries."""
        yield self
        for child in self.children:
            yield from child.sheet.family()

    def prefetches(self) -> Iterator[str]:
        yield from (link.key for link in self.links)
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


def read_row(sheet: Sheet, entry: YamlEntry, sequence: int, positions: Positions) -> Row:
    """The row that the entry asks for."""
    columns = {column.name: column.read(entry) for column in sheet.columns}
    if sheet.slug_from:
        columns["slug"] = slugify(str(entry[sheet.slug_from]))[:64].strip("-")
    links = {
        link.key: sorted(set(cast("list[str]", _listed(entry, link.key))), key=positions[link.model].__getitem__)
        for link in sheet.links
    }
    children: dict[str, list[Row]] = {}
    for child in sheet.children:
        items = _listed(entry, child.key)
        entries = [{child.scalar: item} for item in items] if child.scalar else cast("list[YamlEntry]", items)
        children[child.relation] = [read_row(child.sheet, item, index, positions) for index, item in enumerate(entries)]
    return Row(columns, links, children, sequence)


def _listed(entry: YamlEntry, key: str) -> list[YamlValue]:
    """A list in an entry that was checked; empty where the entry leaves it out."""
    return cast("list[YamlValue]", entry.get(key) or [])


def row_of(sheet: Sheet, instance: models.Model) -> Row:
    """The row as the database holds it; reads only what `sheet.prefetches()` named."""
    columns = {column.name: getattr(instance, column.name) for column in sheet.columns}
    if sheet.slug_from:
        columns["slug"] = instance.pk
    return Row(
        columns,
        {link.key: [linked.pk for linked in getattr(instance, link.key).all()] for link in sheet.links},
        {
            child.relation: [row_of(child.sheet, item) for item in getattr(instance, child.relation).all()]
            for child in sheet.children
        },
    )


def write_entry(sheet: Sheet, row: Row) -> YamlEntry:
    """The document's entry for the row, in canonical form."""
    entry: YamlEntry = {group: {} for group in sheet.groups}
    for column in sheet.columns:
        column.write(row.columns, entry)
    for link in sheet.links:
        if row.links[link.key] or link.always:
            entry[link.key] = list(row.links[link.key])
    for child in sheet.children:
        items = [write_entry(child.sheet, item) for item in row.children[child.relation]]
        if items or child.always:
            entry[child.key] = [item[child.scalar] if child.scalar else item for item in items]
    return entry
