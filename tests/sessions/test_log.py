"""Beginning, following and ending a session: once, by its owner, as often as the day asks."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from practice.audit.models import AuditEntry
from routines.builder.edit import change_plan
from routines.plans.models import Plan
from routines.plans.publish import publish_plan
from routines.sessions.end import end_session
from routines.sessions.log import SessionRefused, begin_session
from routines.sessions.models import RoutineSession
from tests.factories.day import nothing_changed
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_done_session, make_published_plan
from tests.factories.reading import html_of

ENDING = ("comfort_before", "comfort_after", "steps_done", "note", "feeling", "later")
TODAY = reverse("routines:portal_today")


@pytest.fixture
def plan(noor, jon) -> Plan:
    return make_published_plan(noor, jon, "wind-down-sleep")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def sessions() -> list[RoutineSession]:
    return list(RoutineSession.objects.across_practices().order_by("begun_at"))


def begin(browser, plan, comfort="4"):
    """Up to the routine itself: with the day's questions answered, where there is a session to answer for."""
    begun = browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": comfort})
    if begun.status_code == 302 and "/sessions/" in begun.url:
        nothing_changed(browser, begun.url)
    return begun


def test_the_whole_way(plan, noor, browse) -> None:
    browser = browse(noor)
    page = browser.get(begin(browser, plan).url)
    shown = html_of(page)
    steps = plan.current_version.content.phases[0].steps
    assert shown.count("data-run ") == 2 * len(steps)
    for words in ("Left foot", "Right foot", "0:45", "Stop if skin breaks"):
        assert words in shown
    assert "no-store" in page["Cache-Control"]
    done = {"comfort": "8", "steps": [steps[0].id, "made-up"], "note": "  Lovely.  ", "outcome": "done"}
    done["feeling"] = "fine"
    after = browser.post(reverse("routines:session_end", args=[sessions()[0].pk]), done, follow=True)
    assert b"Well done" in after.content
    (session,) = sessions()
    assert session.state == "done"
    told = {name: value for name, value in session.log.items() if name in ENDING}
    assert told == {
        "comfort_before": 4, "comfort_after": 8, "steps_done": [steps[0].id], "note": "Lovely.", "feeling": "fine",
    }  # fmt: skip
    actions = list(AuditEntry.objects.across_practices().filter(client_ref=noor.pk).values_list("action", flat=True))
    assert {"session.begun", "session.done"} <= set(actions)


def test_a_second_tap_or_device_goes_on_with_the_same_session(plan, noor, browse) -> None:
    first, second = begin(browse(noor), plan), begin(browse(noor), plan, "9")
    assert first.url == second.url
    assert [session.log["comfort_before"] for session in sessions()] == [4]


def test_two_devices_at_the_same_instant_share_one_session(plan, noor, monkeypatch) -> None:
    """The second one looked before the first one wrote; the database lets one through."""
    opened = begin_session(plan, by=noor.user, at=NOON, comfort_before=4)
    monkeypatch.setattr("routines.sessions.log.open_session", lambda plan: None)
    assert begin_session(plan, by=noor.user, at=NOON, comfort_before=9).pk == opened.pk


def test_ending_twice_changes_nothing(plan, noor, browse) -> None:
    browser = browse(noor)
    begin(browser, plan)
    address = reverse("routines:session_end", args=[sessions()[0].pk])
    browser.post(address, {"comfort": "8", "feeling": "fine"})
    browser.post(address, {"comfort": "1", "outcome": "stopped", "feeling": "fine"})
    (session,) = sessions()
    assert (session.state, session.log["comfort_after"]) == ("done", 8)
    assert AuditEntry.objects.across_practices().filter(action="session.done").count() == 1


@pytest.mark.parametrize("raw", ["", "11", "-1", "5.5", "five", "٣", "9" * 5000, "<b>", None])
def test_comfort_that_is_no_comfort_is_asked_again(plan, noor, browse, raw) -> None:
    browser = browse(noor)
    answer = browser.post(
        reverse("routines:session_begin", args=[plan.pk]), {} if raw is None else {"comfort": raw}, follow=True
    )
    assert "Choose a number from 0" in answer.content.decode()
    assert sessions() == []


def test_a_bad_comfort_at_the_end_keeps_the_session_open(plan, noor, browse) -> None:
    browser = browse(noor)
    begin(browser, plan)
    address = reverse("routines:session_end", args=[sessions()[0].pk])
    answer = browser.post(address, {"comfort": "99", "feeling": "hurt", "note": "By the heel."})
    assert answer.status_code == 422
    page = html_of(answer)
    assert "Choose a number from 0" in page
    assert "By the heel." in page
    assert sessions()[0].state == "begun"


def test_an_end_without_a_word_of_how_it_was_is_asked_for_it(plan, noor, browse) -> None:
    browser = browse(noor)
    begin(browser, plan)
    answer = browser.post(reverse("routines:session_end", args=[sessions()[0].pk]), {"comfort": "7"})
    assert answer.status_code == 422
    assert "Please choose how it was." in html_of(answer)
    assert sessions()[0].state == "begun"


