"""Builders of the roster's rooms."""

from typing import Any

from clients.questionnaire.models import QuestionnaireVersion
from clients.record.models import Intake, ScreeningRecord
from clients.roster.models import Client
from tests.make import NOON


def register_values(**changes: str) -> dict[str, str]:
    """What the registration form sends."""
    return {
        "name": "Noor Haddad",
        "email": "noor@example.org",
        "time_zone": "Europe/London",
        "language": "en-gb",
        **changes,
    }


def sign_intake(
    client: Client, version: QuestionnaireVersion, *, overall: str = "CLEAR", **fields: Any
) -> ScreeningRecord:
    """A signed intake and what the rules said of it."""
    intake = Intake.objects.create(
        client=client,
        questionnaire=version,
        begun_at=NOON,
        saved_at=NOON,
        submitted_at=NOON,
        signature={"name": client.name},
        **fields,
    )
    return ScreeningRecord.objects.create(
        client=client,
        intake=intake,
        questionnaire=version,
        made_at=NOON,
        for_day=NOON.date(),
        cause="intake",
        overall=overall,
    )
