"""A catalog with each of its texts changed: those that clients read, or those declared internal."""

import dataclasses
import typing
from collections.abc import Callable
from typing import Annotated, Any


def change_texts(entry: Any, change: Callable[[str], str], *, internal: bool) -> Any:
    """The entry, and what hangs from it, with `change` made to the texts of one kind."""
    if isinstance(entry, tuple):
        return tuple(change_texts(item, change, internal=internal) for item in entry)
    if not dataclasses.is_dataclass(entry):
        return entry
    hints = typing.get_type_hints(type(entry), include_extras=True)
    values = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry)}
    for name, value in values.items():
        kind = _kind_of(hints[name])
        if kind is None:
            values[name] = change_texts(value, change, internal=internal)
        elif (kind == "internal") is internal and kind != "slug":
            values[name] = tuple(map(change, value)) if isinstance(value, tuple) else change(value) if value else value
    return dataclasses.replace(entry, **values)


def _kind_of(hint: Any) -> str | None:
    """internal, title, text or slug; None for what is no text."""
    if hint is str:
        return "text"
    if typing.get_origin(hint) is Annotated:
        return next((mark for mark in typing.get_args(hint)[1:] if isinstance(mark, str)), "slug")
    kinds = {_kind_of(inner) for inner in typing.get_args(hint) if inner not in (type(None), Ellipsis)}
    return kinds.pop() if len(kinds) == 1 else None
