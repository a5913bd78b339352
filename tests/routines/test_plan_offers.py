"""Protocols to choose among: those that may be used come first; a closed gate says why and what to use instead."""

from typing import Any

import pytest

from clients.screening.engine import screen
from routines.builder.protocol_choices import ProtocolOffer, offered_protocols
from tests.screening_examples import TODAY, catalog, given, healthy, questionnaire

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
    offer = offers({})["plantar-phased"]
    assert offer.tradition
    assert offer.focus
    assert offer.tools == ("Firm massage ball", "Frozen water bottle")
