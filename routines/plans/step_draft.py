"""A step of a draft, apart from its row."""

from dataclasses import dataclass, fields

from routines.plans.models import PlanPhase, PlanStep


@dataclass(frozen=True)
class StepDraft:
    """A step of a draft by its catalog slugs, before it is a row or read from one."""

    technique: str | None
    zone: str | None = None
    kind: str = PlanStep.Kind.WORK
    side: str = "both"
    pressure: str = "none"
    seconds: int | None = None
    tool: str | None = None
    position: str | None = None
    per: str = ""
    is_optional: bool = False
    label: str = ""
    hint: str = ""
    note: str = ""

    @classmethod
    def of(cls, row: PlanStep) -> "StepDraft":
        return cls(**{name: getattr(row, column) for name, column in _COLUMNS.items()})

    def row(self, phase: PlanPhase, sequence: int) -> PlanStep:
        """A row for this step, not yet saved."""
        columns = {_COLUMNS[name]: value for name, value in vars(self).items()}
        return PlanStep(phase=phase, sequence=sequence, **columns)


#: Field of a StepDraft -> column of a PlanStep.
_COLUMNS = {
    field.name: f"{field.name}_id"
    if field.name in ("technique", "zone", "pressure", "tool", "position")
    else field.name
    for field in fields(StepDraft)
}
