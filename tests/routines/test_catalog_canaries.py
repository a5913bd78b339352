"""What is for therapists stays with them: words planted in every internal field reach no released plan."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from routines.builder.edit import start_plan
from routines.catalog import versions
from routines.plans.freeze import freeze
from routines.plans.models import PlanPhase
from tests.make import NOON

ROOT = Path(__file__).resolve().parents[2]
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


def plant(document: dict) -> dict:
    """The starter catalog with the canary in each field that a client must never read."""
    document = copy.deepcopy(document)
    for zone in document["zones"]:
        zone.update(name=f"{CANARY} {zone['slug']}", notes=CANARY)
        for key in ("associated_with", "traditional_claims_internal", "cautions"):
            zone[key] = [CANARY]
    for technique in document["techniques"]:
        technique.update(caution=CANARY, conflict=CANARY)
    for protocol in document["protocols"]:
        protocol.update(name=CANARY, note=CANARY, do_not=[CANARY], escalate=[CANARY], use_when=CANARY)
        for phase in protocol["phases"]:
            phase.update(source_says_internal=CANARY, note=CANARY, ends_when=CANARY)
    for option in document["observation_options"]["foot_temperature"]:
        option.update(source_says=CANARY, therapist_prompt=CANARY)
    for belief in document["background_beliefs"]:
        belief["text"] = CANARY
    for kind in document["point_types"]:
        kind["said_to"] = CANARY
    for disagreement in document["disagreements"]:
        disagreement["product_rule"] = CANARY
        for claim in disagreement["claims"]:
            claim["says"] = CANARY
    return document


@pytest.fixture
def planted(db: None):
    document = yaml.safe_load((ROOT / "routines" / "catalog" / "data" / "catalog.yaml").read_text())
    versions.load_catalog(plant(document), at=NOON)
    return versions.current_catalog()


def test_no_internal_word_reaches_a_released_plan(planted, jon, noor):
    made = 0
    for protocol in planted.protocols:
        if protocol.client_title is None or protocol.home_plan_default == "off":
            continue
        plan = start_plan(noor, catalog=planted, by=jon, at=NOON, starts_on=NOON.date(), protocol=protocol.slug)
        phases = list(PlanPhase.objects.across_practices().filter(plan=plan).prefetch_related("steps"))
        content = freeze(plan, phases, planted, questionnaire=1, catalog_number=1)
        assert CANARY not in json.dumps(content, default=str), protocol.slug
        made += 1
    assert made == 16


def test_no_client_template_names_an_internal_field():
    folders = [
        "templates/portal",
        "templates/emails",
        "templates/routines/portal",
        "templates/routines/sessions",
        "templates/routines/handout",
        "templates/clients/intake",
        "templates/clients/portal",
    ]
    found = [
        (str(path.relative_to(ROOT)), word)
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        for word in INTERNAL_WORDS
        if word in path.read_text()
    ]
    assert not found
