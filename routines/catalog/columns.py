"""Where each key of the catalog document lives in the database."""

from __future__ import annotations

from routines import models
from routines.catalog.import_rows import Child, Group, OneSource, Range, Sheet, Value, link, seconds

SLUG = Value("slug", always=True)
NAME = Value("name", always=True)
SOURCE = OneSource()
SOURCES = Value("sources", default=[], always=True)
NOTE = Value("note")
NOT_WHEN = Value("contraindicated_when", default=[])
HOME = Value("home_plan_default", default="on")


def flag(key: str, *, default: bool = False, always: bool = False) -> Value:
    return Value(key, default=default, always=always)


def text(key: str, column: str = "") -> Value:
    return Value(key, column, always=True)


def texts(key: str, column: str = "", *, always: bool = False) -> Value:
    return Value(key, column, default=[], always=always)


def session(prefix: str, basis: str, *, minutes: str = "minutes") -> Group:
    return Group(
        "session",
        (
            Range("minutes", f"{prefix}{minutes}_min", f"{prefix}{minutes}_max"),
            Range("per_day", f"{prefix}per_day_min", f"{prefix}per_day_max"),
            Value("basis", basis),
        ),
    )


# A table reads better a few columns to the line than one.
# fmt: off
ZONE_TECHNIQUE = Sheet(
    models.ZoneTechnique,
    (
        link("technique", always=True),
        seconds(),
        Value("per"),
    ),
)
STEP = Sheet(
    models.ProtocolStep,
    (
        Value("n", default=None, always=True),
        link("zone", always=True),
        link("technique", always=True),
        seconds(),
        link("pressure", always=True),
        text("side"),
        flag("optional", always=True),
        link("tool"),
        link("position"),
        Value("per"),
        NOTE,
        Value("kind"),
    ),
    numbered=False,
)
PHASE = Sheet(
    models.ProtocolPhase,
    (
        SLUG,
        Value("from_day", default=None, always=True),
        Value("to_day", default=None, always=True),
        Value("focus"),
        Value("source_says_internal"),
        Group(
            "frequency",
            (
                Range("per_day", "per_day_min", "per_day_max"),
                Range("days_per_week", "days_per_week_min", "days_per_week_max"),
                Value("basis", "frequency_basis"),
            ),
            always=True,
        ),
        link("max_pressure", always=True),
        session("session_", "session_basis"),
        Value("ends_when"),
        NOTE,
    ),
    children=(Child("steps", "steps", STEP, always=True),),
)
TECHNIQUE_TOOL = Sheet(models.TechniqueTool, (link("tool", always=True),))
PREPARATION = Sheet(models.ProtocolPreparation, (link("step", always=True),))
AFTERCARE = Sheet(models.ProtocolAftercare, (link("step", always=True),))
CLAIM = Sheet(models.DisagreementClaim, (link("zone"), Value("source"), text("says")))
ATTENDANT = (SLUG, NAME, link("technique", always=True), link("zone"), Value("side"), SOURCE)

