"""Builders for questionnaires and intakes, through the product's own verbs."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from clients.intake.sections import applicable, nothing_value, sections_of
from clients.intake.submit import GivenAnswer, Signature, begin_intake, save_answers, submit_intake
from clients.questionnaire.models import QuestionnaireVersion
from clients.questionnaire.versions import load_screening, questionnaire_of
from clients.record.models import Intake
from clients.roster.models import Client
from practice.core.clock import local_today
from practice.core.digest import digest_of
from routines.catalog.canonical import document_of_rows, rows_of_document
from routines.catalog.models import CatalogVersion
from tests.factories.people import NOON

ROOT = Path(__file__).resolve().parents[2]
SCREENING = ROOT / "clients/questionnaire/data/screening.yaml"
CATALOG = ROOT / "routines/catalog/data/catalog.yaml"
CONSENTS = {"health_data": "I agree that you keep my answers.", "home_routine": "I understand that this is self-care."}

#: What "none of these" never answers, for a healthy adult.
HEALTHY = {"consent-information": "yes", "age": 41, "pregnancy-status": "not_pregnant"}


@lru_cache(maxsize=1)
def screening_document() -> Any:
    return yaml.safe_load(SCREENING.read_text())


@lru_cache(maxsize=1)
def catalog_document() -> dict[str, Any]:
    return document_of_rows(rows_of_document(yaml.safe_load(CATALOG.read_text())))


def make_places() -> CatalogVersion:
    """A catalog version without its rows: all that an intake reads, and two seconds faster than loading it."""
    document = catalog_document()
    return CatalogVersion.objects.create(created_at=NOON, digest=digest_of(document), document=document)


def make_questionnaire() -> QuestionnaireVersion:
    return load_screening(screening_document(), at=NOON).version


def healthy_answers(intake: Intake, today: date, **changed: Any) -> dict[str, Any]:
    """An answer to each question that applies to a healthy adult; some answered otherwise, slugs with underscores."""
    questionnaire = questionnaire_of(intake.questionnaire)
    answers = {**HEALTHY, **{slug.replace("_", "-"): value for slug, value in changed.items()}}
    for question in applicable(questionnaire, answers, today):
        if question.slug not in answers:
            answers[question.slug] = nothing_value(questionnaire, question, today)
    return {slug: value for slug, value in answers.items() if value is not None}


def make_open_intake(client: Client, *, at: datetime = NOON, answered: bool = True, **changed: Any) -> Intake:
    intake = begin_intake(client, by=client.user, at=at)
    if answered:
        answers = healthy_answers(intake, local_today(at, client.time_zone), **changed)
        given = {slug: GivenAnswer(value) for slug, value in answers.items()}
        for section in sections_of(questionnaire_of(intake.questionnaire)):
            save_answers(
                intake,
                given,
                revision=intake.revision,
                tab="builder-tab",
                by=client.user,
                at=at,
                section_done=section.key,
            )
    return intake


def signature_of(intake: Intake, *, at: datetime) -> Signature:
    """The client's own; of a minor the mother's."""
    age, today = (intake.answers.get("age") or {}).get("value"), local_today(at, intake.client.time_zone)
    if isinstance(age, int) and age < 18:
        return Signature("Samira Mother", today, as_guardian=True, email="samira@example.org")
    return Signature(intake.client.name, today)


def make_signed_intake(client: Client, *, at: datetime = NOON, **changed: Any) -> Intake:
    intake = make_open_intake(client, at=at, **changed)
    return submit_intake(intake, signature=signature_of(intake, at=at), consents=CONSENTS, by=client.user, at=at)
