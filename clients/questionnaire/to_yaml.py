"""A questionnaire document as the YAML text that people edit and keep."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

import yaml

from clients.screening import conditions, effects, entries, questionnaire


@cache
def _order() -> dict[str, int]:
    """Keys in the order in which the types name them: a database may give a stored document's keys back in any."""
    names: dict[str, int] = {}
    for module in (questionnaire, entries, effects):
        for kind in vars(module).values():
            if dataclasses.is_dataclass(kind):
                for field in dataclasses.fields(kind):
                    names.setdefault(field.metadata.get("key", field.name), len(names))
    for name in ("q", *sorted(conditions.OPERATORS)):
        names.setdefault(name, len(names))
    # A question's longest parts come last.
    return {**names, "q": -2, "slug": -1, "rules": len(names), "sources": len(names) + 1}


def _ordered(value: object) -> object:
    if isinstance(value, Mapping):
        order = _order()
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: order.get(str(key), 0))}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def as_yaml(value: object) -> str:
    """YAML that reads back as the same document; empty for None."""
    if value is None:
        return ""
    return yaml.dump(_ordered(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
