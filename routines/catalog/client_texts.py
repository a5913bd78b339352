"""What clients read of a catalog, and the claims in it. Which texts those are, the types of `places` say."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, cast

from django.utils.translation import gettext as _

from practice.core.yaml_documents import Fault
from practice.wording.check import check_wording
from practice.wording.findings import Finding
from routines.catalog.parse import CatalogFaulty
from routines.catalog.types import Catalog

#: The catalog is kept in English; plans are checked in their client's language as well.
LANGUAGE = "en"
LONGEST_REMEMBERED = 300


@dataclass(frozen=True, slots=True)
class ClientText:
    """A text that a client may read: in which entry and field it stands, and whether it is a title."""

    entry: str
    field: str
    text: str
    is_title: bool


def client_texts(catalog: Catalog) -> Iterator[ClientText]:
    """Every text of the catalog that is not declared internal, in the document's order."""
    return _texts_of(catalog)


def refuse_claims(catalog: Catalog, *, file: str, in_force: Callable[[], Catalog | None] = lambda: None) -> None:
    """Raises CatalogFaulty naming entry and field of each claim that a client would read.

    What stands in the catalog `in_force` (only asked for when there is a claim) already may only become less: so claims
    that newer rules find can be taken out one entry at a time.
    """
    claims = {each: finding for each in client_texts(catalog) if (finding := _claim_in(each.text, each.is_title))}
    if not claims:
        return
    before = in_force()
    texts = client_texts(before) if before else ()
    stood = {each.text for each in texts if _claim_in(each.text, each.is_title)}
    if not {each.text for each in claims} < stood:
        why = _("Clients read this, so it cannot be published. %(why)s")
        raise CatalogFaulty(
            Fault(file, each.entry, each.field, why % {"why": finding.message}) for each, finding in claims.items()
        )


def _claim_in(text: str, is_title: bool) -> Finding | None:
    """The first finding. An edit changes one text of hundreds, so short ones are remembered."""
    return _remembered(text, is_title) if len(text) <= LONGEST_REMEMBERED else _first(text, is_title)


def _first(text: str, is_title: bool) -> Finding | None:
    return next(iter(check_wording(text, LANGUAGE, title=is_title)), None)


_remembered = lru_cache(maxsize=8192)(_first)


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool, bool], ...]:
    """Name of each field that may hold something to read; whether that is text, and whether a title."""
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = []
    for field in dataclasses.fields(kind):
        roles = set(_roles(hints[field.name]))
        if roles & {"text", "title", "entry"}:
            fields.append((field.name, bool(roles & {"text", "title"}), "title" in roles))
    return tuple(fields)


def _roles(hint: Any) -> Iterator[str]:
    """What a type can hold: text, title, internal or slug, and entries of their own."""
    if typing.get_origin(hint) is Annotated:
        yield next((mark for mark in typing.get_args(hint)[1:] if isinstance(mark, str)), "slug")
    elif hint is str:
        yield "text"
    elif dataclasses.is_dataclass(hint):
        yield "entry"
    else:
        for inner in typing.get_args(hint):
            yield from _roles(inner)


def _texts_of(entry: Any, place: str = "", group: str = "") -> Iterator[ClientText]:
    """Those of one entry, at its place in the document; `group` is the key that holds it, for a part of an entry."""
    for name, is_text, is_title in _fields(cast("Hashable", type(entry))):
        value, key = getattr(entry, name), f"{group}{name}"
        is_list = isinstance(value, tuple)
        for index, item in enumerate(value if is_list else (value,)):
            numbered = f"{key}[{index}]" if is_list else key
            if isinstance(item, str) and item and is_text:
                text = item.replace("-", " ") if name == "slug" else item
                yield ClientText(place, numbered, text, is_title)
            elif dataclasses.is_dataclass(item):
                inside = (_place_of(item, numbered, place), "") if is_list else (place, f"{key}.")
                yield from _texts_of(item, *inside)


def _place_of(entry: Any, numbered: str, place: str) -> str:
    """The entry as faults name it: section, number and short name, below the entry that it is listed in."""
    name = next((value for key in ("slug", "id", "topic", "n") if (value := getattr(entry, key, None)) is not None), "")
    own = f"{numbered} {name}".rstrip()
    return f"{place} > {own}" if place else own