def test_a_note_that_is_too_long_is_shown_again_whole(plan, noor, browse) -> None:
    browser = browse(noor)
    begin(browser, plan)
    address, note = reverse("routines:session_end", args=[sessions()[0].pk]), "x" * 5001
    answer = browser.post(address, {"comfort": "7", "feeling": "fine", "note": note})
    assert answer.status_code == 422
    assert note in html_of(answer)
    browser.post(address, {"comfort": "7", "feeling": "fine", "note": note[:5000]})
    assert sessions()[0].log["note"] == note[:5000]


def test_stopping_needs_no_number(plan, noor, browse) -> None:
    browser = browse(noor)
    begin(browser, plan)
    answer = browser.post(
        reverse("routines:session_end", args=[sessions()[0].pk]),
        {"outcome": "stopped", "feeling": "fine", "note": "痛👣<b>" * 900},
        follow=True,
    )
    assert b"contact a health professional" in answer.content
    (session,) = sessions()
    assert (session.state, len(session.log["note"])) == ("stopped", 4500)
    history = browser.get(reverse("routines:portal_history")).content.decode()
    assert "痛👣&lt;b&gt;" in history
    assert "<b>痛" not in history


def test_no_more_sessions_than_the_day_asks_for(plan, noor) -> None:
    make_done_session(plan)
    with pytest.raises(SessionRefused, match="All done"):
        begin_session(plan, by=noor.user, at=NOON + timedelta(hours=1), comfort_before=5)
    assert begin_session(plan, by=noor.user, at=NOON + timedelta(days=1), comfort_before=5)


def test_a_stopped_session_may_be_tried_again(plan, noor) -> None:
    session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
    end_session(session, by=noor.user, at=NOON, state="stopped")
    assert begin_session(plan, by=noor.user, at=NOON, comfort_before=5).pk != session.pk


def test_rest_days_and_days_outside_the_plan_begin_nothing(noor, jon, browse) -> None:
    plan = make_published_plan(noor, jon, "wind-down-sleep", weekdays=[2])  # NOON is a Monday
    assert (
        "Nothing is planned"
        in browse(noor)
        .post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"}, follow=True)
        .content.decode()
    )
    with pytest.raises(SessionRefused):
        begin_session(plan, by=noor.user, at=NOON - timedelta(days=6), comfort_before=5)
    assert sessions() == []


def test_a_session_left_open_is_closed_by_the_next_day(plan, noor, browse, clock) -> None:
    browser = browse(noor)
    begin(browser, plan)
    clock.move_to(NOON + timedelta(days=1))
    assert "Go on with your session" not in browser.get(TODAY).content.decode()
    begin(browser, plan, "6")
    assert [session.state for session in sessions()] == ["stopped", "begun"]


def test_past_midnight_the_session_in_hand_can_be_finished(plan, noor, browse, clock) -> None:
    browser = browse(noor)
    clock.move_to(NOON.replace(hour=23, minute=58))
    run = begin(browser, plan).url
    clock.move_to(NOON.replace(hour=0, minute=3) + timedelta(days=1))
    assert browser.get(run).status_code == 200
    browser.post(reverse("routines:session_end", args=[sessions()[0].pk]), {"comfort": "7", "feeling": "fine"})
    assert (sessions()[0].state, sessions()[0].local_day) == ("done", NOON.date())


def test_a_replaced_version_is_not_followed_any_further(plan, noor, jon, browse) -> None:
    browser = browse(noor)
    run = begin(browser, plan).url
    change_plan(plan, by=jon, at=NOON, note_to_client="Slower now.")
    publish_plan(plan, by=jon, at=NOON)
    answer = browser.get(run, follow=True)
    assert "has changed this routine" in answer.content.decode()
    assert "Go on with your session" not in answer.content.decode()
    begin(browser, plan)
    assert [session.state for session in sessions()] == ["stopped", "begun"]


def test_a_finished_session_cannot_be_run_again(plan, noor, browse) -> None:
    session = make_done_session(plan)
    assert browse(noor).get(reverse("routines:session_run", args=[session.pk])).url == TODAY


def test_foreign_plans_and_sessions_do_not_exist(plan, noor, jon, practice, browse) -> None:
    session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
    other = make_client(practice, "eve@example.org", "Eve")
    for person in (other, jon):
        browser = browse(person)
        assert begin(browser, plan).status_code == 404
        assert browser.get(reverse("routines:session_run", args=[session.pk])).status_code == 404
        assert browser.post(reverse("routines:session_end", args=[session.pk]), {"comfort": "5"}).status_code == 404
    assert sessions()[0].state == "begun"


def test_nobody_in_particular_is_asked_to_sign_in(plan, noor, client) -> None:
    session = begin_session(plan, by=noor.user, at=NOON, comfort_before=5)
    run = reverse("routines:session_run", args=[session.pk])
    assert "/accounts/login/" in client.get(run).url
    assert "/accounts/login/" in begin(client, plan).url
    assert "/accounts/login/" in client.post(reverse("routines:session_end", args=[session.pk])).url


def test_reading_an_action_address_does_nothing(plan, noor, browse) -> None:
    assert browse(noor).get(reverse("routines:session_begin", args=[plan.pk])).status_code == 405


def test_the_player_needs_few_queries(plan, noor, browse, django_assert_max_num_queries) -> None:
    browser = browse(noor)
    run = begin(browser, plan).url
    with django_assert_max_num_queries(12):
        assert browser.get(run).status_code == 200
