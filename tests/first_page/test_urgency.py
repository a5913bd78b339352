"""The first page in the order of urgency: what presses most is never hidden, and what was done about it is kept."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from clients.follow_up.follow_up import follow_up
from clients.follow_up.models import FollowUp
from clients.letters.letters import receive_clearance, reject_clearance
from clients.letters.sanitize_file import clean_file
from clients.roster.models import Client
from practice.tenancy.models import Member, Practice
from routines.first_page.attention import SHOWN, attention
from routines.notices.models import Notice
from tests.factories import letters
from tests.factories.intake import make_open_intake, make_signed_intake
from tests.factories.matters import ON_BLOOD_THINNERS, make_notice, make_record
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of, queries

pytestmark = [pytest.mark.django_db, pytest.mark.both("one query sorts, cuts and rests the rows of all sections")]
NOW = NOON + timedelta(hours=4)
TODAY = "/today/"


@pytest.fixture(autouse=True)
def clock(rules: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def person(practice: Practice, name: str, **fields: Any) -> Client:
    return make_client(practice, f"{name.replace(' ', '.')}@example.org", name, **fields)


def sections(practice: Practice, *, days: int = 0, mine: Member | None = None) -> dict[str, list[str]]:
    """Section -> the names in it, as the page of that day shows them."""
    found = attention(practice, at=NOW + timedelta(days=days), mine=mine)
    return {section.name: [getattr(row, "client", row).name for row in section.rows] for section in found.sections}


def names_on(page: str) -> list[str]:
    return re.findall(r'class="row-title"[^>]*>\s*([^<]+?)\s*<', page)


def test_a_stop_of_ninety_minutes_ago_stands_above_ten_newer_letters(
    practice: Practice, jon: Member, browse: Any
) -> None:
    stopped = person(practice, "Nadia")
    make_record(stopped, "STOP", "same_day", at=NOW - timedelta(minutes=90))
    for number in range(10):
        then = NOW - timedelta(minutes=number)
        make_signed_intake(person(practice, f"Letter {number}"), at=then, **ON_BLOOD_THINNERS)
    page = browse(jon).get(TODAY).content.decode()
    assert names_on(page)[0] == "Nadia"
    assert len(names_on(page)) == 1 + SHOWN
    assert "/today/findings/" in page
    assert "begun, not signed" not in page


def test_a_red_flag_in_an_unsigned_intake_is_a_stop(practice: Practice, noor: Client, jon: Member) -> None:
    make_open_intake(noor)
    assert sections(practice) == {"waiting": ["Noor Haddad"]}
    make_record(noor, "STOP", "emergency")
    assert sections(practice) == {"stop": ["Noor Haddad"]}


def test_mixed_rows_in_the_order_of_urgency(practice: Practice, jon: Member, browse: Any) -> None:
    """Made from the least to the most urgent, so that the newest is never the reason."""
    make_signed_intake(person(practice, "answers"), at=NOW)
    make_record(person(practice, "letter, no plan"), "REFER", cause="intake", at=NOW)
    make_notice(person(practice, "in part"), jon, "reduced", at=NOW)
    running = person(practice, "letter, a plan")
    make_published_plan(running, jon)
    make_record(running, "REFER", cause="day questions", at=NOW)
    make_record(person(practice, "fever"), "STOP", "defer", at=NOW)
    for kind in ("stopped", "pain_rose", "changed", "hurt"):
        make_notice(person(practice, kind), jon, kind, at=NOW - timedelta(minutes=30))
    make_record(person(practice, "today"), "STOP", "same_day", at=NOW - timedelta(hours=1))
    make_record(person(practice, "at once"), "STOP", "emergency", at=NOW - timedelta(hours=2))
    found = names_on(browse(jon).get(TODAY).content.decode())
    assert found[:2] == ["at once", "today"]
    assert set(found[2:6]) == {"hurt", "changed", "pain_rose", "stopped"}
    assert found[6:] == ["fever", "letter, a plan", "in part", "letter, no plan", "answers"]


def test_stops_are_all_shown_and_the_rest_is_cut(practice: Practice, jon: Member, browse: Any) -> None:
    for number in range(SHOWN + 5):
        make_record(person(practice, f"Stop {number:02}"), "STOP", "same_day", at=NOW - timedelta(minutes=number))
        make_record(person(practice, f"Fever {number:02}"), "STOP", "defer")
        make_notice(person(practice, f"Hurt {number:02}"), jon, at=NOW)
    page = browse(jon).get(TODAY).content.decode()
    found = names_on(page)
    assert found[: SHOWN + 5] == [f"Stop {number:02}" for number in range(SHOWN + 5)]
    assert sum(name.startswith("Fever") for name in found) == SHOWN + 5
    assert sum(name.startswith("Hurt") for name in found) == SHOWN
    assert "/today/hurt/" in page
    assert "/today/stop/" not in page
    every = names_on(browse(jon).get("/today/hurt/").content.decode())
    assert len(every) == SHOWN + 5


def test_a_row_says_the_answer_in_words_and_dials(practice: Practice, jon: Member, browse: Any) -> None:
    nadia = person(practice, "Nadia", phone="+44 (0)20 7946 0018")
    make_record(nadia, "STOP", "same_day", question="Is one calf swollen or hot?", answer="Yes, the left")
    page = html_of(browse(jon).get(TODAY))
    assert "Is one calf swollen or hot?" in page
    assert "Yes, the left" in page
    assert 'href="tel:+442079460018"' in page


def test_it_hurt_quotes_the_client_until_somebody_has_seen_it(
    practice: Practice, noor: Client, jon: Member, browse: Any
) -> None:
    make_notice(noor, jon, "stopped", words="A sharp, shooting pain in the heel <b>", at=NOW)
    browser = browse(jon)
    page = html_of(browser.get(TODAY))
    assert "“A sharp, shooting pain in the heel &lt;b&gt;”" in page
    assert "Stopped early" in page
    seen = re.findall(r'action="(/notices/[^"]+/seen/)"', page)
    assert browser.post(seen[0], {"back": TODAY})["Location"] == TODAY
    assert "Somebody has seen to this already" in html_of(browser.post(seen[0], {"back": TODAY}, follow=True))
    assert "hurt" not in sections(practice)
    assert Notice.objects.for_practice(practice).get().settled_by == jon


def test_look_again_rests_until_that_day_or_until_something_new(
    practice: Practice, noor: Client, jon: Member, browse: Any
) -> None:
    record = make_record(noor, "STOP", "same_day")
    browser, friday = browse(jon), (NOW + timedelta(days=4)).date()
    sent = {"about": record.pk, "kind": "look_again", "until": friday.isoformat(), "back": TODAY}
    assert browser.post(f"/clients/{noor.pk}/follow-up/", sent)["Location"] == TODAY
    assert sections(practice) == {"resting": ["Noor Haddad"]}
    assert sections(practice, days=3) == {"resting": ["Noor Haddad"]}
    assert sections(practice, days=4) == {"stop": ["Noor Haddad"]}
    make_record(noor, "STOP", "emergency", at=NOW + timedelta(minutes=1))
    assert sections(practice) == {"stop": ["Noor Haddad"]}


def test_what_came_while_the_page_was_open_is_not_put_to_rest_with_it(
    practice: Practice, noor: Client, jon: Member, browse: Any
) -> None:
    """The form is about the screening that it showed, not about the client."""
    shown = make_record(noor, "REFER", cause="intake", at=NOW - timedelta(minutes=9))
    make_record(noor, "STOP", "emergency", at=NOW - timedelta(minutes=1))
    make_notice(noor, jon, at=NOW)
    browse(jon).post(f"/clients/{noor.pk}/follow-up/", {"about": shown.pk, "kind": "waits"})
    assert sections(practice)["hurt"] == ["Noor Haddad"]


def test_a_notice_rests_too_and_a_new_one_stands_beside_it(practice: Practice, noor: Client, jon: Member) -> None:
    first = make_notice(noor, jon, at=NOW - timedelta(hours=1))
    day = (NOW + timedelta(days=2)).date()
    follow_up(noor, about=first.pk, kind=FollowUp.Kind.LOOK_AGAIN, until=day, by=jon, at=NOW)
    assert "hurt" not in sections(practice)
    make_notice(noor, jon, at=NOW)
    assert sections(practice)["hurt"] == ["Noor Haddad"]
    assert sections(practice)["resting"] == ["Noor Haddad"]
    assert sections(practice, days=2)["hurt"] == ["Noor Haddad", "Noor Haddad"]


def test_taken_up_again_before_its_day(practice: Practice, noor: Client, jon: Member, browse: Any) -> None:
    record = make_record(noor, "STOP", "same_day")
    day = (NOW + timedelta(days=2)).date()
    follow_up(noor, about=record.pk, kind=FollowUp.Kind.LOOK_AGAIN, until=day, by=jon, at=NOW - timedelta(hours=1))
    browser = browse(jon)
    assert "Take it up again" in html_of(browser.get(TODAY))
    browser.post(f"/clients/{noor.pk}/follow-up/", {"about": record.pk, "kind": "taken_up"})
    assert sections(practice) == {"stop": ["Noor Haddad"]}


def test_waits_for_a_letter_until_one_comes_or_is_refused(practice: Practice, noor: Client, jon: Member) -> None:
    record = make_record(noor, "REFER", cause="intake")
    follow_up(noor, about=record.pk, kind=FollowUp.Kind.WAITS_FOR_LETTER, by=jon, at=NOW - timedelta(hours=3))
    assert sections(practice) == {"resting": ["Noor Haddad"]}
    letter, _new = receive_clearance(noor, file=clean_file(letters.jpeg()), by=jon, at=NOW - timedelta(hours=2))
    assert sections(practice) == {"findings": ["Noor Haddad"], "letters": ["Noor Haddad"]}
    follow_up(noor, about=record.pk, kind=FollowUp.Kind.WAITS_FOR_LETTER, by=jon, at=NOW - timedelta(hours=1))
    assert sections(practice) == {"letters": ["Noor Haddad"], "resting": ["Noor Haddad"]}
    reject_clearance(letter, reason="The date is missing.", by=jon, at=NOW)
    assert sections(practice) == {"findings": ["Noor Haddad"]}


def test_called_is_kept_and_shown_and_stands_below_whom_nobody_has_reached(
    practice: Practice, noor: Client, jon: Member, browse: Any
) -> None:
    record = make_record(noor, "STOP", "same_day", at=NOW)
    make_record(person(practice, "Nadia"), "STOP", "same_day", at=NOW - timedelta(hours=1))
    assert sections(practice)["stop"] == ["Noor Haddad", "Nadia"]
    sent = {"about": record.pk, "kind": "called", "note": "Goes to the doctor at four."}
    browse(jon).post(f"/clients/{noor.pk}/follow-up/", sent)
    assert sections(practice)["stop"] == ["Nadia", "Noor Haddad"]
    page = html_of(browse(jon).get(TODAY))
    assert "Goes to the doctor at four." in page
    assert "16 Mar, 16:00, Jon Reyes" in page


def test_a_day_that_stops_is_one_row_and_a_glass_of_wine_is_over_tomorrow(
    practice: Practice, noor: Client, jon: Member
) -> None:
    make_published_plan(noor, jon, at=NOON)
    make_record(noor, "STOP", "defer", cause="day questions", slug="alcohol-drugs", question="Alcohol?", at=NOW)
    make_notice(noor, jon, "blocked", at=NOW)
    assert sections(practice) == {"not_now": ["Noor Haddad"]}
    assert sections(practice, days=1) == {"day": ["Noor Haddad"]}
    later = NOW + timedelta(minutes=1)
    make_record(noor, "STOP", "defer", cause="day questions", slug="dvt-status", at=later)
    assert sections(practice, days=1)["not_now"] == ["Noor Haddad"]


def test_mine_or_all(practice: Practice, noor: Client, jon: Member, mira: Member, browse: Any) -> None:
    make_record(person(practice, "Of Jon", therapist=jon), "STOP", "same_day", at=NOW)
    make_record(person(practice, "Of Mira", therapist=mira), "STOP", "emergency")
    make_notice(person(practice, "Hurt, of Mira", therapist=mira), jon)
    browser = browse(jon)
    assert names_on(browser.get(TODAY).content.decode())[:2] == ["Of Mira", "Of Jon"]
    mine = browser.get(TODAY, {"whose": "mine"}).content.decode()
    assert names_on(mine) == ["Of Jon"]
    assert "1 client of somebody else needs medical care first." in " ".join(mine.split())
    assert names_on(browser.get(TODAY).content.decode()) == ["Of Jon"]
    assert names_on(browser.get("/today/stop/").content.decode()) == ["Of Jon"]
    assert names_on(browse(mira).get(TODAY).content.decode())[0] == "Of Mira"
    assert "Of Mira" in names_on(browser.get(TODAY, {"whose": "all"}).content.decode())


def test_other_practices_and_reception_see_none_of_it(
    practice: Practice, noor: Client, jon: Member, dana: Member, rex: Member, browse: Any
) -> None:
    record, notice = make_record(noor, "STOP", "same_day"), make_notice(noor, jon)
    act, seen = f"/clients/{noor.pk}/follow-up/", f"/notices/{notice.pk}/seen/"
    of_client, ask = f"/clients/{noor.pk}/notices/", f"/clients/{noor.pk}/ask-again/"
    assert noor.name not in browse(rex).get(TODAY).content.decode()
    for who, status in ((rex, 404), (dana, 403)):
        browser = browse(who)
        assert browser.post(act, {"about": record.pk, "kind": "called"}).status_code == status
        assert browser.post(ask, {"about": record.pk}).status_code == status
        assert browser.post(seen).status_code == status
        assert browser.get(of_client).status_code == status
    assert browse(dana).get(TODAY).status_code == 403
    assert not FollowUp.objects.for_practice(practice).exists()
    assert Notice.objects.for_practice(practice).unsettled().count() == 1


def test_a_follow_up_of_another_client_rests_nothing(practice: Practice, noor: Client, jon: Member) -> None:
    record, other = make_record(noor, "REFER", cause="intake"), person(practice, "Nadia")
    follow_up(other, about=record.pk, kind=FollowUp.Kind.WAITS_FOR_LETTER, by=jon, at=NOW)
    assert sections(practice)["findings"] == ["Noor Haddad"]


def test_as_many_queries_for_thirty_rows_as_for_three(practice: Practice, jon: Member, browse: Any) -> None:
    def grow(count: int) -> None:
        for number in range(count):
            stopped, hurt = person(practice, f"Stop {count} {number}"), person(practice, f"Hurt {count} {number}")
            record = make_record(stopped, "STOP", "same_day")
            follow_up(stopped, about=record.pk, kind=FollowUp.Kind.CALLED, by=jon, at=NOW)
            make_notice(hurt, jon)

    grow(3)
    browser = browse(jon)
    browser.get(TODAY)
    few = [queries(browser, path) for path in (TODAY, "/today/stop/", "/today/hurt/")]
    grow(30)
    assert [queries(browser, path) for path in (TODAY, "/today/stop/", "/today/hurt/")] == few
    assert few[0] <= 12
    browser.get(TODAY, {"whose": "mine"})
    assert queries(browser, TODAY) <= 12
