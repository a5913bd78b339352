"""How a session was, what two devices say of it, and a player that runs: what follows, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.notices.models import Notice
from routines.plans.models import Plan
from routines.plans.publish import resume_plan
from routines.sessions.day_answers import answer_day
from routines.sessions.day_check import answer_check
from routines.sessions.end import end_session
from routines.sessions.models import RoutineSession
from tests.factories.day import check_reply, day_reply
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of
from tests.sessions.days import DAY, EVENING, LATE, SORE, alerts, end_page, flare, fresh, notices, session_with

pytestmark = pytest.mark.usefixtures("clock")


def test_it_hurt_pauses_quotes_and_tells_once(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    session, browser = session_with(plan), browse(noor)
    words = "Sharp, shooting pain under the heel."
    page = end_page(browser, session, outcome="stopped", feeling="hurt", note=words)
    assert "It hurt, so your routine rests" in html_of(page)
    assert "Begin" not in html_of(page)
    end_page(browser, session, outcome="stopped", feeling="hurt", note=words)
    assert notices() == ["hurt"]
    assert alerts() == [jon.user.email]
    assert Notice.objects.across_practices().get().content["words"] == words
    assert noor.name in html_of(browse(jon).get(reverse("routines:attention_today")))
    message = OutboundMessage.objects.across_practices().get(kind="needs_attention")
    assert "heel" not in str(message.context)


def test_what_hurt_goes_on_the_next_day_at_the_earliest(plan: Plan, noor: Client) -> None:
    session = session_with(plan, heel_arch_pain=1, **SORE)
    end_session(session, by=noor.user, at=NOON, feeling="hurt", comfort_after=2)
    same_day = check_reply(fresh(plan), at=LATE, heel_arch_pain=0)
    answer_check(fresh(plan), same_day, by=noor.user, at=LATE)
    assert fresh(plan).state == "suspended"
    answer_check(fresh(plan), check_reply(fresh(plan), at=NOON + DAY, heel_arch_pain=0), by=noor.user, at=NOON + DAY)
    assert fresh(plan).state == "published"


def test_something_changed_leads_to_the_questions_and_on_when_all_is_well(
    plan: Plan, noor: Client, browse: Any
) -> None:
    page = end_page(browse(noor), session_with(plan), outcome="done", feeling="changed", comfort="5")
    assert page.redirect_chain[-1][0] == reverse("routines:day_check", args=[plan.pk])
    assert fresh(plan).state == "suspended"
    assert notices() == ["changed"]
    answer_check(fresh(plan), check_reply(fresh(plan), at=NOON), by=noor.user, at=NOON)
    assert fresh(plan).state == "published"


def test_something_changed_that_stops_stays_stopped(plan: Plan, noor: Client, jon: Member) -> None:
    end_session(session_with(plan), by=noor.user, at=NOON, feeling="changed", comfort_after=5)
    reply = check_reply(fresh(plan), at=NOON, one_calf_symptoms="left")
    checked = answer_check(fresh(plan), reply, by=noor.user, at=NOON)
    assert checked.blocked is not None
    assert checked.blocked.log["day"]["urgency"] == "same_day"
    assert fresh(plan).state == "suspended"
    assert alerts() == [jon.user.email]


def test_every_routine_of_the_client_rests_when_one_hurt(plan: Plan, noor: Client, jon: Member) -> None:
    other = make_published_plan(noor, jon, "wind-down-sleep")
    end_session(session_with(plan), by=noor.user, at=NOON, feeling="hurt", comfort_after=5)
    assert (fresh(plan).state, fresh(other).state) == ("suspended", "suspended")


def test_a_second_devices_note_is_kept_and_followed(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    session, browser = session_with(plan), browse(noor)
    end_page(browser, session, outcome="done", feeling="fine", comfort="7", note="Lovely.")
    page = end_page(browser, session, outcome="stopped", feeling="hurt", note="My toes went numb.")
    assert "Well done" not in html_of(page)
    kept = RoutineSession.objects.across_practices().get(pk=session.pk)
    assert (kept.state, kept.log["note"], kept.log["feeling"]) == ("done", "Lovely.", "fine")
    assert [(words["feeling"], words["note"]) for words in kept.log["later"]] == [("hurt", "My toes went numb.")]
    assert notices() == ["hurt"]
    assert alerts() == [jon.user.email]
    assert "My toes went numb." in html_of(browser.get(reverse("routines:portal_history")))


def test_a_note_to_a_session_that_was_stopped_is_on_her_page(plan: Plan, noor: Client) -> None:
    end_session(
        session_with(plan), by=noor.user, at=NOON, state="stopped", feeling="fine", note="Somebody at the door."
    )
    assert notices() == ["stopped"]
    assert not alerts()
    assert fresh(plan).state == "published"


def test_a_session_that_began_before_a_pause_can_be_ended_and_is_kept(plan: Plan, noor: Client, browse: Any) -> None:
    other = session_with(plan)
    end_session(other, by=noor.user, at=NOON, feeling="hurt", comfort_after=3)
    second = make_session_of_before(plan)
    page = end_page(browse(noor), second, outcome="done", feeling="fine", comfort="6", note="As before.")
    assert page.status_code == 200
    kept = RoutineSession.objects.across_practices().get(pk=second.pk)
    assert (kept.state, kept.log["note"]) == ("done", "As before.")
    assert fresh(plan).state == "suspended"


def make_session_of_before(plan: Plan) -> RoutineSession:
    done = RoutineSession.objects.across_practices().get()
    return RoutineSession.objects.create(
        plan=plan, version=done.version, local_day=done.local_day, state="begun", begun_at=NOON, log=done.log
    )


def test_of_two_replies_at_once_the_graver_counts_and_both_are_kept(plan: Plan, noor: Client) -> None:
    session = flare(plan)
    steps = session.log["day"]["steps"]
    calm = day_reply(session, at=NOON, heel_arch_pain=0)
    after = answer_day(session, calm, by=noor.user, at=NOON)
    assert after.log["day"]["steps"] == steps
    assert after.log["day_answers"]["heel-arch-pain"] == 8
    worse = answer_day(session, day_reply(session, at=NOON, one_calf_symptoms="left"), by=noor.user, at=NOON)
    assert (worse.state, worse.log["day"]["urgency"]) == ("blocked", "same_day")
    assert len(worse.log["earlier_answers"]) == 2


def test_a_running_player_is_told_to_stop_when_the_routine_is_taken_away(plan: Plan, noor: Client, browse: Any) -> None:
    session, browser = session_with(plan), browse(noor)
    ask = html_of(browser.get(reverse("routines:session_run", args=[session.pk]))).split('data-ask="')[1].split('"')[0]
    assert browser.get(ask).status_code == 204
    make_signed_intake(noor, at=NOON, bleeding=["low_platelets"])
    answer = browser.get(ask)
    assert answer.status_code == 409
    assert "resting" in answer.json()["reason"]


def test_a_running_player_is_told_when_answers_elsewhere_took_steps_away(plan: Plan, noor: Client, browse: Any) -> None:
    session, browser = session_with(plan), browse(noor)
    run = reverse("routines:session_run", args=[session.pk])
    ask = html_of(browser.get(run)).split('data-ask="')[1].split('"')[0]
    wound = [{"side": "left", "region": "heel"}]
    answer_check(fresh(plan), check_reply(fresh(plan), at=NOON, open_wound=wound), by=noor.user, at=NOON)
    answer = browser.get(ask)
    assert (answer.status_code, answer.json()["url"]) == (409, run)
    shown = html_of(browser.get(run)).count("data-step=")
    assert shown < sum(len(step.sides) for step in plan.current_version.content.phases[0].steps)  # type: ignore[union-attr]


def test_the_same_urgent_answer_again_is_no_news_that_day(plan: Plan, noor: Client, jon: Member) -> None:
    session_with(plan, LATE, one_calf_symptoms="left")
    for _again in range(2):
        reply = check_reply(fresh(plan), at=LATE, one_calf_symptoms="left")
        answer_check(fresh(plan), reply, by=noor.user, at=LATE)
    assert noor.screenings.filter(cause="day questions").count() == 1
    assert alerts() == [jon.user.email]


def test_the_same_urgent_answer_after_newer_signed_ones_is_news_again(plan: Plan, noor: Client, jon: Member) -> None:
    session_with(plan, NOON + timedelta(minutes=1), one_calf_symptoms="left")
    afternoon = NOON + timedelta(hours=2)
    make_signed_intake(noor, at=afternoon)
    resume_plan(fresh(plan), by=jon, at=afternoon)
    evening = session_with(plan, EVENING, one_calf_symptoms="left")
    assert (evening.state, fresh(plan).state) == ("blocked", "suspended")
    assert alerts() == [jon.user.email] * 2
