"""Loading the catalog: everything has a home, twice changes nothing, a bad file changes nothing."""

import copy
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from practice.audit.models import AuditEntry
from practice.core.yaml_documents import DocumentFaulty
from routines import models
from routines.catalog import versions
from routines.catalog.canonical import canonical
from routines.catalog.parse import CatalogFaulty, parse_catalog
from routines.catalog.versions import export_document
from tests.factories.people import NOON

pytestmark = pytest.mark.both("documents kept as JSON, rows replaced in order")

STARTER = Path(__file__).resolve().parents[2] / "routines" / "catalog" / "data" / "catalog.yaml"
LATER = NOON + timedelta(days=1)


@pytest.fixture(scope="module")
def starter() -> dict:
    return yaml.safe_load(STARTER.read_text())


@pytest.fixture
def loaded(db: None) -> versions.CatalogChange:
    return versions.load_catalog(STARTER, at=NOON)


@pytest.fixture
def document(starter: dict) -> dict:
    return copy.deepcopy(starter)


def lines_of_history() -> int:
    return sum(model.history.count() for model in _entries())


def _entries() -> list:
    return [sheet.model for sheet in versions.SHEETS.values() if hasattr(sheet.model, "history")]


COUNTS = {
    "Tradition": 6,
    "FootView": 5,
    "Region": 44,
    "Zone": 49,
    "ZoneTechnique": 94,
    "Technique": 59,
    "Tool": 19,
    "Position": 11,
    "PressureLevel": 6,
    "IntensityDegree": 3,
    "TimeOfDay": 7,
    "PreparationStep": 10,
    "AftercareStep": 5,
    "Protocol": 17,
    "ProtocolPhase": 20,
    "ProtocolStep": 83,
    "ObservationOption": 27,
    "ObservationGroup": 6,
    "PointType": 5,
    "Meridian": 4,
    "BackgroundBelief": 4,
    "Disagreement": 10,
    "DisagreementClaim": 38,
    "Figure": 28,
    "SourceFile": 5,
    "OutOfScope": 1,
    "CatalogVersion": 1,
    "CatalogPreface": 1,
}


def test_everything_in_the_starter_file_is_kept(loaded):
    assert {name: getattr(models, name).objects.count() for name in COUNTS} == COUNTS


SETS = {"regions", "views", "parts", "typical_regions", "also_on"}


