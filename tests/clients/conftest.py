"""The rules in force, and Noor on her way through the intake."""

import pytest
from django.test import Client as Browser

from clients.questionnaire.models import QuestionnaireVersion
from clients.roster.models import Client
from practice.tenancy.models import Member
from tests.clients.intake_steps import begin
from tests.make import NOON
from tests.make_intake import make_places, make_questionnaire


@pytest.fixture
def rules(db: None) -> None:
    make_places()
    make_questionnaire()


@pytest.fixture
def link(rules: None, noor: Client, jon: Member) -> Browser:
    """A browser that has pressed "begin" on Noor's invitation."""
    return begin(noor, jon)


@pytest.fixture
def questionnaire(db: None) -> QuestionnaireVersion:
    """A published version with nothing in it: enough where only its outcome is shown."""
    return QuestionnaireVersion.objects.create(
        number=1, document={}, digest="0" * 64, created_at=NOON, published_at=NOON
    )
