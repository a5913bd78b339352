"""A day of the routine, from the client's tap to every channel, the therapist's page and her mail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from icalendar import Calendar

from clients.letters.letters import record_clearance
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.builder.edit import change_plan
from routines.calendar.icalendar import calendar_file
from routines.handout.handout import handout_of
from routines.notices.models import Notice
from routines.plans.models import Plan, PlanPhase
from routines.plans.publish import publish_plan, resume_plan
from routines.portal.today import todays_plans
from routines.sessions.day_answers import answer_day
from routines.sessions.day_check import answer_check
from routines.sessions.day_log import day_of_session
from routines.sessions.end import end_session
from routines.sessions.log import SessionRefused, begin_session
from routines.sessions.models import RoutineSession
from routines.today.todays_plan import read_todays_plan
from tests.factories.day import check_reply, day_reply, say
from tests.factories.intake import make_signed_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan, make_starter
from tests.factories.reading import html_of

TODAY = reverse("routines:portal_today")
#: What else is asked of a pain.
SORE: dict[str, Any] = {
    "heel_pain_side": "left", "heel_pain_course": "new_or_improving", "heel_pain_assessed": "no"
}  # fmt: skip
EVENING = datetime(2026, 3, 16, 20, 30, tzinfo=UTC)
LATE = datetime(2026, 3, 16, 21, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def noor_of_jon(signed: Client, jon: Member) -> Client:
    signed.therapist = jon
    signed.save()
    return signed


@pytest.fixture
def plan(noor_of_jon: Client, jon: Member) -> Plan:
    """Heel, arch, ball, Achilles and calf: the routine that a flare turns over."""
    return make_published_plan(noor_of_jon, jon, "plantar-phased", times=["07:00", "21:00"])


def fresh(plan: Plan) -> Plan:
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plan.pk)


def session_with(plan: Plan, at: datetime = NOON, **answers: Any) -> RoutineSession:
    begun = begin_session(fresh(plan), by=plan.client.user, at=at, comfort_before=5)
    return answer_day(begun, day_reply(begun, at=at, **answers), by=plan.client.user, at=at)


def alerts() -> list[str]:
    rows = OutboundMessage.objects.across_practices().filter(kind="needs_attention")
    return list(rows.values_list("to_email", flat=True))


def notices() -> list[str]:
    return list(Notice.objects.across_practices().order_by("made_at").values_list("kind", flat=True))


def end_page(browser: Browser, session: RoutineSession, **fields: Any) -> Any:
    return browser.post(reverse("routines:session_end", args=[session.pk]), fields, follow=True)


# ---- A wound with diabetes


def test_a_wound_with_diabetes_ends_the_day_and_reaches_the_therapist(
    noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    """Her letter allows gentle work, and does not reach this: left heel open, and nothing of any foot is shown."""
    noor.therapist = jon
    noor.save()
    make_starter()
    make_signed_intake(noor, at=NOON, diabetes="no_foot_problem")
    record_clearance(noor, rules=["diabetes"], issued_on=NOON.date(), valid_until=None, issued_by="GP", by=jon, at=NOON)
    plan = make_published_plan(noor, jon, "wind-down-sleep")
    clock.shift(timedelta(hours=1))
    before, browser = len(alerts()), browse(noor)
    run = browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"}).url
    wound = {"a-open-wound": "marked", "a-open-wound-place": "left:heel"}
    page = html_of(browser.get(say(browser, run, open_wound=wound).url))
    assert "Please get medical advice today" in page
    assert "data-run" not in html_of(browser.get(run, follow=True))
    assert fresh(plan).state == "suspended"
    assert "Begin" not in html_of(browser.get(TODAY))
    assert alerts()[before:] == [jon.user.email]
    desk = html_of(browse(jon).get(reverse("routines:attention_today")))
    assert desk.index("Medical care first") < desk.index(noor.name)


# ---- An acute flare


def flare(plan: Plan, at: datetime = NOON) -> RoutineSession:
    return session_with(plan, at, heel_arch_pain=8, **SORE)


def test_a_flare_changes_every_channel_and_offers_the_cold_pack(plan: Plan, noor: Client, browse: Any) -> None:
    session = flare(plan)
    assert session.state == "begun"
    today = read_todays_plan(fresh(plan), at=NOON)
    left = {step.technique for step in today.day.steps if "left" in step.sides}
    assert left == {"ball-hold", "sustained-trigger-hold", "cold-application"}
    (cold,) = today.added
    assert (cold.side, cold.tool, cold.seconds) == ("left", "cold-pack", 600)
    played = day_of_session(RoutineSession.objects.across_practices().get(pk=session.pk), _catalog()).steps
    assert [(step.id, step.side) for step in played] == [(step.id, step.side) for step in today.day.steps]
    browser = browse(noor)
    for page in (TODAY, reverse("routines:portal_plan")):
        shown = html_of(browser.get(page))
        assert "Changed by your answers" in shown
        assert cold.technique_name in shown
    assert cold.technique_name in html_of(browser.get(reverse("routines:session_run", args=[session.pk])))
    sheet = handout_of(fresh(plan), at=NOON)
    assert sheet.is_changed
    assert sheet.phase.steps == today.day.steps
    first = Calendar.from_ical(calendar_file(fresh(plan), at=NOON)).walk("VEVENT")[0]
    assert first["duration"].dt == timedelta(minutes=-(-today.day.seconds // 60))


def _catalog() -> Any:
    from routines.catalog.versions import current_catalog

    return current_catalog()


def test_the_therapist_is_told_of_a_flare_once_on_her_page_and_by_mail(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    session_with(plan, heel_arch_pain=0)
    end_session(RoutineSession.objects.across_practices().get(), by=noor.user, at=NOON, feeling="fine", comfort_after=6)
    assert not alerts()
    flare(plan, NOON + DAY)
    assert sorted(notices()) == ["pain_rose", "reduced"]
    assert alerts() == [jon.user.email]
    page = html_of(browse(jon).get(reverse("routines:attention_today")))
    assert noor.name in page
    assert fresh(plan).state == "published"


def test_no_cold_for_who_must_not_have_it(noor: Client, jon: Member) -> None:
    make_starter()
    make_signed_intake(noor, at=NOON, cold_reaction="yes")
    plan = make_published_plan(noor, jon, "four-area-sampler")
    assert flare(fresh(plan)).state == "begun"
    assert read_todays_plan(fresh(plan), at=NOON).added == ()


def test_a_wound_that_leaves_nothing_to_do_is_asked_about_again_the_next_day(plan: Plan, noor: Client) -> None:
    everywhere = [{"side": "both", "region": "foot-and-lower-leg"}]
    assert session_with(plan, open_wound=everywhere).state == "blocked"
    assert read_todays_plan(fresh(plan), at=NOON + DAY).rests
    assert session_with(plan, NOON + DAY, open_wound=[]).state == "begun"


# ---- Pain that rose


def test_pain_that_rose_by_two_pauses_until_it_has_eased(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    first = session_with(plan, heel_arch_pain=1, **SORE)
    end_session(first, by=noor.user, at=NOON, feeling="fine", comfort_after=6)
    blocked = session_with(plan, NOON + DAY, heel_arch_pain=3, **SORE)
    assert blocked.state == "blocked"
    assert "last time it was 1" in blocked.log["day"]["messages"][0]
    held = fresh(plan)
    assert (held.state, held.hold) == ("suspended", {"on": "2026-03-17", "question": "heel-arch-pain", "below": 3})
    assert notices() == ["pain_rose"]
    assert alerts() == [jon.user.email]
    for at, pain, state in (
        (NOON + DAY, 1, "suspended"),
        (NOON + 2 * DAY, 3, "suspended"),
        (NOON + 3 * DAY, 2, "published"),
    ):
        reply = check_reply(fresh(plan), at=at, heel_arch_pain=pain, **SORE)
        answer_check(fresh(plan), reply, by=noor.user, at=at)
        assert fresh(plan).state == state, (at, pain)


def test_a_rise_of_one_and_an_old_pain_pause_nothing(plan: Plan, noor: Client) -> None:
    first = session_with(plan, heel_arch_pain=1, **SORE)
    end_session(first, by=noor.user, at=NOON, feeling="fine", comfort_after=6)
    second = session_with(plan, NOON + DAY, heel_arch_pain=2, **SORE)
    assert second.state == "begun"
    end_session(second, by=noor.user, at=NOON + DAY, feeling="fine", comfort_after=6)
    assert session_with(plan, NOON + 9 * DAY, heel_arch_pain=5, **SORE).state == "begun"


# ---- What ends by itself


def test_a_glass_of_wine_rests_tonight_and_is_over_tomorrow(
    plan: Plan, noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    clock.move_to(EVENING)
    blocked = session_with(plan, EVENING, alcohol_drugs="yes")
    assert (blocked.state, fresh(plan).state) == ("blocked", "published")
    assert notices() == ["blocked"]
    assert not alerts()
    browser = browse(noor)
    page = html_of(browser.get(TODAY))
    assert "Not tonight. Tomorrow at 07:00 it is here again." in page
    assert "Begin" not in page
    assert "Not tonight. Tomorrow at 07:00" in html_of(browser.get(f"/me/sessions/{blocked.pk}/before/"))
    with pytest.raises(SessionRefused, match="Not tonight"):
        begin_session(fresh(plan), by=noor.user, at=LATE, comfort_before=5)
    events = Calendar.from_ical(calendar_file(fresh(plan), at=EVENING)).walk("VEVENT")
    assert events[0]["dtstart"].dt.date() == EVENING.date() + DAY
    morning = EVENING.replace(hour=7) + DAY
    clock.move_to(morning)
    assert "Begin" in html_of(browser.get(TODAY))
    assert session_with(plan, morning).state == "begun"


def test_a_fever_rests_until_two_days_are_over(plan: Plan, noor: Client) -> None:
    session_with(plan, EVENING, fever_unwell="yes")
    now = read_todays_plan(fresh(plan), at=EVENING)
    assert now.rests
    assert read_todays_plan(fresh(plan), at=EVENING + 2 * DAY).rests
    assert not read_todays_plan(fresh(plan), at=EVENING + 3 * DAY).rests


def test_two_hours_after_a_heavy_meal_it_is_here_again(plan: Plan, noor: Client, browse: Any, clock: Any) -> None:
    """Its rule is a mild one, and still nothing is done until then."""
    clock.move_to(EVENING)
    blocked = session_with(plan, EVENING, heavy_meal="yes")
    assert blocked.state == "blocked"
    assert "From 22:30 on it is here again." in html_of(browse(noor).get(TODAY))
    clock.shift(timedelta(hours=2))
    assert "Begin" in html_of(browse(noor).get(TODAY))


def test_an_answer_given_by_mistake_can_be_given_again(plan: Plan, noor: Client) -> None:
    session_with(plan, EVENING, alcohol_drugs="yes")
    answer_check(fresh(plan), check_reply(fresh(plan), at=EVENING, alcohol_drugs="no"), by=noor.user, at=EVENING)
    assert not read_todays_plan(fresh(plan), at=EVENING).rests
    assert session_with(plan, EVENING).state == "begun"


def test_what_is_signed_about_now_suspends_nothing_either(plan: Plan, noor: Client) -> None:
    make_signed_intake(noor, at=EVENING, alcohol_drugs="yes")
    assert fresh(plan).state == "published"
    assert read_todays_plan(fresh(plan), at=EVENING).rests
    assert not read_todays_plan(fresh(plan), at=EVENING + DAY).rests


def test_another_time_zone_never_ends_it_early(plan: Plan, noor: Client) -> None:
    session_with(plan, EVENING, alcohol_drugs="yes")
    noor.time_zone = "America/Los_Angeles"
    noor.save()
    assert read_todays_plan(fresh(plan), at=EVENING + timedelta(hours=9)).rests


# ---- How it was


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


# ---- Two devices, and a player that runs


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


# ---- Parts of a plan that end, or wait


def test_a_flare_plan_says_when_it_is_over_to_both(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    flare_plan = make_published_plan(noor, jon, "plantar-acute-flare")
    flare(flare_plan)
    assert "has eased" not in html_of(browse(noor).get(TODAY))
    still = session_with(flare_plan, NOON + DAY, heel_arch_pain=7, **SORE)
    assert still.state == "begun"
    assert "phase_over" not in notices()
    end_session(still, by=noor.user, at=NOON + DAY, feeling="fine", comfort_after=5)
    session_with(flare_plan, NOON + 2 * DAY, heel_arch_pain=3, **SORE)
    assert notices().count("phase_over") == 1
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        assert "What this part is for has eased." in html_of(browse(noor).get(TODAY))
    told = Notice.objects.across_practices().get(kind="phase_over")
    assert "3 of 10" in [answer["answer"] for answer in told.content["answers"]]
    with time_machine.travel(NOON + 2 * DAY, tick=False):
        desk = browse(jon)
        page = html_of(desk.get(reverse("routines:attention_today")))
        offer = f"{reverse('routines:plan_new', args=[noor.pk])}?protocol=plantar-phased"
        assert f'href="{offer}"' in page
        assert 'value="plantar-phased" checked' in html_of(desk.get(offer))


def test_more_pressure_waits_for_the_word_that_the_last_days_were_fine(
    plan: Plan, noor: Client, browse: Any, clock: Any
) -> None:
    later = NOON + 14 * DAY
    clock.move_to(later)
    browser = browse(noor)
    page = html_of(browser.get(TODAY))
    assert "Have the last days felt fine?" in page
    assert {step.pressure for step in read_todays_plan(fresh(plan), at=later).day.steps} <= {"light", "none"}
    address = reverse("routines:portal_next_part", args=[plan.pk])
    assert "stay with this part" in html_of(browser.post(address, {"felt": "not_yet"}, follow=True))
    assert notices() == ["not_yet"]
    assert fresh(plan).opened == {}
    assert "The next part begins today" in html_of(browser.post(address, {"felt": "fine"}, follow=True))
    now = read_todays_plan(fresh(plan), at=later)
    assert now.released.phase is not None
    assert (now.released.phase.max_pressure, now.released.phase.from_day) == ("firm", 15)
    clock.move_to(later + 30 * DAY)
    browser = browse(noor)
    assert "Have the last days felt fine?" not in html_of(browser.get(TODAY))


def test_a_part_that_waits_for_the_therapist_is_opened_by_her_alone(
    noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    plan = make_published_plan(noor, jon, "plantar-phased")
    PlanPhase.objects.across_practices().filter(plan=plan, sequence=2).update(waits_for="therapist")
    plan = republished(plan, jon)
    later = NOON + 14 * DAY
    clock.move_to(later)
    browser = browse(noor)
    assert "Your therapist looks at how you are" in html_of(browser.get(TODAY))
    browser.get(TODAY)
    assert notices() == ["part_waits"]
    browser.post(reverse("routines:portal_next_part", args=[plan.pk]), {"felt": "fine"})
    assert fresh(plan).opened == {}
    part = plan.current_version.content.phases[1].id  # type: ignore[union-attr]
    staff = browse(jon)
    assert "waits to begin" in html_of(staff.get(reverse("routines:plan_detail", args=[plan.pk])))
    staff.post(reverse("routines:plan_open_part", args=[plan.pk]), {"part": part})
    assert fresh(plan).opened == {part: later.date().isoformat()}


def republished(plan: Plan, by: Member) -> Plan:
    change_plan(plan, by=by, at=NOON, note_to_client="Slowly.")
    publish_plan(fresh(plan), by=by, at=NOON)
    return fresh(plan)


def test_a_sheet_printed_before_the_first_day_shows_what_may_be_done_then(noor_of_jon: Client, jon: Member) -> None:
    now = make_published_plan(noor_of_jon, jon, "plantar-phased")
    later = make_published_plan(noor_of_jon, jon, "plantar-phased", starts_on=(NOON + 5 * DAY).date())
    flare(now)
    sheet = handout_of(fresh(later), at=NOON)
    assert sheet.is_changed
    assert "cold-application" in {step.technique for step in sheet.phase.steps}
    assert not {step.technique for step in sheet.phase.steps if "left" in step.sides} & {"firm-circular-thumb"}


def test_no_part_of_the_plan_prescribes_what_today_forbids(plan: Plan, noor: Client) -> None:
    def heel_sides() -> set[str]:
        (shown,) = todays_plans(noor.user, at=NOON)
        steps = [step for part in shown.phases for step in part.phase.steps]
        return {side for step in steps if step.technique == "firm-circular-thumb" for side in step.sides}

    assert heel_sides() == {"left", "right"}
    flare(plan)
    assert heel_sides() == {"right"}


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


def test_an_answer_about_a_part_that_does_not_wait_claims_nothing(plan: Plan, noor: Client, browse: Any) -> None:
    address = reverse("routines:portal_next_part", args=[plan.pk])
    for felt in ("fine", "not_yet", "?"):
        page = html_of(browse(noor).post(address, {"felt": felt}, follow=True))
        assert "No part of your routine waits for an answer now." in page
    assert notices() == []
