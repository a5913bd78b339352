"""What a questionnaire holds; see clients/questionnaire.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CatalogSlugs:
    """The names in the zone catalog that marks and effects may refer to."""

    regions: frozenset[str]
    zones: frozenset[str]
    techniques: frozenset[str]
    tools: frozenset[str]
    families: frozenset[str]
    traditions: frozenset[str]
    levels: frozenset[str]
