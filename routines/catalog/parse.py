"""Reading a zone catalog from a document: `parse_catalog` refuses it with every fault named, or returns it whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from practice.core.schema import Place, Unreadable, read_entry
from practice.core.yaml_documents import DocumentFaulty, Fault
from routines.catalog.methods import Phase, Protocol
from routines.catalog.places import Duration, Region, Shape
from routines.catalog.types import Catalog


class CatalogFaulty(DocumentFaulty):
    """The catalog document cannot be used."""


def parse_catalog(document: object, *, file: str, rule_slugs: Collection[str] | None = None) -> Catalog:
    """The catalog, every reference resolved. Raises CatalogFaulty naming file, entry and field of each fault.

    With `rule_slugs` the screening rules that techniques, tools and gates name are checked too.
    """
    faults: list[Fault] = []
    try:
        catalog = read_entry(Catalog, document, Place(file, faults))
    except Unreadable as error:
        raise CatalogFaulty(faults) from error
    _Checker(catalog, file, faults, rule_slugs).check()
    if faults:
        raise CatalogFaulty(faults)
    return catalog


class _Checker:
    """Looks for what the types cannot say: repeated names, references to nothing, bounds the wrong way round."""

    def __init__(self, catalog: Catalog, file: str, faults: list[Fault], rules: Collection[str] | None) -> None:
        self.catalog, self.file, self.faults, self.rules = catalog, file, faults, rules
        self.entry = ""
        self.files = {source_file.file for source_file in catalog.source_files}
        self.views = {view.slug for view in catalog.views}
        self.traditions = {tradition.slug for tradition in catalog.traditions}
        self.times = {time.slug for time in catalog.times_of_day}

    def fault(self, field: str, message: str) -> None:
        self.faults.append(Fault(self.file, self.entry, field, message))

    def known(self, field: str, names: Iterable[str | None], known: Collection[str], kind: str) -> None:
        for name in names:
            if name is not None and name not in known:
                self.fault(field, _("There is no %(kind)s “%(name)s” in this catalog.") % {"kind": kind, "name": name})

    def each(self, section: str, entries: Iterable[Any], check: Callable[[Any], None] | None = None) -> None:
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            name = str(getattr(entry, "slug", "") or getattr(entry, "id", "") or getattr(entry, "topic", ""))
            self.entry = f"{section}[{index}] {name}".rstrip()
            if name and section not in ("disagreements",) and name in seen:
                self.fault("slug", _("This name is used twice; every entry needs its own."))
            seen.add(name)
            sources = getattr(entry, "sources", None) or (getattr(entry, "source", None),)
            self.known("sources", (s.file for s in sources if s is not None), self.files, _("source file"))
            if check:
                check(entry)

    def check(self) -> None:
        catalog = self.catalog
        self.each("source_files", catalog.source_files)
        self.each(
            "traditions",
            catalog.traditions,
            lambda t: self.known("parent", [t.parent], self.traditions, _("tradition")),
        )
        self.each("views", catalog.views)
        self.each("pressure_levels", catalog.pressure_levels)
        self.entry = "pressure_levels"
        if len({level.rank for level in catalog.pressure_levels}) != len(catalog.pressure_levels):
            self.fault("rank", _("Two levels have the same rank."))
        self.each("regions", catalog.regions, self.region)
        self.each(
            "tools", catalog.tools, lambda tool: self.rule_names("contraindicated_when", tool.contraindicated_when)
        )
        self.each("positions", catalog.positions)
        self.each("times_of_day", catalog.times_of_day)
        self.each("techniques", catalog.techniques, self.technique)
        self.each("zones", catalog.zones, self.zone)
        self.each("intensity_degrees", catalog.intensity_degrees, self.degree)
        self.each("preparation_steps", catalog.preparation_steps, self.routine_step)
        self.each("aftercare_steps", catalog.aftercare_steps, self.routine_step)
        self.each("protocols", catalog.protocols, self.protocol)
        for section in ("out_of_scope", "point_types", "background_beliefs", "figures"):
            self.each(section, getattr(catalog, section))
        options = catalog.observation_options
        for section in ("foot_temperature", "point_response", "progress_measures", "intake_goals"):
            self.each(f"observation_options > {section}", getattr(options, section))
        self.each("meridians > named", catalog.meridians.named)
        self.each("disagreements", catalog.disagreements, self.disagreement)
        if not self.faults:
            self.circles()

    def rule_names(self, field: str, names: Iterable[str]) -> None:
        if self.rules is not None:
            for name in names:
                if name not in self.rules:
                    self.fault(field, _("The questionnaire has no rule “%(name)s”.") % {"name": name})

    def region(self, region: Region) -> None:
        self.known("parts", region.parts, self.catalog.region_by_slug, _("region"))
        self.known("max_pressure", [region.max_pressure], self.catalog.level_by_slug, _("pressure level"))
        if region.leaf and (region.parts or not region.shapes):
            self.fault("leaf", _("A leaf region has shapes and no parts."))
        if not region.leaf and not region.parts:
            self.fault("parts", _("A region that is not a leaf lists its parts."))
        self.shapes(region.shapes)

    def circles(self) -> None:
        """Regions that contain themselves, which would have no leaves to compare."""
        parts = {region.slug: region.parts for region in self.catalog.regions}

        def visit(slug: str, path: tuple[str, ...]) -> bool:
            return slug in path or any(visit(part, (*path, slug)) for part in parts[slug])

        for index, region in enumerate(self.catalog.regions):
            self.entry = f"regions[{index}] {region.slug}"
            if visit(region.slug, ()):
                self.fault("parts", _("The region contains itself."))

    def shapes(self, shapes: Iterable[Shape]) -> None:
        for index, shape in enumerate(shapes):
            field = f"shapes[{index}]"
            self.known(f"{field}.view", [shape.view], self.views, _("view"))
            if shape.type == "ellipse" and None in (shape.cx, shape.cy, shape.rx, shape.ry):
                self.fault(field, _("An ellipse needs cx, cy, rx and ry."))
            if shape.type == "polygon" and len(shape.points) < 3:
                self.fault(field, _("A polygon needs at least three points."))

    def zone(self, zone: Any) -> None:
        catalog = self.catalog
        self.known("regions", zone.regions, catalog.region_by_slug, _("region"))
        if not zone.regions:
            self.fault("regions", _("A zone needs at least one region, or no place rule could see it."))
        self.known("tradition", [zone.tradition], self.traditions, _("tradition"))
        self.known("pressure", [zone.pressure], catalog.level_by_slug, _("pressure level"))
        self.known("view", [zone.view, *zone.views], self.views, _("view"))
        self.known("techniques", [t.technique for t in zone.techniques], catalog.technique_by_slug, _("technique"))
        for usual in zone.techniques:
            self.duration(f"techniques.{usual.technique}.duration_s", usual.duration_s)
        self.shapes(zone.shapes)

    def technique(self, technique: Any) -> None:
        self.known("tools", technique.tools, self.catalog.tool_by_slug, _("tool"))
        for field in ("typical_regions", "also_on"):
            self.known(field, getattr(technique, field), self.catalog.region_by_slug, _("region"))
        if (technique.also_on or technique.takes_whole) and not technique.typical_regions:
            self.fault("typical_regions", _("A technique that needs no place has no further places either."))
        self.rule_names("contraindicated_when", technique.contraindicated_when)
        self.duration("duration_s", technique.duration_s)
        low, high = technique.pressure.min, technique.pressure.max
        levels = self.catalog.level_by_slug
        self.known("pressure", [low, high], levels, _("pressure level"))
        if low in levels and high in levels and levels[low].rank > levels[high].rank:
            self.fault("pressure", _("The smallest pressure is above the greatest."))
        if (technique.duration_s.min is None) != (technique.duration_s.max is None):
            self.fault("duration_s", _("Give both bounds, or neither for a technique that is not timed."))

    def duration(self, field: str, duration: Duration) -> None:
        low, high = duration.min, duration.max
        if any(bound is not None and bound < 0 for bound in (low, high)):
            self.fault(field, _("Seconds cannot be negative."))
        if low is not None and high is not None and low > high:
            self.fault(field, _("The smallest number of seconds is above the greatest."))

    def degree(self, degree: Any) -> None:
        self.known("technique", [degree.technique], self.catalog.technique_by_slug, _("technique"))
        self.known("pressure", [degree.pressure], self.catalog.level_by_slug, _("pressure level"))
        self.duration("duration_s", degree.duration_s)

    def routine_step(self, step: Any) -> None:
        self.known("technique", [step.technique], self.catalog.technique_by_slug, _("technique"))
        self.known("zone", [step.zone], self.catalog.zone_by_slug, _("zone"))
        technique = self.catalog.technique_by_slug.get(step.technique)
        if (
            technique
            and technique.typical_regions
            and (step.zone is None or step.side not in ("left", "right", "both"))
        ):
            self.fault("zone", _("This technique works on a place, so a zone and a side are needed for screening."))

    def protocol(self, protocol: Protocol) -> None:
        catalog = self.catalog
        self.known("tradition", [protocol.tradition], self.traditions, _("tradition"))
        self.known("times_of_day", protocol.times_of_day, self.times, _("time of day"))
        self.known("preparation", protocol.preparation, {s.slug for s in catalog.preparation_steps}, _("preparation"))
        self.known("aftercare", protocol.aftercare, {s.slug for s in catalog.aftercare_steps}, _("aftercare"))
        self.known("positions", protocol.positions, catalog.position_by_slug, _("position"))
        self.known("degree", [protocol.degree], {d.slug for d in catalog.intensity_degrees}, _("degree"))
        if protocol.gate:
            self.rule_names("gate", (protocol.gate.rule, *protocol.gate.also))
        if not protocol.phases:
            self.fault("phases", _("A protocol needs at least one phase."))
        outer, day = self.entry, 0
        for index, phase in enumerate(protocol.phases):
            self.entry = f"{outer} > phases[{index}] {phase.slug}"
            if phase.from_day <= day:
                self.fault("from_day", _("The phase begins before the one above it has ended."))
            if phase.to_day is not None and phase.to_day < phase.from_day:
                self.fault("to_day", _("The phase ends before it begins."))
            if phase.to_day is None and index < len(protocol.phases) - 1:
                self.fault("to_day", _("Only the last phase may be without an end."))
            day = phase.to_day or phase.from_day
            self.phase(phase)

    def phase(self, phase: Phase) -> None:
        catalog, outer = self.catalog, self.entry
        self.known("max_pressure", [phase.max_pressure], catalog.level_by_slug, _("pressure level"))
        numbers: set[int] = set()
        for index, step in enumerate(phase.steps):
            self.entry = f"{outer} > steps[{index}] {step.n}"
            if step.n in numbers:
                self.fault("n", _("Two steps have the same number."))
            numbers.add(step.n)
            self.known("zone", [step.zone], catalog.zone_by_slug, _("zone"))
            self.known("technique", [step.technique], catalog.technique_by_slug, _("technique"))
            self.known("pressure", [step.pressure], catalog.level_by_slug, _("pressure level"))
            self.known("tool", [step.tool], catalog.tool_by_slug, _("tool"))
            self.known("position", [step.position], catalog.position_by_slug, _("position"))
            self.duration("duration_s", step.duration_s)

    def disagreement(self, disagreement: Any) -> None:
        for claim in disagreement.claims:
            self.known("claims", [claim.zone], self.catalog.zone_by_slug, _("zone"))
            self.known("claims", [claim.source or None], self.files, _("source file"))
