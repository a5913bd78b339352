"""No catalog version with a claim to clients: refused by file, by form and by sheet, naming entry and field."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from practice.wording.rules import fits, vocabulary
from practice.wording.words import fold_words
from routines import models
from routines.catalog import client_texts as client_texts_module
from routines.catalog import versions
from routines.catalog.client_texts import client_texts, refuse_claims
from routines.catalog.parse import CatalogFaulty, parse_catalog
from routines.catalog.types import Catalog
from tests.catalog.test_admin import STARTER, filled_in, page, shown_form
from tests.factories.catalog_texts import change_texts
from tests.factories.people import NOON

CLAIM = "Treats liver disease, detoxifies and boosts immunity"


@pytest.fixture(scope="module")
def starter() -> dict[str, Any]:
    return yaml.safe_load(STARTER.read_text())


@pytest.fixture
def loaded(db: None) -> versions.CatalogChange:
    return versions.load_catalog(STARTER, at=NOON)


def test_the_starter_catalog_passes_its_own_gate(starter: dict[str, Any]) -> None:
    catalog = parse_catalog(starter, file="catalog.yaml")
    refuse_claims(catalog, file="catalog.yaml")
    assert sum(1 for _text in client_texts(catalog)) > 400


def test_the_starter_catalog_names_no_inner_organ_to_clients(starter: dict[str, Any]) -> None:
    organs = [fold_words(word, keep="*") for word in vocabulary("en").language.words["organ"]]
    named = [
        (zone["slug"], word)
        for zone in starter["zones"]
        for word in fold_words(zone["client_wording"]).replace(",", " ").replace(".", " ").split()
        if any(fits(word, organ) for organ in organs)
    ]
    assert not named


def test_every_text_that_is_not_declared_internal_is_held_against_the_rules(starter: dict[str, Any]) -> None:
    """A claim planted in each text is found there, so a new field is covered from its first day."""
    catalog = parse_catalog(starter, file="catalog.yaml")
    for_clients = change_texts(catalog, lambda text: f"{text}. {CLAIM}", internal=False)
    assert all(text.text.replace("-", " ").endswith(CLAIM) for text in client_texts(for_clients))
    with pytest.raises(CatalogFaulty) as refusal:
        refuse_claims(for_clients, file="catalog.yaml")
    assert len(refusal.value.faults) == sum(1 for _text in client_texts(catalog))
    refuse_claims(change_texts(catalog, lambda text: f"{text}. {CLAIM}", internal=True), file="catalog.yaml")


@pytest.mark.parametrize(
    ("section", "slug", "field"),
    [
        ("zones", "bl57-s2", "client_wording"),
        ("zones", "bl57-s2", "how_to_locate"),
        ("techniques", "area-massage", "how"),
        ("techniques", "area-massage", "name"),
        ("tools", "hands", "name"),
        ("regions", "big-toe", "name"),
        ("pressure_levels", "light", "client_cue"),
        ("protocols", "mat-daily", "client_title"),
        ("aftercare_steps", "after-mat-tread", "name"),
    ],
)
def test_a_file_with_a_claim_is_refused_naming_entry_and_field(
    loaded: versions.CatalogChange, starter: dict[str, Any], section: str, slug: str, field: str
) -> None:
    document = copy.deepcopy(starter)
    entry = next(each for each in document[section] if each["slug"] == slug)
    entry[field] = CLAIM
    with pytest.raises(CatalogFaulty) as refusal:
        versions.load_catalog(document, at=NOON, file="mine.yaml")
    (fault,) = refusal.value.faults
    assert (fault.file, fault.field) == ("mine.yaml", field)
    assert fault.entry.startswith(f"{section}[")
    assert fault.entry.endswith(f" {slug}")
    assert "Clients read this, so it cannot be published. “" in fault.message
    assert models.CatalogVersion.objects.count() == 1


def test_a_phases_short_name_and_focus_reach_clients_too(starter: dict[str, Any]) -> None:
    document = copy.deepcopy(starter)
    document["protocols"][0]["phases"][0].update(slug="liver-cleanse", focus="Detox week")
    with pytest.raises(CatalogFaulty) as refusal:
        refuse_claims(parse_catalog(document, file="f"), file="f")
    assert {fault.field for fault in refusal.value.faults} == {"slug", "focus"}
    assert all("phases[0]" in fault.entry for fault in refusal.value.faults)


def test_load_catalog_prints_entry_and_field(
    db: None, starter: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = copy.deepcopy(starter)
    document["zones"][0]["client_wording"] = "Stimulates the kidneys."
    file = tmp_path / "bold.yaml"
    file.write_text(yaml.safe_dump(document))
    with pytest.raises(SystemExit):
        call_command("load_catalog", str(file), verbosity=0)
    said = capsys.readouterr().err
    assert f"bold.yaml: zones[0] {document['zones'][0]['slug']}: client_wording: " in said
    assert not models.CatalogVersion.objects.exists()


def test_the_form_refuses_beside_its_field(loaded: versions.CatalogChange, ada: Any, browse: Any) -> None:
    browser = browse(ada)
    url = page("zone_change", "bl57-s2")
    answer = browser.post(url, filled_in(shown_form(browser, url), client_wording=CLAIM))
    assert answer.status_code == 200
    (error,) = answer.context["adminform"].form.errors["client_wording"]
    assert "Clients read this" in error
    assert CLAIM in answer.content.decode()
    assert models.Zone.objects.get(pk="bl57-s2").client_wording != CLAIM
    assert models.CatalogVersion.objects.count() == 1


def test_a_sheet_is_refused_naming_entry_and_field(loaded: versions.CatalogChange, ada: Any, browse: Any) -> None:
    browser = browse(ada)
    sheet = f"slug,name\nhands,{CLAIM.replace(',', ' and')}\n"
    upload = SimpleUploadedFile("tools.csv", sheet.encode(), "text/csv")
    answer = browser.post(page("tool_import"), {"import_file": upload, "format": "0", "resource": ""}, follow=True)
    text = answer.content.decode()
    assert "Clients read this" in text
    assert "hands, name" in text
    assert models.Tool.objects.get(pk="hands").name != CLAIM
    assert models.CatalogVersion.objects.count() == 1


def test_what_only_therapists_read_may_name_what_a_source_claims(
    loaded: versions.CatalogChange, starter: dict[str, Any]
) -> None:
    document = copy.deepcopy(starter)
    document["zones"][0]["notes"] = CLAIM
    document["zones"][0]["traditional_claims_internal"] = [CLAIM]
    assert versions.load_catalog(document, at=NOON).is_new_version


def test_claims_that_newer_rules_find_can_be_taken_out_one_at_a_time(
    db: None, starter: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = copy.deepcopy(starter)
    first, second = document["zones"][:2]
    first["client_wording"], second["client_wording"] = CLAIM, "Heals the lungs."
    with monkeypatch.context() as older:
        older.setattr(client_texts_module, "_claim_in", lambda _text, _is_title: None)
        versions.load_catalog(document, at=NOON)
    zones = models.Zone.objects
    zones.filter(pk=first["slug"]).update(name="Another name for therapists")
    with pytest.raises(CatalogFaulty):
        versions.publish_catalog_edit(at=NOON, by=None)
    zones.filter(pk=first["slug"]).update(client_wording="Traditionally associated with calm.")
    assert versions.publish_catalog_edit(at=NOON, by=None).is_new_version
    zones.filter(pk=first["slug"]).update(client_wording="Cures all.")
    with pytest.raises(CatalogFaulty):
        versions.publish_catalog_edit(at=NOON, by=None)


def test_a_version_from_before_the_rules_can_still_be_read(
    db: None, starter: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = copy.deepcopy(starter)
    document["zones"][0]["client_wording"] = CLAIM
    with monkeypatch.context() as older:
        older.setattr(client_texts_module, "_claim_in", lambda _text, _is_title: None)
        version = versions.load_catalog(document, at=NOON).version
    versions._parsed.cache_clear()
    assert isinstance(versions.catalog_of(version), Catalog)
