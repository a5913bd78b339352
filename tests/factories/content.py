"""Builders of released contents, frozen directly: what a release needs to be safe is tested with the builder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from practice.sealed.field import Sealed, seal_json
from routines.footmap.draw import Shape
from routines.plans.content import PhaseContent, PlanContent, StepContent
from routines.plans.models import PlanVersion

HEEL = Shape("plantar", "ellipse", (0.5, 0.9, 0.2, 0.05, 0.0))

_STEP = StepContent(
    number=1,
    id="3f9c1c52-6f0b-4f38-9d2f-0d8c6a3b1e11",
    kind="work",
    label="",
    zone="heel-sleep-s1",
    place="Heel",
    client_wording="Traditionally associated with rest.",
    how_to_locate="The pad under the heel.",
    view="plantar",
    views=("plantar",),
    regions=("heel",),
    shapes=(HEEL,),
    technique="thumb-press",
    technique_name="Thumb press",
    how="Press and let go.",
    rate="",
    direction="",
    side="both",
    pressure="light",
    pressure_name="Light",
    pressure_cue="Skin moves.",
    seconds=60,
    per="",
    tool="hands",
    tool_name="Hands",
    position=None,
    position_name="",
    optional=False,
    note="",
)


def step_content(**fields: Any) -> StepContent:
    return replace(_STEP, **fields)


def phase_content(steps: Sequence[StepContent] = (), **fields: Any) -> PhaseContent:
    """Every day at 07:30, without an end."""
    plain = PhaseContent(
        name="",
        focus="",
        from_day=1,
        to_day=None,
        max_pressure="light",
        weekdays=(1, 2, 3, 4, 5, 6, 7),
        times=("07:30",),
        steps=tuple(steps),
    )
    return replace(plain, **fields)


def plan_content(*phases: PhaseContent, **fields: Any) -> PlanContent:
    plain = PlanContent(
        title="Heel and arch comfort",
        note="",
        starts_on=date(2026, 3, 1),
        questionnaire=1,
        catalog=1,
        tradition="",
        phases=phases or (phase_content(),),
    )
    return replace(plain, **fields)


def spoil(version: PlanVersion, column: str = "content", stored: bytes = b'{"version":1,"plan":{}}') -> None:
    """Put something into a sealed column that cannot be read as what it should be."""
    field: Any = PlanVersion._meta.get_field(column)
    sealed = Sealed(seal_json(stored, field.place(version)))
    PlanVersion.objects.across_practices().filter(pk=version.pk).update(**{column: sealed})
