from routines.models.catalog import (
    AftercareStep,
    FootView,
    IntensityDegree,
    Position,
    PreparationStep,
    PressureLevel,
    Region,
    Technique,
    TechniqueTool,
    TimeOfDay,
    Tool,
    Tradition,
)
from routines.models.catalog_lore import (
    BackgroundBelief,
    CatalogPreface,
    CatalogVersion,
    Disagreement,
    DisagreementClaim,
    Figure,
    Meridian,
    ObservationGroup,
    ObservationOption,
    OutOfScope,
    PointType,
    SourceFile,
)
from routines.models.catalog_protocol import (
    Protocol,
    ProtocolAftercare,
    ProtocolPhase,
    ProtocolPreparation,
    ProtocolStep,
)
from routines.models.catalog_zone import Zone, ZoneTechnique
from routines.models.plan import Plan, PlanPhase, PlanStep, PlanVersion
from routines.models.reminder import PlanningRound, Reminder, ReminderHorizon
from routines.models.reminder_answer import ReminderAnswer
from routines.models.rule_preview import RulePreview
from routines.models.screening_case import ScreeningCase
from routines.models.session import RoutineSession
from routines.models.wishes import ReminderWishes

__all__ = [
    "AftercareStep",
    "BackgroundBelief",
    "CatalogPreface",
    "CatalogVersion",
    "Disagreement",
    "DisagreementClaim",
    "Figure",
    "FootView",
    "IntensityDegree",
    "Meridian",
    "ObservationGroup",
    "ObservationOption",
    "OutOfScope",
    "Plan",
    "PlanPhase",
    "PlanStep",
    "PlanVersion",
    "PlanningRound",
    "PointType",
    "Position",
    "PreparationStep",
    "PressureLevel",
    "Protocol",
    "ProtocolAftercare",
    "ProtocolPhase",
    "ProtocolPreparation",
    "ProtocolStep",
    "Region",
    "Reminder",
    "ReminderAnswer",
    "ReminderHorizon",
    "ReminderWishes",
    "RoutineSession",
    "RulePreview",
    "ScreeningCase",
    "SourceFile",
    "Technique",
    "TechniqueTool",
    "TimeOfDay",
    "Tool",
    "Tradition",
    "Zone",
    "ZoneTechnique",
]
