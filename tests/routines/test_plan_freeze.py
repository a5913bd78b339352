"""A released version holds what the client's pages need, and nothing that is internal."""

import copy
import json
from typing import Any

import pytest

from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.builder.edit import change_plan, change_step
from routines.catalog.versions import current_catalog, load_catalog
from routines.plans.check_draft import draft_phases
from routines.plans.freeze import freeze
from routines.plans.publish import publish_plan
from tests.make import NOON
from tests.make_builder import first_step, make_draft
from tests.make_intake import catalog_document, make_questionnaire, make_signed_intake
from tests.make_plan import make_published_plan

#: Fields of the catalog that only therapists read, by kind of entry.
INTERNAL = {
    "zones": ("name", "associated_with", "cautions", "notes", "traditional_claims_internal", "shapes_are"),
    "protocols": ("name", "audience", "note", "do_not", "escalate", "use_when"),
    "techniques": ("caution", "conflict"),
    "tools": ("cautions",),
    "positions": ("note",),
    "regions": ("note",),
    "traditions": ("summary", "evidence"),
}
IN_PHASES = ("source_says_internal", "note", "ends_when")


def planted(document: Any) -> Any:
    """The catalog with a canary in every field that a client may not see."""
    marked = copy.deepcopy(document)
    for kind, fields in INTERNAL.items():
        for entry in marked[kind]:
            for field in fields:
                if field in entry:
                    entry[field] = _canary(entry[field], f"{kind} {entry['slug']} {field}")
    for protocol in marked["protocols"]:
        for phase in protocol["phases"]:
            phase.update({field: f"CANARY {field}" for field in IN_PHASES if field in phase})
            for step in phase["steps"]:
                step["note"] = "CANARY step note"
    return marked


def _canary(old: Any, place: str) -> Any:
    return [f"CANARY {place}"] * len(old) if isinstance(old, list) else f"CANARY {place}"


@pytest.fixture
def canaries(noor: Client) -> Client:
    load_catalog(planted(catalog_document()), at=NOON, file="canaries")
    make_questionnaire()
    make_signed_intake(noor)
    return noor


def test_nothing_internal_of_any_protocol_or_zone_is_frozen(canaries: Client, jon: Member) -> None:
    catalog = current_catalog()
    home = [entry.slug for entry in catalog.protocols if entry.client_title and entry.home_plan_default == "on"]
    plans = [make_draft(canaries, jon, protocol=slug) for slug in home]
    plans.append(make_draft(canaries, jon, zones=[zone.slug for zone in catalog.zones]))
    for plan in plans:
        change_plan(plan, by=jon, at=NOON, therapist_note="CANARY note for the practice")
        frozen = json.dumps(freeze(plan, draft_phases(plan), catalog, questionnaire=1, catalog_number=1))
        assert "CANARY" not in frozen, plan.protocol_id
        assert all(step.zone_id in frozen for phase in draft_phases(plan) for step in phase.steps.all() if step.zone_id)


def test_a_zone_is_told_by_region_client_wording_and_how_to_locate(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    change_step(first_step(plan), by=jon, at=NOON, note="Go slowly")
    step = publish_plan(plan, by=jon, at=NOON).content["phases"][0]["steps"][0]
    zone = current_catalog().zone_by_slug["heel-sleep-s1"]
    assert (step["place"], step["client_wording"], step["how_to_locate"]) == (
        "Heel",
        zone.client_wording,
        zone.how_to_locate,
    )
    assert (step["side"], step["pressure"], step["seconds"], step["note"]) == ("both", "light", 75, "Go slowly")
    assert zone.name not in json.dumps(step)


def test_a_released_version_keeps_what_it_said(signed: Client, jon: Member) -> None:
    plan = make_draft(signed, jon)
    first = publish_plan(plan, by=jon, at=NOON)
    change_step(first_step(plan), by=jon, at=NOON, seconds=60)
    second = publish_plan(plan, by=jon, at=NOON)
    first.refresh_from_db()
    assert [version.content["phases"][0]["steps"][0]["seconds"] for version in (first, second)] == [75, 60]


def test_what_a_re_screening_reads_is_what_the_client_sees(noor: Client, jon: Member) -> None:
    version = make_published_plan(noor, jon, "wind-down-sleep").current_version
    assert version is not None
    names = ("n", "zone", "technique", "side", "pressure", "seconds", "tool", "position")
    seen = [[step[name] for name in names] for phase in version.content["phases"] for step in phase["steps"]]
    read = [[step[name] for name in names] for phase in version.checked_steps for step in phase]
    assert read == [step for step in seen if step[names.index("technique")]]
    assert len(read) >= 3
