"""Phases that wait: for the client's word that the last days were fine, or for the therapist's look. Pure.

A phase that waits does not begin by its date alone. Until it is opened the one before it goes on, and when it is opened
late, it and all that follow keep their lengths and begin later.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from routines.plans.content import PhaseContent, PlanContent

Opened = Mapping[str, str]
"""Id of a phase -> the client's local day on which it was opened, ISO."""


def as_opened(content: PlanContent, opened: Opened) -> PlanContent:
    """The plan with only the phases that may have begun by now or follow by date, each on the days that it has."""
    if not any(phase.waits_for for phase in content.phases):
        return content
    phases: list[PhaseContent] = []
    shift = 0
    for phase in content.phases:
        begins = phase.from_day + shift
        if phase.waits_for and phases:
            if phase.id not in opened:
                phases[-1] = replace(phases[-1], to_day=None)
                break
            begins = max(begins, content.day_number(date.fromisoformat(opened[phase.id])))
            phases[-1] = replace(phases[-1], to_day=begins - 1)
            shift = begins - phase.from_day
        phases.append(replace(phase, from_day=begins, to_day=phase.to_day + shift if phase.to_day else None))
    return replace(content, phases=tuple(phases))


def waiting_phase(content: PlanContent, opened: Opened, day: date) -> PhaseContent | None:
    """The phase whose first day has come, and that waits to be opened; None when there is none."""
    shown = as_opened(content, opened)
    place = len(shown.phases)
    if place >= len(content.phases):
        return None
    phase, before = content.phases[place], content.phases[place - 1]
    shift = shown.phases[-1].from_day - before.from_day
    return phase if content.day_number(day) >= phase.from_day + shift else None
