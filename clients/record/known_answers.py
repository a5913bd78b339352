"""What the database holds of a client before any rule looks at it: the answers in force and the letters that count."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from clients.questionnaire.versions import questionnaire_of, rules_of_practice
from clients.record.day_answers import OfTheDay, day_answers_over
from clients.record.models import Clearance, DayAnswers, Intake
from clients.record.models.intake import IntakeQuerySet
from clients.roster.models import Client
from clients.screening.answers import Answer, read_date
from clients.screening.engine import screen
from clients.screening.letter_terms import Clearance as Letter
from practice.core.clock import local_today


def answers_of(intake: Intake) -> dict[str, Answer]:
    """Every answer with the day it was given. Prefilled ones that nobody confirmed are not answers."""
    stored = intake.answers
    days = {text: read_date(text) for text in {entry.get("on") for entry in stored.values()}}
    return {
        slug: Answer(entry["value"], days[entry["on"]])
        for slug, entry in stored.items()
        if entry["value"] is not None and not entry.get("prefill")
    }


@dataclass(frozen=True)
class Known:
    """What one client said and sent."""

    intake: Intake | None
    of_the_day: OfTheDay
    #: Behind a red flag in an intake that was not signed.
    flagged: Mapping[str, Answer]
    letters: tuple[Letter, ...]
    on_top: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Answer]:
        signed = answers_of(self.intake) if self.intake else {}
        return {**signed, **self.of_the_day.answers, **self.flagged}

    def given_at(self, question: str) -> datetime | None:
        """The instant of an answer; of a signed one the signing."""
        signed = self.intake.submitted_at if self.intake else None
        return self.of_the_day.given_at.get(question, signed)


def known_of(client: Client, signed: Intake | None = None) -> Known:
    """Two queries, one more each for letters and for a red flag that was not signed.

    `signed`: the open intake that is being signed, read with its client's day answers. It counts as the last one; and
    being the only open one, it leaves none to hold a red flag.
    """
    intake = signed or _intake_in_force(client)
    kept = getattr(intake.client, "day_answers", None) if intake else None
    has_letters = getattr(intake, "has_letters", True)  # of _intake_in_force
    may_be_flagged = signed is None and getattr(intake, "was_flagged_since", True)
    if intake:
        intake.client = client
    return Known(
        intake,
        day_answers_over(kept, intake, client.time_zone),
        _flagged_since(client, intake) if may_be_flagged else {},
        _letters_of(client) if has_letters else (),
    )


def known_of_many(clients: Collection[Client]) -> dict[uuid.UUID, Known]:
    keys = [client.pk for client in clients]
    signed = {
        intake.client_id: intake
        for intake in Intake.objects.across_practices()
        .filter(client__in=keys)
        .submitted()
        .only("client_id", "answers", "submitted_at", "guardian_id", "guardian_unreached_at")
        .order_by("submitted_at")
    }
    letters: dict[uuid.UUID, list[Letter]] = {}
    for row in Clearance.objects.across_practices().filter(client__in=keys).counting():
        letters.setdefault(row.client_id, []).append(_letter(row))
    kept = {row.client_id: row for row in DayAnswers.objects.across_practices().filter(client__in=keys)}
    flagged = set(_flagged_intakes().filter(client__in=keys).values_list("client_id", flat=True))
    return {
        client.pk: Known(
            intake := signed.get(client.pk),
            day_answers_over(kept.get(client.pk), intake, client.time_zone),
            _flagged_since(client, intake) if client.pk in flagged else {},
            tuple(letters.get(client.pk, ())),
        )
        for client in clients
    }


def _intake_in_force(client: Client) -> Intake | None:
    """The last signed intake, with whether an unsigned one with a red flag may follow it and whether letters count."""
    unsigned = Intake.objects.for_practice(client.practice_id).filter(client=client).in_progress()
    letters = Clearance.objects.across_practices().filter(client=OuterRef("client")).counting()
    return (
        Intake.objects.for_practice(client.practice_id)
        .filter(client=client)
        .submitted()
        .annotate(was_flagged_since=Exists(unsigned.filter(screenings__cause="red flag")), has_letters=Exists(letters))
        .select_related("client__day_answers")
        .order_by("-submitted_at")
        .first()
    )


def _flagged_intakes() -> IntakeQuerySet:
    open_ones = Intake.objects.across_practices().in_progress().filter(screenings__cause="red flag")
    return open_ones.select_related("client", "questionnaire").defer("questionnaire__document")


def _flagged_since(client: Client, signed: Intake | None) -> dict[str, Answer]:
    """A red flag counts from the moment it was told, signed or not, until that answer is changed."""
    unsigned = _flagged_intakes().filter(client=client).first()
    if unsigned is None or (signed and signed.submitted_at and unsigned.begun_at < signed.submitted_at):
        return {}
    questionnaire = questionnaire_of(unsigned.questionnaire, rules_of_practice(client.practice_id))
    answers = answers_of(unsigned)
    screening = screen(questionnaire, answers, (), local_today(unsigned.saved_at, client.time_zone))
    behind = screening.urgent_questions if screening.is_urgent else frozenset()
    return {slug: answer for slug, answer in answers.items() if slug in behind}


def _letters_of(client: Client) -> tuple[Letter, ...]:
    """Verified letters that were not withdrawn; the engine looks at their dates."""
    rows = Clearance.objects.for_practice(client.practice_id).filter(client=client).counting()
    return tuple(_letter(row) for row in rows)


def _letter(row: Clearance) -> Letter:
    said_by = row.content.get("from", "")
    return Letter(str(row.pk), frozenset(row.content["rules"]), row.issued_on, row.valid_until, said_by)
