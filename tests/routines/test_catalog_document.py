"""The zone catalog document: read whole, or refused with file, entry and field of each fault."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from routines.catalog.parse import CatalogFaulty, parse_catalog
from tests.clients.test_questionnaire import assert_carried
from tests.screening_examples import catalog, catalog_document, questionnaire


def faults_of(change: Callable[[dict], None], **options: Any) -> list[tuple[str, str, str]]:
    document = copy.deepcopy(catalog_document())
    change(document)
    with pytest.raises(CatalogFaulty) as refusal:
        parse_catalog(document, file="zones.yaml", **options)
    assert all(fault.file == "zones.yaml" and fault.message for fault in refusal.value.faults)
    return [(fault.entry, fault.field, fault.message) for fault in refusal.value.faults]


def test_the_starter_is_whole() -> None:
    sizes = {name: len(getattr(catalog(), name)) for name in ("traditions", "regions", "zones", "techniques", "tools")}
    assert sizes == {"traditions": 6, "regions": 44, "zones": 49, "techniques": 59, "tools": 19}
    assert (len(catalog().positions), len(catalog().protocols)) == (11, 17)


def test_every_value_of_the_document_is_carried() -> None:
    assert_carried(catalog_document(), catalog())


def test_the_rules_that_it_names_exist() -> None:
    parse_catalog(catalog_document(), file="zones.yaml", rule_slugs=questionnaire().rule_by_slug)


@pytest.mark.parametrize(
    ("change", "entry", "field"),
    [
        (lambda d: d.pop("zones"), "", "zones"),
        (lambda d: d["zones"][0].update(colour="red"), "zones[0] arch-digestion-adrenal-s0", "colour"),
        (lambda d: d["zones"][0].update(regions=["moon"]), "zones[0] arch-digestion-adrenal-s0", "regions"),
        (lambda d: d["zones"][0].update(regions=[]), "zones[0] arch-digestion-adrenal-s0", "regions"),
        (lambda d: d["zones"][0].update(sides=["middle"]), "zones[0] arch-digestion-adrenal-s0", "sides[0]"),
        (lambda d: d["zones"][0].update(direct_plantar="yes"), "zones[0] arch-digestion-adrenal-s0", "direct_plantar"),
        (lambda d: d["zones"][1].update(slug="arch-digestion-adrenal-s0"), "zones[1] arch-digestion-adrenal-s0",
         "slug"),
        (lambda d: d["zones"][0]["shapes"][0].update(points=[[0, 1]]), "zones[0] arch-digestion-adrenal-s0",
         "shapes[0]"),
        (lambda d: d["zones"][0]["source"].update(file="nowhere.txt"), "zones[0] arch-digestion-adrenal-s0", "sources"),
        (lambda d: d["regions"][0].update(shapes=[]), "regions[0] big-toe", "leaf"),
        (lambda d: next(r for r in d["regions"] if r["slug"] == "toes").update(parts=["whole-foot"]),
         "regions[29] toes", "parts"),
        (lambda d: d["techniques"][0].update(tools=["hammer"]), "techniques[0] area-massage", "tools"),
        (lambda d: d["techniques"][0]["duration_s"].update(min=999), "techniques[0] area-massage", "duration_s"),
        (lambda d: d["techniques"][0]["pressure"].update(min="strong"), "techniques[0] area-massage", "pressure"),
        (lambda d: d["protocols"][0]["phases"][1].update(from_day=5),
         "protocols[0] plantar-phased > phases[1] weeks-3-6", "from_day"),
        (lambda d: d["protocols"][0]["phases"][0]["steps"][0].update(zone="moon"),
         "protocols[0] plantar-phased > phases[0] weeks-1-2 > steps[0] 1", "zone"),
        (lambda d: d["protocols"][0]["phases"][0]["steps"][1].update(n=1),
         "protocols[0] plantar-phased > phases[0] weeks-1-2 > steps[1] 1", "n"),
        (lambda d: d["preparation_steps"][1].pop("zone"), "preparation_steps[1] prep-heel-rises", "zone"),
        (lambda d: d["pressure_levels"][1].update(rank=0), "pressure_levels", "rank"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_entry_and_field(change: Any, entry: str, field: str) -> None:
    found = faults_of(change)
    assert (entry, field) in [(at_entry, at_field) for at_entry, at_field, _message in found], found


def test_an_unknown_rule_is_a_fault_when_the_rules_are_known() -> None:
    found = faults_of(lambda d: d["tools"][8].update(contraindicated_when=["ghost"]), rule_slugs={"anticoagulants"})
    assert ("tools[8] firm-ball", "contraindicated_when") in [(entry, field) for entry, field, _ in found]


@pytest.mark.parametrize("document", [None, [], "text", 3, {"zones": 5}])
def test_something_else_entirely_is_refused(document: Any) -> None:
    with pytest.raises(CatalogFaulty):
        parse_catalog(document, file="zones.yaml")
