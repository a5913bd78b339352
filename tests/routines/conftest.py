import pytest

from clients.roster.models import Client
from tests.make_intake import make_signed_intake
from tests.make_plan import make_starter


@pytest.fixture
def rules(db: None) -> None:
    """Catalog and questionnaire in force."""
    make_starter()


@pytest.fixture
def signed(rules: None, noor: Client) -> Client:
    """Noor, a healthy adult who has signed her answers."""
    make_signed_intake(noor)
    return noor
