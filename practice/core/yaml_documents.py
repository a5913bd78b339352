"""Faults found in a document that people keep by hand, and reading such a document from YAML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from django.utils.translation import gettext as _

YamlValue: TypeAlias = "str | int | float | bool | date | list[YamlValue] | dict[str, YamlValue] | None"
"""What a document of ours may hold. The keys of its groups are words; readers refuse any other."""
YamlEntry: TypeAlias = dict[str, YamlValue]

MAX_DOCUMENT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a document: in which file, entry and field, and what to do."""

    file: str
    entry: str
    field: str
    message: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.entry, self.field) if part)
        return f"{place}: {self.message}"


class DocumentFaulty(Exception):
    """The document cannot be used; `faults` names every fault that was found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe loading that also refuses a key written twice, which YAML would silently drop."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            try:
                repeated = key in seen
                seen.add(key)
            except TypeError:
                repeated = False
            if repeated:
                raise yaml.MarkedYAMLError(
                    problem=_("the key “%(key)s” is written twice") % {"key": key}, problem_mark=key_node.start_mark
                )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


MAX_DEPTH = 100


def _refuse_bombs(text: str, *, file: str, max_nodes: int) -> None:
    """Raise DocumentFaulty for nesting so deep that the C loader would crash, and for aliases that multiply or loop."""
    sizes: dict[str, int] = {}
    open_parts: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=_StrictLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            open_parts.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_parts.pop()
            if anchor:
                sizes[anchor] = total - before
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _before in open_parts):
                message = _("“*%(name)s” stands inside of what it names.") % {"name": event.anchor}
                raise DocumentFaulty([Fault(file, "", "", message)])
            total += sizes.get(str(event.anchor), 1)
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
        if len(open_parts) > MAX_DEPTH or total > max_nodes:
            raise DocumentFaulty(
                [Fault(file, "", "", _("The file is nested too deeply, or repeats itself too often."))]
            )


def load_document(text: str, *, file: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> YamlValue:
    """What the YAML (or JSON) text says. Raises DocumentFaulty when it cannot be read or is larger than `max_bytes`."""
    if len(text.encode("utf-8", "replace")) > max_bytes:
        message = _("The file is larger than %(size)d bytes.") % {"size": max_bytes}
        raise DocumentFaulty([Fault(file, "", "", message)])
    try:
        _refuse_bombs(text, file=file, max_nodes=max(1_000_000, max_bytes // 8))
        document: YamlValue = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - built on the safe loader
        return document
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (
            _("line %(line)d, column %(column)d") % {"line": mark.line + 1, "column": mark.column + 1} if mark else ""
        )
        message = _("Not valid YAML: %(problem)s") % {"problem": error.problem or error}
        raise DocumentFaulty([Fault(file, where, "", message)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date such as 2026-02-30; RecursionError: brackets nested thousands deep.
        message = _("Not valid YAML: %(problem)s") % {"problem": error}
        raise DocumentFaulty([Fault(file, "", "", message)]) from error


def read_document(path: Path, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> YamlValue:
    """What the YAML (or JSON) file says. Raises DocumentFaulty when it is missing, unreadable or too large."""
    name = path.name
    try:
        with path.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        message = _("The file cannot be opened: %(reason)s") % {"reason": error.strerror or error}
        raise DocumentFaulty([Fault(name, "", "", message)]) from error
    except UnicodeDecodeError as error:
        raise DocumentFaulty([Fault(name, "", "", _("The file is not UTF-8 text."))]) from error
    return load_document(text, file=name, max_bytes=max_bytes)
