"""One schema: what the catalog's dataclasses name has a column and a field in the admin, or nothing starts."""

from dataclasses import dataclass, fields, make_dataclass

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest

from routines import models
from routines.catalog.canonical import SHEETS
from routines.catalog.columns import SchemaMismatch, sections_of, sheet_of
from routines.catalog.import_rows import Sheet
from routines.catalog.methods import Degree, Gate, Protocol, Technique, Tool
from routines.catalog.notes import Figure
from routines.catalog.places import Duration, Zone
from routines.catalog.types import Catalog


@dataclass(frozen=True)
class ColouredZone(Zone):
    colour: str = ""


@dataclass(frozen=True)
class RestingDegree(Degree):
    rest_s: Duration | None = None


@dataclass(frozen=True)
class AnnotatedGate(Gate):
    note: str = ""


@dataclass(frozen=True)
class AnnotatedProtocol(Protocol):
    gate: AnnotatedGate | None = None


@dataclass(frozen=True)
class PlantarTechnique(Technique):
    direct_plantar: bool = True


@dataclass(frozen=True)
class FilmedCatalog(Catalog):
    films: tuple[Figure, ...] = ()


@pytest.mark.parametrize(
    ("model", "kind", "named"),
    [
        (models.Zone, ColouredZone, "colour"),
        (models.IntensityDegree, RestingDegree, "rest_s.min"),
        (models.Technique, PlantarTechnique, "direct_plantar"),
        # There is a column `note`, but it is the protocol's own.
        (models.Protocol, AnnotatedProtocol, "share one column"),
    ],
)
def test_a_new_key_without_a_column_is_refused(model, kind, named) -> None:
    sheet_of(model, kind.__base__)
    with pytest.raises(SchemaMismatch, match=named):
        sheet_of(model, kind)


def test_a_new_list_of_entries_without_a_table_is_refused() -> None:
    with pytest.raises(SchemaMismatch, match="films"):
        sections_of(FilmedCatalog)


def test_a_column_that_the_document_does_not_know_is_refused() -> None:
    without_use = make_dataclass(
        "WithoutUse", [(each.name, each.type, each) for each in fields(Tool) if each.name != "use"], frozen=True
    )
    without_use.__module__ = Tool.__module__
    with pytest.raises(SchemaMismatch, match="use"):
        sheet_of(models.Tool, without_use)


def shown_by(page, request: HttpRequest) -> dict[type, set[str]]:
    """Model -> the fields that its admin page shows, those of the lists inside of it too."""
    shown = {page.model: set(flatten_fieldsets(page.get_fieldsets(request)))}
    for inline in getattr(page, "inlines", ()):
        shown |= shown_by(inline(page.model, site), request)
    return shown


@pytest.mark.parametrize("top", SHEETS.values(), ids=SHEETS)
def test_every_key_can_be_edited_in_the_admin(top: Sheet, ada, rf) -> None:
    request = rf.get("/")
    request.user = ada
    shown = shown_by(site._registry[top.model], request)
    for sheet in top.family():
        keys = {column.name.removesuffix("_id") for column in sheet.columns} | {link.key for link in sheet.links}
        assert keys <= shown[sheet.model], sheet.model
