"""What is for therapists stays with them: words planted in every internal field reach no released plan."""

from pathlib import Path

import pytest

from routines.builder.edit import start_plan
from routines.catalog import versions
from routines.catalog.types import Catalog
from routines.plans.freeze import freeze
from routines.plans.models import PlanPhase
from tests.factories.catalog_texts import change_texts
from tests.factories.people import NOON

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "routines" / "catalog" / "data" / "catalog.yaml"
CANARY = "KANARIENVOGEL"
INTERNAL_WORDS = (
    "associated_with",
    "traditional_claims_internal",
    "source_says",
    "zone.name",
    "zone.cautions",
    "zone.notes",
    "said_to",
)


@pytest.fixture
def planted(db: None) -> Catalog:
    """The starter catalog with the canary in each text that is declared internal, so in a new one too."""
    versions.load_catalog(STARTER, at=NOON)
    return change_texts(versions.current_catalog(), lambda _text: CANARY, internal=True)


def test_no_internal_word_reaches_a_released_plan(planted, jon, noor):
    made = 0
    for protocol in planted.protocols:
        if protocol.client_title is None or protocol.home_plan_default == "off":
            continue
        plan = start_plan(noor, catalog=planted, by=jon, at=NOON, starts_on=NOON.date(), protocol=protocol.slug)
        phases = list(PlanPhase.objects.across_practices().filter(plan=plan).prefetch_related("steps"))
        content = freeze(plan, phases, planted, questionnaire=1, catalog_number=1)
        assert CANARY not in content.to_json().decode(), protocol.slug
        made += 1
    assert made == 16


def test_no_client_template_names_an_internal_field():
    folders = [
        "templates/emails",
        "templates/routines/portal",
        "templates/routines/sessions",
        "templates/routines/handout",
        "templates/clients/intake",
        "templates/clients/account",
    ]
    assert all((ROOT / folder).is_dir() for folder in folders)
    found = [
        (str(path.relative_to(ROOT)), word)
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        for word in INTERNAL_WORDS
        if word in path.read_text()
    ]
    assert not found
