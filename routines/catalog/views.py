"""The zone catalog as therapists read it, internal notes included. Clients never come here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.catalog import search as reading
from routines.catalog.models import CatalogVersion
from routines.catalog.places import NamedEntry
from routines.catalog.types import Catalog
from routines.catalog.versions import CatalogMissing, catalog_of, current_version

SHELVES = ("zones", "techniques", "protocols", "tools")


@needs("catalog.view")
def catalog_index(request: PracticeRequest) -> HttpResponse:
    """Zones, techniques, protocols or tools, searched and filtered; htmx gets the list alone."""
    version, catalog = _catalog()
    if catalog is None:
        return render(request, "routines/catalog/none.html")
    shelf = request.GET.get("show", "zones")
    shelf = shelf if shelf in SHELVES else "zones"
    asked = {name: request.GET.get(name, "")[:80] for name in ("q", "tradition", "region", "view", "family")}
    context = {
        "catalog": catalog,
        "version": version,
        "shelf": shelf,
        "asked": asked,
        "found": FIND[shelf](catalog, asked),
        "total": len(getattr(catalog, shelf)),
        "families": sorted({technique.family for technique in catalog.techniques}),
        **_names(catalog),
    }
    page = "_found.html" if request.htmx and not request.htmx.history_restore_request else "index.html"
    return render(request, f"routines/catalog/{page}", context)


FIND: dict[str, Callable[[Catalog, dict[str, str]], Sequence[NamedEntry]]] = {
    "zones": lambda catalog, asked: reading.find_zones(
        catalog, words=asked["q"], tradition=asked["tradition"], region=asked["region"], view=asked["view"]
    ),
    "techniques": lambda catalog, asked: reading.find_techniques(catalog, words=asked["q"], family=asked["family"]),
    "protocols": lambda catalog, asked: reading.find_protocols(catalog, words=asked["q"], tradition=asked["tradition"]),
    "tools": lambda catalog, asked: reading.find_tools(catalog, words=asked["q"]),
}


@needs("catalog.view")
def catalog_zone(request: PracticeRequest, slug: str) -> HttpResponse:
    """One zone: what clients read, what stays with therapists, and who else claims the same place."""
    version, catalog = _loaded_catalog()
    zone = _entry(catalog.zone_by_slug, slug)
    rivals = reading.rivals_of(catalog, zone)
    context = {
        "zone": zone,
        "near": [rival for rival in rivals if rival.is_near],
        "wide": [rival for rival in rivals if not rival.is_near],
        "disagreements": reading.disagreements_about(catalog, zone),
        "uses": reading.uses_of(catalog, zone=slug),
    }
    return _page(request, "zone", version, catalog, context)


@needs("catalog.view")
def catalog_technique(request: PracticeRequest, slug: str) -> HttpResponse:
    version, catalog = _loaded_catalog()
    technique = _entry(catalog.technique_by_slug, slug)
    context = {
        "technique": technique,
        "zones_worked": reading.zones_worked_by(catalog, slug),
        "uses": reading.uses_of(catalog, technique=slug),
        "degrees": [degree for degree in catalog.intensity_degrees if degree.technique == slug],
    }
    return _page(request, "technique", version, catalog, context)


@needs("catalog.view")
def catalog_protocol(request: PracticeRequest, slug: str) -> HttpResponse:
    version, catalog = _loaded_catalog()
    protocol = _entry(reading.named(catalog.protocols), slug)
    phases = [(phase, *reading.seconds_of(phase)) for phase in protocol.phases]
    return _page(request, "protocol", version, catalog, {"protocol": protocol, "phases": phases})


@needs("catalog.view")
def catalog_reference(request: PracticeRequest) -> HttpResponse:
    """Everything else that the catalog holds, on one page."""
    version, catalog = _catalog()
    if catalog is None:
        return render(request, "routines/catalog/none.html")
    return _page(request, "reference", version, catalog, {})


def _page(
    request: PracticeRequest, name: str, version: CatalogVersion | None, catalog: Catalog, context: dict[str, Any]
) -> HttpResponse:
    everything = {"catalog": catalog, "version": version, "shelf": name, **_names(catalog), **context}
    return render(request, f"routines/catalog/{name}.html", everything)


def _catalog() -> tuple[CatalogVersion | None, Catalog | None]:
    try:
        version = current_version()
    except CatalogMissing:
        return None, None
    return version, catalog_of(version)


def _loaded_catalog() -> tuple[CatalogVersion | None, Catalog]:
    version, catalog = _catalog()
    if catalog is None:
        raise Http404(_("No catalog has been loaded."))
    return version, catalog


def _entry(shelf: Mapping[str, Any], slug: str) -> Any:
    if slug not in shelf:
        raise Http404(_("No such entry."))
    return shelf[slug]


def _names(catalog: Catalog) -> dict[str, Mapping[str, Any]]:
    return {
        "traditions": reading.named(catalog.traditions),
        "regions": catalog.region_by_slug,
        "views": reading.named(catalog.views),
        "techniques": catalog.technique_by_slug,
        "tools": catalog.tool_by_slug,
        "positions": catalog.position_by_slug,
        "levels": catalog.level_by_slug,
        "zones": catalog.zone_by_slug,
        "times": reading.named(catalog.times_of_day),
        "degrees_by_slug": reading.named(catalog.intensity_degrees),
        "attendants": reading.named((*catalog.preparation_steps, *catalog.aftercare_steps)),
        "article_numbers": {article.file: article.id for article in catalog.source_files},
    }
