"""What the builder sets in a step."""

from collections.abc import Mapping
from typing import TypeAlias

StepChanges: TypeAlias = Mapping[str, str | int | None]
"""Field of a draft's step -> its new value, as the form has it: empty text stands for None."""