def _in_one_spelling(value, key=""):
    """The file may write a count as `7` and a set in any order; nothing else may differ."""
    if isinstance(value, dict):
        return {name: _in_one_spelling(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [_in_one_spelling(item) for item in value]
        return sorted(items) if key in SETS and isinstance(items[0], str) else items
    return {"min": value, "max": value} if key in {"per_day", "days_per_week"} and isinstance(value, int) else value


def test_every_key_and_value_of_the_starter_file_comes_out_again(loaded, starter):
    assert _in_one_spelling(export_document()) == _in_one_spelling(starter)


def test_export_loaded_again_is_the_same(loaded, document):
    exported = export_document()
    assert canonical(exported) == exported
    before = lines_of_history()
    assert not versions.load_catalog(exported, at=LATER)
    assert export_document() == exported
    assert lines_of_history() == before


def test_second_load_changes_nothing(loaded):
    before = lines_of_history()
    change = versions.load_catalog(STARTER, at=LATER)
    assert not change
    assert change.version == loaded.version
    assert models.CatalogVersion.objects.count() == 1
    assert lines_of_history() == before
    assert AuditEntry.objects.across_practices().filter(action="catalog.changed").count() == 1


def test_a_change_is_one_line_of_history_and_one_version(loaded, document, ada):
    document["zones"][3]["client_wording"] = "Traditionally associated with rest."
    before = lines_of_history()
    change = versions.load_catalog(document, at=LATER, by=ada, file="new.yaml")
    assert dict(change.changed) == {"zones": 1}
    assert not change.added
    assert not change.retired
    assert lines_of_history() == before + 1
    assert change.version.number > loaded.version.number
    assert change.version.created_by == ada
    slug = document["zones"][3]["slug"]
    line = models.Zone.history.filter(slug=slug).latest()
    assert (line.history_user, line.history_date) == (ada, LATER)
    now, then = versions.current_catalog(), versions.catalog_of(loaded.version)
    assert now.zone_by_slug[slug].client_wording == "Traditionally associated with rest."
    assert then.zone_by_slug[slug].client_wording != "Traditionally associated with rest."


def test_new_entries_come_and_missing_ones_are_retired_never_deleted(loaded, document):
    gone = document["figures"].pop()
    unused = document["background_beliefs"].pop(0)
    document["times_of_day"].append({**document["times_of_day"][0], "slug": "noon", "name": "Noon"})
    change = versions.load_catalog(document, at=LATER)
    assert dict(change.retired) == {"figures": 1, "background_beliefs": 1}
    assert dict(change.added) == {"times_of_day": 1}
    assert models.Figure.objects.get(name=gone["what"]).retired_at == LATER
    assert models.BackgroundBelief.objects.count() == 4
    assert unused["slug"] not in {belief.slug for belief in versions.current_catalog().background_beliefs}
    back = versions.load_catalog(STARTER, at=LATER)
    assert dict(back.changed) == {"figures": 1, "background_beliefs": 1}
    assert dict(back.retired) == {"times_of_day": 1}
    assert models.Figure.objects.get(name=gone["what"]).retired_at is None


def test_a_shorter_list_of_steps_and_a_new_order_are_kept(loaded, document):
    phase = document["protocols"][0]["phases"][0]
    phase["steps"] = phase["steps"][2:5]
    document["techniques"][0]["tools"].reverse()
    document["zones"].insert(0, document["zones"].pop())
    change = versions.load_catalog(document, at=LATER)
    assert dict(change.changed) == {"protocols": 1, "techniques": 1}
    stored = versions.current_catalog()
    assert [step.n for step in stored.protocols[0].phases[0].steps] == [3, 4, 5]
    assert list(stored.techniques[0].tools) == document["techniques"][0]["tools"]
    assert stored.zones[0].slug == document["zones"][0]["slug"]
    assert export_document() == models.CatalogVersion.objects.first().document


def test_two_levels_may_trade_ranks(loaded, document):
    levels = document["pressure_levels"]
    for level in levels:
        level["rank"] = {1: 0, 0: 1}.get(level["rank"], level["rank"])
    versions.load_catalog(document, at=LATER)
    assert versions.current_catalog().rank_of("feather") == 0


def _set(path: str, value: object):
    def break_it(document: dict) -> None:
        *way, last = path.split("/")
        for step in way:
            document = document[int(step)] if step.isdigit() else document[step]
        document[int(last) if last.isdigit() else last] = value

    return break_it


BAD = [
    ("an unknown key", _set("zones/0/colour", "red"), "zones[0] arch-digestion-adrenal-s0", "colour"),
    ("a zone in no region", _set("zones/1/regions", ["moon"]), "zones[1]", "regions"),
    ("a technique that is not there", _set("zones/2/techniques/0/technique", "moonwalk"), "zones[2]", "techniques"),
    ("seconds as words", _set("techniques/0/duration_s/min", "ten"), "techniques[0] area-massage", "duration_s.min"),
    ("ends the wrong way round", _set("techniques/0/duration_s/min", 9999), "techniques[0] area-massage", "duration_s"),
    ("a name over the limit", _set("tools/0/name", "ä" * 301), "tools[0] hands", "name"),
    ("a slug over the limit", _set("figures/0/what", ""), "figures[0]", "what"),
    ("more than seven days a week", _set("protocols/0/phases/0/frequency/days_per_week", 8), "protocols[0]", ""),
    (
        "minutes the wrong way round",
        _set("protocols/0/session/minutes", {"min": 9, "max": 2}),
        "protocols[0]",
        "session.minutes",
    ),
    ("beyond the hard limit", _set("techniques/0/hard_max_s", 5), "techniques[0]", ""),
    ("a belief shown everywhere", _set("background_beliefs/0/display", "always"), "background_beliefs[0]", "display"),
    ("a NUL character", _set("zones/0/notes", "a\x00b"), "zones[0]", ""),
    ("half an emoji", _set("zones/0/notes", "a\ud83d"), "zones[0]", ""),
    ("a list for a document", lambda document: document.clear(), "", "zones"),
    ("a tool twice", _set("techniques/0/tools", ["hands", "hands"]), "techniques[0]", "tool"),
    (
        "a claim for clients",
        _set("observation_options/foot_temperature/0/show_source_claim_to_client", True),
        "observation_options",
        "",
    ),
    ("a negative figure", _set("meridians/device_tolerance_mm", -1), "preface", ""),
    ("a zone twice", lambda document: document["zones"].append(document["zones"][0]), "zones[49]", "slug"),
]


@pytest.mark.parametrize(("how", "entry", "field"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_a_bad_file_names_the_place_and_changes_nothing(loaded, document, how, entry, field):
    before = lines_of_history()
    # A good change beside the bad one must not slip through.
    document["tools"][5]["use"] = "Something else."
    how(document)
    with pytest.raises(CatalogFaulty) as refusal:
        versions.load_catalog(document, at=LATER, file="bad.yaml")
    faults = refusal.value.faults
    assert all(fault.file == "bad.yaml" and fault.message for fault in faults)
    assert any(fault.entry.startswith(entry) and field in fault.field for fault in faults), faults
    assert models.CatalogVersion.objects.count() == 1
    assert models.Tool.objects.get(slug="fingertips").use != "Something else."
    assert lines_of_history() == before


def test_a_bad_first_file_names_the_entry_and_leaves_nothing(db, document):
    document["protocols"][3]["phases"][0]["frequency"]["days_per_week"] = 8
    with pytest.raises(CatalogFaulty) as refusal:
        versions.load_catalog(document, at=NOON, file="first.yaml")
    assert [str(fault.entry) for fault in refusal.value.faults] == ["protocols[3] plantar-after-sitting"]
    assert "seven days" in refusal.value.faults[0].message
    assert not models.Tradition.objects.exists()


def test_all_faults_of_a_file_are_named_at_once(loaded, document):
    document["zones"][0]["tradition"] = "nowhere"
    document["zones"][1]["pressure"] = "crushing"
    with pytest.raises(CatalogFaulty) as refusal:
        versions.load_catalog(document, at=LATER)
    assert len(refusal.value.faults) == 2


@pytest.mark.parametrize("text", ["zones: [", "- just\n- a list", "", "a: b\na: c", "zones: {}"])
def test_a_file_that_is_no_catalog_is_refused(db, tmp_path, text):
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    with pytest.raises(DocumentFaulty) as refusal:
        versions.load_catalog(path, at=NOON)
    assert all(fault.file == "odd.yaml" for fault in refusal.value.faults)
    assert not models.CatalogVersion.objects.exists()


def test_the_catalog_in_use_costs_one_query(loaded, django_assert_num_queries, starter):
    first = versions.current_catalog()
    assert first == parse_catalog(canonical(starter), file="")
    with django_assert_num_queries(1):
        assert versions.current_catalog() is first


def test_no_catalog_yet_says_what_to_do(db):
    with pytest.raises(versions.CatalogMissing, match="load_catalog"):
        versions.current_catalog()


def test_an_entry_that_others_name_cannot_be_retired(loaded, ada):
    with pytest.raises(versions.EntryInUse):
        versions.retire_entry(models.Technique.objects.get(slug="area-massage"), at=LATER, by=ada)
    assert models.Technique.objects.get(slug="area-massage").retired_at is None
    assert models.CatalogVersion.objects.count() == 1


def test_an_entry_is_retired_and_brought_back(loaded, ada):
    belief = models.BackgroundBelief.objects.first()
    assert versions.retire_entry(belief, at=LATER, by=ada).is_new_version
    assert len(versions.current_catalog().background_beliefs) == 3
    versions.restore_entry(belief, at=LATER, by=ada)
    assert len(versions.current_catalog().background_beliefs) == 4
    assert models.CatalogVersion.objects.count() == 3
