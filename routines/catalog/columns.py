"""Where each kind of entry lives in the database, found by comparing its dataclass with its model.

A key lives in the column of the same name, a nested one in `<group>_<key>` or `<key>`, the ends of `<key>_s` in
`<key>_min_s` and `<key>_max_s`. Only what has another name in the database is written down, in `RENAMED`.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models as db

from practice.core.schema import Slug
from routines.catalog import models
from routines.catalog.import_rows import Child, Column, Link, Sheet
from routines.catalog.notes import FootTemperature, Goal, Meridian, ObservationOption
from routines.catalog.places import Source
from routines.catalog.types import Catalog

#: Section of the document -> the table that holds its entries, in the document's order.
TABLES: dict[str, type[db.Model]] = {
    "source_files": models.SourceFile,
    "traditions": models.Tradition,
    "views": models.FootView,
    "regions": models.Region,
    "zones": models.Zone,
    "techniques": models.Technique,
    "out_of_scope": models.OutOfScope,
    "tools": models.Tool,
    "positions": models.Position,
    "pressure_levels": models.PressureLevel,
    "intensity_degrees": models.IntensityDegree,
    "times_of_day": models.TimeOfDay,
    "preparation_steps": models.PreparationStep,
    "aftercare_steps": models.AftercareStep,
    "protocols": models.Protocol,
    "point_types": models.PointType,
    "background_beliefs": models.BackgroundBelief,
    "disagreements": models.Disagreement,
    "figures": models.Figure,
}
RENAMED: dict[type[db.Model], dict[str, str]] = {
    models.SourceFile: {"id": "slug", "file": "name"},
    models.FootView: {"x": "x_meaning", "y": "y_meaning"},
    models.BackgroundBelief: {"text": "name"},
    models.Disagreement: {"topic": "name"},
    models.Figure: {"what": "name"},
    models.ObservationGroup: {"items": "named_items"},
    models.ObservationOption: {"label": "name"},
    models.CatalogPreface: {"meridians_count_claimed": "meridians_counted"},
}
#: Columns that say nothing of their own: order and use, and the sources that every table has, asked for or not.
OF_THE_ROW = frozenset({"sequence", "retired_at", "sources"})


class SchemaMismatch(ImproperlyConfigured):
    """The dataclasses and the tables of the catalog differ, so that an edit would be lost in silence."""


@dataclass(frozen=True)
class ObservationGroup:
    """One of `observation_options` as an entry of its own: it lists options, or only names items."""

    slug: Slug
    name: str
    options: tuple[FootTemperature | ObservationOption | Goal, ...] = ()
    items: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True)
class _Key:
    """What the dataclasses of an entry say of one key."""

    hint: Any
    is_needed: bool
    default: Any

    @property
    def item(self) -> Any:
        """What it holds, be it one or a list of them."""
        return typing.get_args(self.hint)[0] if self.is_list else self.hint

    @property
    def kinds(self) -> tuple[type, ...]:
        """The dataclasses among that."""
        is_either = typing.get_origin(self.item) in (typing.Union, types.UnionType)
        options = typing.get_args(self.item) if is_either else (self.item,)
        return tuple(option for option in options if isinstance(option, type) and dataclasses.is_dataclass(option))

    @property
    def is_list(self) -> bool:
        return typing.get_origin(self.hint) is tuple

    @property
    def is_one_source(self) -> bool:
        return self.kinds == (Source,) and not self.is_list

    @property
    def is_group(self) -> bool:
        return bool(self.kinds) and not self.is_list and not self.is_one_source

    @property
    def is_range(self) -> bool:
        return self.is_group and {"min", "max"} <= {field.name for field in dataclasses.fields(self.kinds[0])}

    @property
    def may_be_none(self) -> bool:
        return type(None) in typing.get_args(self.hint)


def _keys(kinds: tuple[type, ...]) -> dict[str, _Key]:
    """Key by key; of several dataclasses for one table a key is needed only where all of them need it."""
    keys: dict[str, _Key] = {}
    for kind in kinds:
        hints = typing.get_type_hints(kind)
        for each in dataclasses.fields(kind):
            is_needed = each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
            keys.setdefault(each.name, _Key(hints[each.name], is_needed, each.default))
    common = set.intersection(*({field.name for field in dataclasses.fields(kind)} for kind in kinds))
    return {name: key if name in common else dataclasses.replace(key, is_needed=False) for name, key in keys.items()}


def sheet_of(model: type[db.Model], *kinds: type, elsewhere: frozenset[str] = frozenset(), parent: str = "") -> Sheet:
    """The sheet of the table that holds entries of these kinds.

    Raises SchemaMismatch for a key without a column and for a column without a key. Keys named `elsewhere` are held by
    other tables; `parent` is the column that ties the row to the entry that it is listed in.
    """
    keys = {name: key for name, key in _keys(kinds).items() if name not in elsewhere}
    links = tuple(_links(model, keys))
    children = tuple(_children(model, keys))
    related = {link.key for link in links} | {child.key for child in children}
    rest = {name: key for name, key in keys.items() if name not in related}
    columns = tuple(_columns(model, rest, elsewhere))
    named = {column.name: column.path[0] for column in columns}
    has_slug = any(field.name == "slug" for field in model._meta.fields)
    slug_from = named.get("name", "") if has_slug and "slug" not in named else ""
    groups = tuple(name for name, key in rest.items() if key.is_group and not key.is_range and key.is_needed)
    sheet = Sheet(model, columns, links, children, groups, slug_from)
    _check_columns(sheet, parent)
    return sheet


def _columns(
    model: type[db.Model], keys: Mapping[str, _Key], elsewhere: frozenset[str], path: tuple[str, ...] = ()
) -> Iterator[Column]:
    for name, key in keys.items():
        way = (*path, name)
        if key.is_range:
            yield from _range(model, key, way)
        elif key.is_group:
            inner = {name: key for name, key in _keys(key.kinds).items() if name not in elsewhere}
            yield from _columns(model, inner, elsewhere, way)
        else:
            yield _column(model, key, way, always=key.is_needed and not path)


def _range(model: type[db.Model], key: _Key, path: tuple[str, ...]) -> Iterator[Column]:
    """Both ends are given when one is, and always where an entry that is not timed has to say so."""
    parts = _keys(key.kinds[:1])
    columns = tuple(_field_for(model, (*path, name), part).attname for name, part in parts.items())
    for name, part in parts.items():
        is_end = name in ("min", "max")
        always = is_end and key.is_needed and part.may_be_none
        yield dataclasses.replace(
            _column(model, part, (*path, name), always=always), beside=columns if is_end and not always else ()
        )


def _column(model: type[db.Model], key: _Key, path: tuple[str, ...], *, always: bool) -> Column:
    field = _field_for(model, path, key)
    default = field.get_default()
    # An empty column stands for silence, whatever the document means by that; any other default has to be the same.
    may_be_silent = not key.is_needed or key.may_be_none
    if may_be_silent and default not in (None, "", [], key.default):
        raise SchemaMismatch(f"{model.__name__}.{field.name} is not by default what “{'.'.join(path)}” is.")
    in_list = key.is_one_source
    return Column(path, field.attname, default, always and not in_list, in_list=in_list, item=key.item)


def _field_for(model: type[db.Model], path: tuple[str, ...], key: _Key) -> db.Field[Any, Any]:
    """The column for the value at the end of the path. Raises SchemaMismatch where there is none."""
    words = [*path[:-1], "sources" if key.is_one_source else path[-1]]
    if words[-2:-1] and words[-2].endswith("_s"):
        words[-2] = words[-2].removesuffix("_s")
        words[-1] += "_s" if words[-1] in ("min", "max") else ""
    for start in range(len(words)):
        name = "_".join(words[start:])
        try:
            return model._meta.get_field(RENAMED.get(model, {}).get(name, name))  # type: ignore[return-value]
        except FieldDoesNotExist:
            continue
    raise SchemaMismatch(f"{model.__name__} has no column for “{'.'.join(path)}”; add it there and to the admin page.")


def _links(model: type[db.Model], keys: Mapping[str, _Key]) -> Iterator[Link]:
    relations: list[Any] = [each for each in model._meta.many_to_many if each.name in keys]
    for relation in relations:
        if relation.remote_field.through._meta.auto_created:
            yield Link(relation.name, relation.related_model, keys[relation.name].is_needed)


def _children(model: type[db.Model], keys: Mapping[str, _Key]) -> Iterator[Child]:
    """Lists of entries in tables of their own, and lists of slugs whose order counts."""
    relations: list[Any] = [*model._meta.many_to_many, *model._meta.related_objects]
    for relation in relations:
        key = keys.get(relation.name)
        if key is None:
            continue
        if relation.one_to_many:
            table, parent, scalar = relation.related_model, relation.field, ""
        elif relation.concrete and not relation.remote_field.through._meta.auto_created:
            table = relation.remote_field.through
            parent = table._meta.get_field(relation.m2m_field_name())
            scalar = "" if key.kinds else relation.m2m_reverse_field_name()
        else:
            continue
        sheet = sheet_of(table, *(key.kinds or (_slug_alone(scalar),)), parent=parent.name)
        accessor = parent.remote_field.get_accessor_name()
        yield Child(relation.name, accessor, parent.name, sheet, scalar, key.is_needed)


def _slug_alone(key: str) -> type:
    return dataclasses.make_dataclass("SlugAlone", [(key, str)], frozen=True)


def _check_columns(sheet: Sheet, parent: str) -> None:
    """Raises SchemaMismatch for a column that two keys share and for one that no key has."""
    names = [column.name for column in sheet.columns]
    shared = {name for name in names if names.count(name) > 1}
    if shared:
        raise SchemaMismatch(f"Two keys share one column of {sheet.model.__name__}: {', '.join(shared)}.")
    known = {*names, *OF_THE_ROW, parent, "slug" if sheet.slug_from else "id"}
    known |= {link.key for link in sheet.links} | {child.key for child in sheet.children}
    fields = [*sheet.model._meta.fields, *sheet.model._meta.many_to_many]
    unknown = [field.name for field in fields if not {field.name, field.attname} & known]
    if unknown:
        raise SchemaMismatch(f"The catalog document has no key for {sheet.model.__name__}: {', '.join(unknown)}.")


def sections_of(catalog: type) -> dict[str, Sheet]:
    """The sheet of each list of entries. Raises SchemaMismatch for one without a table."""
    lists = {name: key.kinds for name, key in _keys((catalog,)).items() if key.is_list and key.kinds}
    if lists.keys() != TABLES.keys():
        raise SchemaMismatch(f"Not in both Catalog and TABLES: {', '.join(sorted(lists.keys() ^ TABLES.keys()))}.")
    return {section: sheet_of(model, *lists[section]) for section, model in TABLES.items()}


SECTIONS = sections_of(Catalog)
MERIDIANS = sheet_of(models.Meridian, Meridian)
OBSERVATIONS = sheet_of(models.ObservationGroup, ObservationGroup)
PREFACE = sheet_of(models.CatalogPreface, Catalog, elsewhere=frozenset({*SECTIONS, "observation_options", "named"}))
