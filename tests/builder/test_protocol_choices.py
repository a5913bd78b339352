"""Protocols to choose among: those that may be used come first; a closed gate says why and what to use instead."""

from dataclasses import replace
from typing import Any

import pytest

from clients.screening.engine import screen
from routines.builder.protocol_choices import ProtocolOffer, offered_protocols
from tests.screening.examples import TODAY, catalog, given, healthy, questionnaire

FLARE = {
    "heel-arch-pain": 8,
    "heel-pain-side": "right",
    "heel-pain-course": "new_or_improving",
    "heel-pain-assessed": "yes",
}


def offers(answers: dict[str, Any], *, affected: str = "both") -> dict[str, ProtocolOffer]:
    screening = screen(questionnaire(), given({**healthy(), **answers}), [], TODAY)
    return {offer.protocol.slug: offer for offer in offered_protocols(screening, catalog(), affected=affected)}


def test_all_home_protocols_in_the_catalogs_order_where_no_gate_is_closed() -> None:
    expected = [entry.slug for entry in catalog().protocols if entry.slug != "degree-strong"]
    assert list(offers({})) == expected
    assert not any(offer.gate or offer.gate_rule or offer.instead or offer.blocked for offer in offers({}).values())


def test_closed_gates_come_last_and_say_why() -> None:
    found = offers(FLARE)
    gated = ["plantar-phased", "plantar-first-step", "plantar-after-sitting"]
    order = [entry.slug for entry in catalog().protocols if entry.slug != "degree-strong"]
    assert list(found) == [slug for slug in order if slug not in gated] + gated
    assert {slug: offer.gate_rule for slug, offer in found.items() if offer.gate} == dict.fromkeys(
        gated, "plantar-acute-flare"
    )
    assert found["plantar-phased"].instead is not None
    assert found["plantar-phased"].instead.slug == "plantar-acute-flare"
    assert found["plantar-first-step"].instead is None


@pytest.mark.parametrize(("affected", "blocked"), [("left", 3), ("right", 0)])
def test_what_the_answers_leave_out_is_counted_on_the_affected_side(affected: str, blocked: int) -> None:
    offer = offers({"open-wound": [{"side": "left", "region": "heel"}]}, affected=affected)["plantar-phased"]
    assert (offer.steps, offer.blocked) == (28, blocked)


def test_a_card_names_tradition_focus_and_tools_once() -> None:
    found = offers({})
    assert {slug: offer.tools for slug, offer in found.items() if offer.tools} == {
        "plantar-phased": ("Firm massage ball", "Frozen water bottle"),
        "plantar-acute-flare": ("Firm massage ball", "Cold pack wrapped in a cloth"),
        "evening-whole-foot": ("Warm foot bath (basin)", "Textured massage mat (bumps and uneven parts)"),
        "mat-daily": ("Acupressure foot mat (spiked)",),
    }
    phased, mat = found["plantar-phased"], found["mat-daily"]
    assert (phased.tradition, phased.focus) == (
        "Trigger-point / myofascial work", "Gentle work and building the habit.",
    )  # fmt: skip
    assert (mat.tradition, mat.focus) == ("Mat acupressure (all points at once)", "")
    assert (phased.gate, phased.gate_rule, phased.instead) == ("", "", None)


def test_a_card_says_the_catalogs_words_where_its_gate_is_closed() -> None:
    found = offers(FLARE)
    assert found["plantar-phased"].gate == "use protocol plantar-acute-flare instead"
    assert found["plantar-first-step"].gate == "do not use"
    assert found["mat-daily"].gate == ""


def test_steps_are_counted_with_those_that_are_only_named() -> None:
    assert offers({})["evening-whole-foot"].steps == 20


def test_steps_that_would_have_to_be_shorter_are_counted_too() -> None:
    blocked = {slug: offer.blocked for slug, offer in offers({"age": 15, "guardian-consent": "yes"}).items()}
    lighter = {slug: offer.blocked for slug, offer in offers({"exhausted-today": "yes"}).items()}
    assert blocked["plantar-phased"] > lighter["plantar-phased"] > 0


def test_where_no_side_is_named_both_are_meant() -> None:
    screening = screen(
        questionnaire(), given({**healthy(), "open-wound": [{"side": "left", "region": "heel"}]}), [], TODAY
    )
    unnamed = offered_protocols(screening, catalog())
    assert unnamed == offered_protocols(screening, catalog(), affected="both")
    assert unnamed != offered_protocols(screening, catalog(), affected="right")


def test_only_what_is_for_home_and_has_a_title_for_clients() -> None:
    phased, mat, *rest = (entry for entry in catalog().protocols)
    changed = replace(
        catalog(), protocols=(replace(phased, client_title=None), replace(mat, home_plan_default="off"), *rest)
    )
    screening = screen(questionnaire(), given(healthy()), [], TODAY)
    found = {offer.protocol.slug for offer in offered_protocols(screening, changed)}
    assert found == set(offers({})) - {phased.slug, mat.slug}
