"""The page on which a therapist marks which places of a client are not there."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from clients.absent_places.note import note_absent_places
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from clients.roster.roster import ClientChanged
from practice.audit.models import AuditEntry
from practice.tenancy.models import Member
from routines.catalog.markable import body_places
from tests.factories.intake import make_places, make_signed_intake
from tests.factories.intake_steps import begin, press, walk
from tests.factories.people import NOON
from tests.factories.reading import html_of, queries

TOE = {"side": "left", "region": "big-toe"}


@pytest.fixture
def places(db: None) -> None:
    make_places()


def address(client: Client) -> str:
    return reverse("clients:absent_places", args=[client.pk])


def detail(client: Client) -> str:
    return reverse("clients:roster_detail", args=[client.pk])


def mark(browser: Browser, client: Client, *pairs: str, revision: int | str = 0) -> Any:
    return browser.post(address(client), {"revision": revision, "place": pairs})


def saved(client: Client) -> list[dict[str, str]]:
    return Client.objects.across_practices().get(pk=client.pk).not_present


def actions(client: Client) -> list[str]:
    lines = AuditEntry.objects.for_practice(client.practice).order_by("id")
    return [line.action for line in lines if line.action.startswith("client.")]


# ---- Who may open it


def test_what_is_marked_is_kept_shown_and_written_down(browse: Any, jon: Member, noor: Client, places: None) -> None:
    browser = browse(jon)
    assert mark(browser, noor, "left:big-toe", "right:whole-foot")["Location"] == detail(noor)
    assert saved(noor) == [TOE, {"side": "right", "region": "whole-foot"}]
    assert actions(noor) == ["client.places_changed"]
    text = browser.get(detail(noor)).content.decode()
    assert "Big toe (left)" in text
    assert "Whole foot (right)" in text
    form = html_of(browser.get(address(noor)))
    assert 'value="left:big-toe" data-region="big-toe" data-side="left" checked' in form
    assert 'value="right:big-toe" data-region="big-toe" data-side="right">' in form


def test_another_practices_client_is_not_there(browse: Any, rex: Member, noor: Client, places: None) -> None:
    assert browse(rex).get(address(noor)).status_code == 404
    assert mark(browse(rex), noor, "left:big-toe").status_code == 404
    assert saved(noor) == []


def test_reception_and_clients_are_refused(browse: Any, dana: Member, noor: Client, places: None) -> None:
    for person in (dana, noor):
        assert browse(person).get(address(noor)).status_code == 403
        assert mark(browse(person), noor, "left:big-toe").status_code == 403
    assert saved(noor) == []


def test_reception_does_not_read_it_on_the_clients_page(browse: Any, dana: Member, noor: Client, places: None) -> None:
    noor.not_present = [TOE]
    noor.save()
    text = browse(dana).get(detail(noor)).content.decode()
    assert "Big toe" not in text
    assert address(noor) not in text


# ---- What may be sent


@pytest.mark.parametrize("pair", ["left:moon", "up:big-toe", "both:big-toe", "big-toe", ":", "left:big-toe;", "\x00"])
def test_a_place_that_nobody_knows_is_refused(browse: Any, jon: Member, noor: Client, places: None, pair: str) -> None:
    answer = mark(browse(jon), noor, "right:big-toe", pair)
    assert answer.status_code == 422
    text = html_of(answer)
    assert "Please mark places of the list." in text
    assert 'value="right:big-toe" data-region="big-toe" data-side="right" checked' in text
    assert saved(noor) == []


@pytest.mark.parametrize("revision", ["", "x", "-1"])
def test_a_page_without_its_revision_is_refused(
    browse: Any, jon: Member, noor: Client, places: None, revision: str
) -> None:
    assert mark(browse(jon), noor, "left:big-toe", revision=revision).status_code == 422
    assert saved(noor) == []


def test_two_people_at_once_lose_nothing(browse: Any, jon: Member, noor: Client, places: None) -> None:
    browser = browse(jon)
    mark(browser, noor, "left:big-toe")
    late = mark(browser, noor, "right:big-toe")
    assert late.status_code == 422
    text = html_of(late)
    assert "Someone changed this record" in text
    assert 'data-region="big-toe" data-side="right" checked' in text
    assert saved(noor) == [TOE]
    assert mark(browser, noor, "right:big-toe", revision=1).status_code == 302
    assert saved(noor) == [{"side": "right", "region": "big-toe"}]


def test_the_same_form_sent_twice_is_one_change(browse: Any, jon: Member, noor: Client, places: None) -> None:
    browser = browse(jon)
    for _send in range(2):
        assert mark(browser, noor, "left:big-toe").status_code == 302
    assert actions(noor) == ["client.places_changed"]


def test_everything_can_be_taken_back(browse: Any, jon: Member, noor: Client, places: None) -> None:
    browser = browse(jon)
    mark(browser, noor, "left:big-toe")
    mark(browser, noor, revision=1)
    assert saved(noor) == []
    assert "both feet and lower legs are taken as whole" in browser.get(detail(noor)).content.decode()


def test_a_place_within_a_larger_one_is_not_kept_beside_it(noor: Client, jon: Member, places: None) -> None:
    pairs = {("left", "toes"), ("left", "big-toe"), ("left", "outer-toes"), ("right", "big-toe"), ("left", "heel")}
    note_absent_places(noor, pairs, revision=0, by=jon, at=NOON)
    assert saved(noor) == [
        {"side": "left", "region": "heel"},
        {"side": "left", "region": "toes"},
        {"side": "right", "region": "big-toe"},
    ]


def test_a_place_that_the_catalog_lost_can_be_kept_or_taken_away(
    browse: Any, jon: Member, noor: Client, places: None
) -> None:
    noor.not_present = [TOE, {"side": "left", "region": "sixth-toe"}]
    noor.save()
    browser = browse(jon)
    assert "sixth toe (left)" in browser.get(address(noor)).content.decode()
    assert mark(browser, noor, "left:sixth-toe").status_code == 302
    assert saved(noor) == [{"side": "left", "region": "sixth-toe"}]
    assert mark(browser, noor, "left:big-toe", revision=1).status_code == 302
    assert mark(browser, noor, "left:sixth-toe", revision=2).status_code == 422


def test_an_old_revision_is_refused_by_the_verb_itself(noor: Client, jon: Member, places: None) -> None:
    note_absent_places(noor, {("left", "big-toe")}, revision=0, by=jon, at=NOON)
    with pytest.raises(ClientChanged):
        note_absent_places(noor, {("left", "heel")}, revision=0, by=jon, at=NOON)


# ---- What follows


def test_it_is_sealed_in_the_database(browse: Any, jon: Member, noor: Client, places: None) -> None:
    mark(browse(jon), noor, "left:big-toe")
    with connection.cursor() as cursor:
        cursor.execute("SELECT not_present FROM clients_client")
        [(stored,)] = cursor.fetchall()
    assert "toe" not in stored


def test_a_client_who_has_signed_is_screened_again(browse: Any, jon: Member, noor: Client, rules: None) -> None:
    make_signed_intake(noor)
    mark(browse(jon), noor, "left:big-toe")
    causes = ScreeningRecord.objects.for_practice(noor.practice).values_list("cause", flat=True)
    assert list(causes) == ["places", "intake"]
    text = browse(jon).get(reverse("clients:screening_detail", args=[noor.pk])).content.decode()
    assert "Not there: Big toe (left)." in text
    assert "What works only there is left out" in text


def test_the_intake_does_not_ask_about_it(jon: Member, noor: Client, rules: None) -> None:
    noor.not_present = [TOE]
    noor.save()
    link = begin(noor, jon)
    walk(link, until=4)
    text = html_of(press(link, 5, "change", htmx=True, **{"a-open-wound": "marked"}))
    assert 'name="a-open-wound-place" value="right:big-toe"' in text
    assert 'name="a-open-wound-place" value="left:big-toe"' not in text
    assert "Left: not there" in text


def test_without_a_catalog_the_page_says_so(browse: Any, jon: Member, noor: Client) -> None:
    answer = browse(jon).get(address(noor))
    assert answer.status_code == 200
    assert "There are no places to mark yet" in answer.content.decode()


def test_the_page_asks_the_same_few_questions_whatever_is_marked(
    browse: Any, jon: Member, noor: Client, places: None
) -> None:
    browser = browse(jon)
    browser.get(address(noor))
    few = [queries(browser, address(noor)), queries(browser, detail(noor))]
    slugs = sorted(body_places().slugs.regions)
    noor.not_present = [{"side": side, "region": slug} for slug in slugs for side in ("left", "right")]
    noor.save()
    many = [queries(browser, address(noor)), queries(browser, detail(noor))]
    assert many[0] == few[0] <= 12
    assert many[1] <= few[1] + 1  # the names of the places
