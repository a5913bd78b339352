import pytest

from clients.models import QuestionnaireVersion
from tests.make import NOON


@pytest.fixture
def questionnaire(db: None) -> QuestionnaireVersion:
    """A published version with nothing in it: enough where only its outcome is shown."""
    return QuestionnaireVersion.objects.create(
        number=1, document={}, digest="0" * 64, created_at=NOON, published_at=NOON
    )