#: Section of the document -> its sheet, in the document's order.
SECTIONS: dict[str, Sheet] = {
    "source_files": Sheet(models.SourceFile, (text("id", "slug"), text("file", "name"))),
    "traditions": Sheet(
        models.Tradition, (SLUG, NAME, text("summary"), link("parent"), text("evidence"), SOURCES)
    ),
    "views": Sheet(
        models.FootView,
        (
            SLUG, NAME, text("x", "x_meaning"), text("y", "y_meaning"), text("drawn_for"), text("screen"),
            texts("outline", always=True),
        ),
    ),
    "regions": Sheet(
        models.Region,
        (
            SLUG, NAME, text("kind"), flag("leaf", always=True),
            Value("plantar_fascia_area", default=None), texts("shapes"), NOTE,
        ),
        links=(("parts", "regions"),),
    ),
    "zones": Sheet(
        models.Zone,
        (
            SLUG, NAME, text("kind"), texts("sides", always=True), link("tradition", always=True),
            texts("associated_with", always=True), text("client_wording"), text("how_to_locate"),
            texts("traditional_claims_internal"), link("pressure", always=True), texts("cautions", always=True),
            Value("notes"), flag("direct_plantar", always=True), link("view", always=True),
            texts("shapes", always=True), Value("shapes_are"), SOURCE,
        ),
        links=(("regions", "regions"), ("views", "views")),
        always_links=frozenset({"regions", "views"}),
        children=(Child("techniques", "technique_choices", ZONE_TECHNIQUE, always=True),),
    ),
    "techniques": Sheet(
        models.Technique,
        (
            SLUG, NAME, text("family"), text("step_kind"), text("how"), seconds(), Value("per"),
            Range("pressure", "pressure_min_id", "pressure_max_id"),
            texts("contraindicated_when", always=True), flag("weight_bearing"), flag("direct_plantar"), HOME,
            Value("hard_max_s", default=None), seconds("hold_s", "hold", always=False), Value("rate"), Value("repeats"),
            Value("direction"), Value("caution"), Value("conflict"), flag("translation_uncertain"), SOURCES,
        ),
        links=(("typical_regions", "regions"),),
        children=(Child("tools", "tool_choices", TECHNIQUE_TOOL, scalar="tool", always=True),),
    ),
    "out_of_scope": Sheet(models.OutOfScope, (SLUG, NAME, text("why"), SOURCE)),
    "tools": Sheet(
        models.Tool, (SLUG, NAME, text("use"), flag("self_care", always=True), Value("cautions"), NOT_WHEN, SOURCES)
    ),
    "positions": Sheet(models.Position, (SLUG, NAME, flag("weight_bearing", always=True), NOTE, SOURCE)),
    "pressure_levels": Sheet(
        models.PressureLevel,
        (
            SLUG, Value("rank", default=None, always=True), NAME, text("client_cue"),
            texts("source_language", always=True), HOME,
        ),
    ),
    "intensity_degrees": Sheet(
        models.IntensityDegree,
        (
            SLUG, NAME, link("technique", always=True), link("pressure", always=True), text("contact"),
            seconds(), text("repeats"), NOTE, SOURCE,
        ),
    ),
    "times_of_day": Sheet(models.TimeOfDay, (SLUG, NAME, text("why"), SOURCE)),
    "preparation_steps": Sheet(models.PreparationStep, ATTENDANT),
    "aftercare_steps": Sheet(models.AftercareStep, ATTENDANT),
    "protocols": Sheet(
        models.Protocol,
        (
            SLUG, NAME, link("tradition", always=True), Value("audience"), text("client_title"), link("degree"),
            session("", "session_basis"),
            Group("gate", (
                Value("rule", "gate_rule"), Value("if_fired", "gate_if_fired"), texts("also", "gate_also"),
            )),
            Value("use_when"),
            Group("limits", (
                Value("min_seconds_per_foot", default=None), Value("min_seconds_per_painful_point", default=None),
                Value("basis", "limits_basis"),
            )),
            texts("do_not"), texts("escalate"), HOME, NOTE, SOURCES,
        ),
        links=(("times_of_day", "times_of_day"), ("positions", "positions")),
        children=(
            Child("phases", "phases", PHASE, always=True),
            Child("preparation", "preparation_choices", PREPARATION, scalar="step"),
            Child("aftercare", "aftercare_choices", AFTERCARE, scalar="step"),
        ),
    ),
    "point_types": Sheet(models.PointType, (SLUG, NAME, text("per_meridian"), text("said_to"), SOURCE)),
    "background_beliefs": Sheet(models.BackgroundBelief, (SLUG, text("text", "name"), SOURCE, text("display"))),
    "disagreements": Sheet(
        models.Disagreement,
        (text("topic", "name"), Value("product_rule")),
        children=(Child("claims", "claims", CLAIM, always=True),),
        slug_from="topic",
    ),
    "figures": Sheet(models.Figure, (text("what", "name"), text("value"), SOURCE), slug_from="what"),
}

MERIDIANS = Sheet(models.Meridian, (SLUG, NAME, text("standard_name"), SOURCE))
OPTION = Sheet(
    models.ObservationOption,
    (
        SLUG, text("label", "name"), Value("temperature"), Value("moisture"), Value("laterality"),
        Value("source_says"), Value("evidence"), Value("show_source_claim_to_client", default=None),
        Value("affects_screening", default=None), Value("therapist_prompt"), Value("recheck_question"), SOURCE,
    ),
)
#: A group lists its options, or only names items; the document writes the first as a list, the second as a group.
OBSERVATIONS = Sheet(
    models.ObservationGroup,
    (SLUG, NAME, texts("items", "named_items"), SOURCE),
    children=(Child("options", "options", OPTION),),
)
PREFACE = Sheet(
    models.CatalogPreface,
    (
        text("version"), text("prepared_for"), texts("reading_notes", always=True),
        Group("meridians", (
            Value("count_claimed", "meridians_counted", default=None), Value("channels_term"),
            Value("location_tolerance_mm", default=None), Value("device_tolerance_mm", default=None),
            Value("note", "meridians_note"),
        )),
    ),
    more_columns=("meridians_sources",),
    numbered=False,
)
# fmt: on
