"""Turns a mapping read from a document into frozen dataclasses, naming every fault on the way.

The dataclass is the schema: its field names are the document's keys, its types what they may hold.
A field with metadata `key` has another word in the document; one with `read` False is not in it. Own code, because
the faults must name file, entry and field in the words of the person who keeps the file, with nothing silently coerced.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from django.utils.translation import gettext as _

from practice.core.yaml_documents import Fault

SLUG_PATTERN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
T = TypeVar("T")

_NAMING_KEYS = ("slug", "id", "value", "topic", "what", "caution", "item", "n", "technique")


class Unreadable(Exception):
    """The value has a fault, which has been written down already."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where in a document we are, and the list that collects its faults."""

    file: str
    faults: list[Fault]
    entry: str = ""
    field: str = ""

    def fault(self, message: str) -> None:
        self.faults.append(Fault(self.file, self.entry, self.field, message))

    def refuse(self, message: str) -> Unreadable:
        self.fault(message)
        return Unreadable(message)

    def at(self, field: str) -> Place:
        return dataclasses.replace(self, field=f"{self.field}.{field}" if self.field else field)

    def item(self, index: int, value: Any) -> Place:
        """The place of one item of the list at this place: mappings are entries of their own, the rest are fields."""
        numbered = f"{self.field}[{index}]"
        if not isinstance(value, Mapping):
            return dataclasses.replace(self, field=numbered)
        name = next((value[key] for key in _NAMING_KEYS if isinstance(value.get(key), str | int)), "")
        label = f"{numbered} {name}".rstrip()[:120]
        return dataclasses.replace(self, entry=f"{self.entry} > {label}" if self.entry else label, field="")


def read_slug(value: Any, place: Place) -> str:
    """Return the value when it is a short name; refuse anything else."""
    if not isinstance(value, str) or not SLUG_PATTERN.fullmatch(value):
        raise place.refuse(_("A short name of small letters, digits and hyphens is expected."))
    return value


# Annotated with a function, a type says for itself how it is read.
Slug = Annotated[str, read_slug]


@functools.cache
def _schema(cls: Any) -> tuple[tuple[str, str, Any, bool], ...]:
    """For each field: its name, its key in the document, its type, and whether the key has to be there."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(
        (
            field.name,
            field.metadata.get("key", field.name),
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(cls)
        if field.metadata.get("read", True)
    )


def read_entry(cls: type[T], value: Any, place: Place) -> T:
    """Return the mapping as `cls`; write down every fault and raise Unreadable when there is any."""
    if not isinstance(value, Mapping):
        raise place.refuse(_("A group of “key: value” lines is expected here."))
    schema = _schema(typing.cast(Any, cls))
    faulty = False
    known = {document_key for _name, document_key, _type, _needed in schema}
    for unknown in value:
        if unknown not in known:
            place.at(str(unknown)).fault(
                _("This key is not known here; allowed are: %(keys)s.") % {"keys": ", ".join(sorted(known))}
            )
            faulty = True
    read: dict[str, Any] = {}
    for name, document_key, hint, needed in schema:
        if document_key not in value:
            if needed:
                place.at(document_key).fault(_("This key is missing."))
                faulty = True
            continue
        try:
            read[name] = read_value(hint, value[document_key], place.at(document_key))
        except Unreadable:
            faulty = True
    if faulty:
        raise Unreadable
    return cls(**read)


def read_value(hint: Any, value: Any, place: Place) -> Any:
    """Return the value as the type says; write down the fault and raise Unreadable when it is something else."""
    origin = typing.get_origin(hint)
    if hint is Any:
        return value
    if origin is Annotated:
        return typing.get_args(hint)[1](value, place)
    if origin is Literal:
        return _read_literal(typing.get_args(hint), value, place)
    if origin in (typing.Union, types.UnionType):
        return _read_either(typing.get_args(hint), value, place)
    if origin is tuple:
        return _read_list(typing.get_args(hint), value, place)
    if origin is not None and issubclass(origin, Mapping):
        return _read_mapping(typing.get_args(hint), value, place)
    if dataclasses.is_dataclass(hint):
        return read_entry(typing.cast(type, hint), value, place)
    return _read_plain(hint, value, place)


def _read_plain(hint: type, value: Any, place: Place) -> Any:
    if hint is str:
        if not isinstance(value, str) or not value.strip():
            raise place.refuse(_("Text is expected; put it in quotes if it looks like a number, a date or yes/no."))
        return value
    if hint is bool:
        if not isinstance(value, bool):
            raise place.refuse(_("Either true or false is expected."))
        return value
    if hint is int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise place.refuse(_("A whole number is expected."))
        return value
    if hint is float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise place.refuse(_("A number is expected."))
        return float(value)
    if hint is type(None):
        if value is not None:
            raise place.refuse(_("Nothing is expected here."))
        return None
    raise TypeError(f"no way to read {hint!r}")


def _read_literal(allowed: tuple[Any, ...], value: Any, place: Place) -> Any:
    for option in allowed:
        if type(option) is type(value) and option == value:
            return value
    raise place.refuse(
        _("“%(value)s” is not possible here; choose one of: %(options)s.")
        % {"value": str(value)[:80], "options": ", ".join(map(str, allowed))}
    )


def _read_either(hints: tuple[Any, ...], value: Any, place: Place) -> Any:
    if value is None and type(None) in hints:
        return None
    real = [hint for hint in hints if hint is not type(None)]
    if len(real) > 1:
        wants_mapping = isinstance(value, Mapping)
        fitting = [hint for hint in real if dataclasses.is_dataclass(hint) == wants_mapping]
        real = fitting or real
    return read_value(real[0], value, place)


def _read_list(hints: tuple[Any, ...], value: Any, place: Place) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise place.refuse(_("A list is expected."))
    if hints[-1] is not Ellipsis:
        if len(value) != len(hints):
            raise place.refuse(_("A list of %(count)d is expected.") % {"count": len(hints)})
        item_hints = hints
    else:
        item_hints = (hints[0],) * len(value)
    items: list[Any] = []
    faulty = False
    for index, (hint, item) in enumerate(zip(item_hints, value, strict=True)):
        try:
            items.append(read_value(hint, item, place.item(index, item)))
        except Unreadable:
            faulty = True
    if faulty:
        raise Unreadable
    return tuple(items)


def _read_mapping(hints: tuple[Any, ...], value: Any, place: Place) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise place.refuse(_("A group of “key: value” lines is expected here."))
    items: dict[str, Any] = {}
    faulty = False
    for name, item in value.items():
        try:
            items[read_value(hints[0], name, place.at(str(name)))] = read_value(hints[1], item, place.at(str(name)))
        except Unreadable:
            faulty = True
    if faulty:
        raise Unreadable
    return types.MappingProxyType(items)
