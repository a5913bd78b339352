"""Finding a zone by words, place or tradition, with what the rules would make of it for this client."""

from typing import Any

from clients.screening.engine import screen
from routines.builder.zone_picker import PlaceGroup, Wanted, offered_alongside, offered_places
from tests.screening_examples import TODAY, catalog, given, healthy, questionnaire


def found(cap: str = "light", answers: dict[str, Any] | None = None, **asked: str) -> list[PlaceGroup]:
    screening = screen(questionnaire(), given({**healthy(), **(answers or {})}), [], TODAY)
    return offered_places(Wanted.of(asked, catalog()), cap=cap, screening=screening, catalog=catalog())


def slugs(groups: list[PlaceGroup]) -> set[str]:
    return {offer.zone.slug for group in groups for offer in group.offers if offer.zone}


def test_without_a_wish_every_zone_is_offered_once() -> None:
    assert slugs(found()) == {zone.slug for zone in catalog().zones}
    assert sum(len(group.offers) for group in found()) == len(catalog().zones)


def test_words_place_and_tradition_narrow_it_down() -> None:
    assert slugs(found(q="sleep HEEL")) == {"heel-sleep-s1"}
    assert "central-arch-s2" in slugs(found(region="arch"))
    assert "heel-sleep-s1" not in slugs(found(region="arch"))
    assert {zone.slug for zone in catalog().zones if zone.tradition == "spine-reflex"} == slugs(
        found(tradition="spine-reflex")
    )


def test_what_the_catalog_does_not_know_asks_for_nothing() -> None:
    assert slugs(found(region="moon", tradition="<b>", view="x")) == slugs(found())
    assert found(q="\x00 no such zone " * 50) == []


def test_zones_on_the_same_place_stand_side_by_side() -> None:
    heel = next(group for group in found() if group.place == "Heel")
    assert heel.is_contested
    assert {offer.zone.slug for offer in heel.offers if offer.zone} >= {"heel-sleep-s1", "heel-back-relief-s0"}


def test_a_preview_names_side_and_rule() -> None:
    flare = {
        "heel-arch-pain": 8,
        "heel-pain-side": "left",
        "heel-pain-course": "new_or_improving",
        "heel-pain-assessed": "yes",
    }
    preview = found(q="sleep heel", answers=flare)[0].offers[0].preview
    assert (preview.state, preview.words) == ("excluded", "would be left out on the left")
    assert "plantar-acute-flare" in preview.rules


def test_a_preview_when_the_answers_block_everything() -> None:
    assert {offer.preview.state for group in found(answers={"stroke-signs": "yes"}) for offer in group.offers} == {
        "blocked"
    }


def test_what_needs_no_place_is_offered_beside() -> None:
    screening = screen(questionnaire(), given(healthy()), [], TODAY)
    offers = offered_alongside("breath", cap="light", screening=screening, catalog=catalog())
    assert [offer.technique.slug for offer in offers] == ["mindful-breathing"]
    assert offers[0].preview.state == "allowed"
