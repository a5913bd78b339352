"""Sealed columns that open to the typed value of a release."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from practice.sealed.field import SealedField
from routines.plans.content import CheckedSteps, PlanContent


class _TypedField(SealedField):
    """To the database and its migrations a sealed JSON value like any other."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, keywords = super().deconstruct()
        return name, f"{SealedField.__module__}.{SealedField.__qualname__}", args, keywords

    def to_json(self, value: PlanContent | CheckedSteps) -> bytes:
        return value.to_json()


class SealedContent(_TypedField):
    """Opens to a PlanContent, or raises ContentUnreadable."""

    def from_json(self, stored: bytes) -> PlanContent:
        return PlanContent.from_json(stored)


class SealedCheckedSteps(_TypedField):
    """Opens to CheckedSteps, or raises ContentUnreadable."""

    if TYPE_CHECKING:  # what django-stubs reads; to it the column is still text
        _pyi_private_set_type: CheckedSteps  # type: ignore[assignment]
        _pyi_private_get_type: CheckedSteps  # type: ignore[assignment]

    def from_json(self, stored: bytes) -> CheckedSteps:
        return CheckedSteps.from_json(stored)
