"""Reading the catalog: everything is somewhere, for staff only, at the same few queries."""

from pathlib import Path

import pytest
from django.urls import reverse

from routines import models
from routines.catalog import versions
from routines.catalog.versions import export_document
from tests.factories.people import NOON

STARTER = Path(__file__).resolve().parents[2] / "routines" / "catalog" / "data" / "catalog.yaml"


@pytest.fixture
def loaded(db: None) -> versions.CatalogChange:
    return versions.load_catalog(STARTER, at=NOON)


def url(name: str, *args: str) -> str:
    return reverse(f"routines:catalog_{name}", args=args)


def every_page() -> list[str]:
    catalog = versions.current_catalog()
    return [
        *(f"{url('index')}?show={shelf}" for shelf in ("zones", "techniques", "protocols", "tools")),
        url("reference"),
        *(url("zone", zone.slug) for zone in catalog.zones),
        *(url("technique", technique.slug) for technique in catalog.techniques),
        *(url("protocol", protocol.slug) for protocol in catalog.protocols),
    ]


def texts_of(document: object) -> set[str]:
    """Every sentence of the document that a person could read; codes and drawing hints left out."""
    if isinstance(document, dict):
        skip = {"slug", "shapes", "outline", "kind", "type", "id", "leaf", "step_kind", "display", "home_plan_default"}
        return {text for key, value in document.items() if key not in skip for text in texts_of(value)}
    if isinstance(document, list):
        return {text for item in document for text in texts_of(item)}
    return {document} if isinstance(document, str) and " " in document else set()


def test_every_sentence_of_the_catalog_is_shown_on_some_page(loaded, jon, browse):
    from html import unescape

    browser = browse(jon)
    shown = ""
    for page in every_page():
        answer = browser.get(page)
        assert answer.status_code == 200, page
        shown += unescape(answer.content.decode())
    # The list of techniques shortens what the technique's own page says in full.
    missing = {text for text in texts_of(export_document()) if text not in shown}
    assert not missing


@pytest.mark.parametrize(
    "page",
    [
        "?show=zones",
        "?show=techniques",
        "?show=protocols",
        "?show=tools",
        "reference/",
        "zones/bl57-s2/",
        "techniques/area-massage/",
        "protocols/plantar-phased/",
    ],
)
def test_pages_take_the_same_few_queries(loaded, jon, browse, django_assert_max_num_queries, page):
    browser = browse(jon)
    browser.get(url("index"))
    with django_assert_max_num_queries(8):
        assert browser.get(url("index") + page).status_code == 200


def test_search_and_filters_narrow_the_zones(loaded, jon, browse):
    browser = browse(jon)

    def found(**asked: str) -> set[str]:
        return {zone.slug for zone in browser.get(url("index"), asked).context["found"]}

    assert len(found()) == 49
    assert "lumbar-spine-s4" in found(q="LUMBAR  spine")
    assert "arch-digestion-adrenal-s0" in found(q="bloating")
    assert found(q="no such words") == set()
    assert found(tradition="spine-reflex") == {
        zone.slug for zone in versions.current_catalog().zones if zone.tradition == "spine-reflex"
    }
    assert "central-arch-s2" in found(region="arch-middle")
    assert "heel-attachment-s2" not in found(region="arch-middle")
    assert found(view="posterior-leg") < found()
    assert found(region="atlantis") == set()


def test_htmx_gets_the_list_alone(loaded, jon, browse):
    answer = browse(jon).get(url("index"), {"q": "spine"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert text.strip().startswith('<div id="catalog-found"')
    assert "<html" not in text


def test_nothing_found_says_what_to_do(loaded, jon, browse):
    text = browse(jon).get(url("index"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "Take a word or a filter away" in text
    assert "<script>alert" not in text


def test_a_zone_shows_competing_claims_side_by_side(loaded, jon, browse):
    answer = browse(jon).get(url("zone", "arch-digestion-adrenal-s0"))
    near = {rival.zone.slug for rival in answer.context["near"]}
    wide = {rival.zone.slug for rival in answer.context["wide"]}
    assert {"arch-stomach-liver-pancreas-s1", "central-arch-s2", "arch-back-relief-s0"} <= near
    assert "big-toe-head-s3" not in near | wide
    assert "whole-foot-s3" in wide
    text = answer.content.decode()
    assert text.index("For therapists only") < text.index("bloating")


def test_a_note_stands_right_behind_its_source(loaded, jon, browse):
    page = browse(jon).get(url("reference")).content.decode()
    assert "How do you do the acupressure?”: bumpy mat used only at the end" in page


def test_an_unknown_or_retired_zone_is_not_found(loaded, jon, browse, ada):
    browser = browse(jon)
    assert browser.get(url("zone", "atlantis")).status_code == 404
    assert browser.get(url("technique", "atlantis")).status_code == 404
    assert browser.get(url("protocol", "atlantis")).status_code == 404
    protocol = models.Protocol.objects.get(slug="mat-daily")
    versions.retire_entry(protocol, at=NOON, by=ada)
    assert browser.get(url("protocol", "mat-daily")).status_code == 404


def test_who_may_read_it(loaded, mira, jon, dana, noor, ada, browse, client):
    pages = [
        url("index"),
        url("reference"),
        url("zone", "bl57-s2"),
        url("technique", "area-massage"),
        url("protocol", "mat-daily"),
    ]
    for page in pages:
        for person, status in ((mira, 200), (jon, 200), (ada, 200), (dana, 403), (noor, 403)):
            assert browse(person).get(page).status_code == status, (page, person)
        assert client.get(page).status_code == 302


def test_only_the_catalogs_keepers_see_the_edit_link(loaded, jon, ada, browse):
    page = url("zone", "bl57-s2")
    edit = reverse("admin:routines_zone_change", args=["bl57-s2"])
    assert edit in browse(ada).get(page).content.decode()
    assert edit not in browse(jon).get(page).content.decode()


def test_without_a_catalog_the_page_says_how_to_load_it(jon, browse):
    text = browse(jon).get(url("index")).content.decode()
    assert "load_catalog" in text
    assert browse(jon).get(url("reference")).status_code == 200
    assert browse(jon).get(url("zone", "bl57-s2")).status_code == 404
