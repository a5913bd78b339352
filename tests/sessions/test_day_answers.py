"""The questions before a session: one tap, or what it takes to hold back, soften or stop that session."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clients.assessment.assess import assess
from clients.questionnaire.save_local_rules import document_of, save_local_rules, with_rule_limits
from clients.questionnaire.versions import load_screening
from clients.record.day_answers import DayReply
from clients.record.models import DayAnswers, ScreeningRecord
from clients.roster.models import Client
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan
from routines.plans.publish import PlanUnsafe, publish_plan, resume_plan, suspend_plan
from routines.rechecking.recheck import checked_visibility
from routines.sessions.day_answers import answer_day, regions_worked
from routines.sessions.day_log import day_of_session
from routines.sessions.end import end_session
from routines.sessions.log import SessionRefused, begin_session
from routines.sessions.models import RoutineSession
from tests.factories.day import all_as_before, day_page, nothing_changed, say, tell
from tests.factories.intake import make_signed_intake, screening_document
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.factories.reading import queries

TODAY = reverse("routines:portal_today")


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    signed.therapist = jon
    signed.save()
    return make_published_plan(signed, jon)


def begun(plan: Plan, browser: Browser) -> str:
    """The address of the routine; the questions still stand before it."""
    return browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"}).url  # type: ignore[attr-defined]


def session() -> RoutineSession:
    return RoutineSession.objects.across_practices().latest("begun_at")


def fresh(plan: Plan) -> Plan:
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plan.pk)


def alerts() -> list[str]:
    rows = OutboundMessage.objects.across_practices().filter(kind="needs_attention")
    return list(rows.values_list("to_email", flat=True))


def gone_through(client: Client, *, days_ago: int = 0, **kept: Any) -> None:
    """The whole list was gone through then, with these answers; slugs with underscores."""
    then = NOON - timedelta(days=days_ago)
    answers = {slug.replace("_", "-"): {"value": value, "on": then.date().isoformat()} for slug, value in kept.items()}
    row = {"answers": answers, "given_at": then, "whole_list_on": then.date()}
    DayAnswers.objects.across_practices().update_or_create(client=client, defaults=row)


def tile(page: Any, slug: str) -> Any:
    return next(tile for tile in page.context["form"].tiles if tile.tile.slug == slug)


WOUND = [{"side": "left", "region": "heel"}]


def test_two_taps_when_nothing_has_changed(plan: Plan, noor: Client, browse: Any) -> None:
    """No pain, and all as before."""
    gone_through(noor)
    browser = browse(noor)
    run = begun(plan, browser)
    page = day_page(browser, run)
    assert "All as before" in page.content.decode()
    assert tell(browser, page, **{"a-heel-arch-pain": "0"}).url == run
    assert browser.get(run).status_code == 200
    said = session().log["day_answers"]
    assert said["chest-breathing"] == "no"
    assert said["pregnancy-status"] == "not_pregnant"
    assert said["open-wound"] == []
    assert said["heel-arch-pain"] == 0
    assert session().log["day"]["overall"] == "CLEAR"
    assert not alerts()


def test_the_pain_is_asked_each_time(plan: Plan, noor: Client, browse: Any) -> None:
    gone_through(noor, heel_arch_pain=0)
    browser = browse(noor)
    answer = tell(browser, day_page(browser, begun(plan, browser)))
    assert answer.status_code == 422
    assert [field.question.slug for field in answer.context["form"].in_need] == ["heel-arch-pain"]
    assert "day" not in session().log


def test_the_whole_list_comes_first_and_once_a_week(plan: Plan, noor: Client, browse: Any, clock: Any) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    page = day_page(browser, run)
    assert page.context["form"].is_whole_list
    assert "Once a week we ask everything" in page.content.decode()
    unsaid = tell(browser, page, **{"a-heel-arch-pain": "0"})
    assert unsaid.status_code == 422
    assert "tick below that all else is as before" in unsaid.content.decode()
    assert nothing_changed(browser, run).url == run
    end_session(session(), by=noor.user, at=NOON, comfort_after=5)
    for days, is_whole in ((1, False), (7, True)):
        with time_machine.travel(NOON + timedelta(days=days), tick=False):
            later = day_page(browser, begun(plan, browser))
            assert later.context["form"].is_whole_list is is_whole
            browser.post(f"{later.request['PATH_INFO'].removesuffix('before/')}end/", {"outcome": "skipped"})


def test_only_what_was_shown_and_answered_is_kept(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    say(browser, begun(plan, browser), heavy_meal="no", leg_swelling="no")
    assert DayAnswers.objects.across_practices().get().answers.keys() == {
        "heavy-meal",
        "leg-swelling",
        "heel-arch-pain",
    }
    assert {"heavy-meal", "leg-swelling", "chest-breathing"} <= session().log["day_answers"].keys()


def test_an_answer_for_a_question_that_was_not_on_the_screen_is_asked(plan: Plan, noor: Client, browse: Any) -> None:
    gone_through(noor)
    browser = browse(noor)
    page = day_page(browser, begun(plan, browser))
    pain = {"a-heel-arch-pain": "3", "a-heel-pain-side": "left", "a-heel-pain-course": "new_or_improving"}
    asked = tell(browser, page, **pain, **{"a-heel-pain-assessed": "no"})
    assert asked.status_code == 200
    assert "Next:" in asked.content.decode()
    assert "day" not in session().log
    assert {field.question.slug for field in tile(asked, "pain").fields if field.typed} == {"heel-arch-pain"}


def test_nothing_posted_asks(plan: Plan, noor: Client, browse: Any) -> None:
    gone_through(noor)
    browser = browse(noor)
    page = day_page(browser, begun(plan, browser))
    answer = browser.post(page.request["PATH_INFO"], {"etag": page.context["form"].etag})
    assert answer.context["form"].missing == {"heel-arch-pain"}
    assert browser.post(page.request["PATH_INFO"], {}).status_code == 200
    assert "day" not in session().log


def test_what_is_carried_on_is_said_in_words_and_kept(plan: Plan, noor: Client, browse: Any) -> None:
    gone_through(noor, open_wound=WOUND)
    browser = browse(noor)
    run = begun(plan, browser)
    page = day_page(browser, run)
    assert tile(page, "skin").still == ["open skin: Heel (left)"]
    assert "<b>Still:</b> open skin: Heel (left)" in " ".join(page.content.decode().split())
    assert tell(browser, page, **{"a-heel-arch-pain": "0"}).url == run
    assert session().log["day_answers"]["open-wound"] == WOUND
    assert [(each["side"], each["state"]) for each in session().log["day"]["changes"]] == [("left", "excluded")]


def test_yesterdays_red_flag_is_asked_anew(plan: Plan, noor: Client, browse: Any) -> None:
    gone_through(noor, exhausted_today="yes")
    browser = browse(noor)
    run = begun(plan, browser)
    page = day_page(browser, run)
    assert [field.question.slug for _slug, field in tile(page, "state").asked] == ["exhausted-today"]
    assert tell(browser, page, **{"a-heel-arch-pain": "0", "rest": "state"}).status_code == 422
    assert tell(browser, page, **{"a-heel-arch-pain": "0", "a-exhausted-today": "no"}).url == run


def test_what_has_ended_by_itself_is_asked_once_more(plan: Plan, noor: Client, browse: Any, clock: Any) -> None:
    gone_through(noor, alcohol_drugs="yes")
    clock.shift(timedelta(days=1))
    browser = browse(noor)
    run = begun(plan, browser)
    page = day_page(browser, run)
    assert [field.question.slug for _slug, field in tile(page, "state").asked] == ["alcohol-drugs"]
    assert tell(browser, page, **{"a-heel-arch-pain": "0", "a-alcohol-drugs": "no"}).url == run
    assert assess(noor, at=NOON + timedelta(days=1)).lapsed == frozenset()


def test_who_said_does_not_apply_to_pregnancy_is_asked_in_the_whole_list_only(
    plan: Plan, noor: Client, browse: Any
) -> None:
    gone_through(noor, pregnancy_status="not_applicable")
    browser = browse(noor)
    run = begun(plan, browser)
    page = day_page(browser, run)
    assert "pregnancy-status" not in {field.question.slug for field in tile(page, "state").fields}
    DayAnswers.objects.across_practices().update(whole_list_on=NOON.date() - timedelta(days=7))
    whole = day_page(browser, run)
    assert "pregnancy-status" in {field.question.slug for field in tile(whole, "state").fields}
    gone_through(noor, pregnancy_status="not_applicable")
    tell(browser, page, **{"a-heel-arch-pain": "0"})
    assert session().log["day_answers"]["pregnancy-status"] == "not_applicable"


def test_questions_are_due_again_where_the_routine_works(plan: Plan) -> None:
    step = plan.current_version.content.phases[0].steps[0]  # type: ignore[union-attr]
    worked = regions_worked([step], current_catalog())
    assert {"heel", "heel-centre", "sole"} & worked
    assert "calf" not in worked
    lost = dataclasses.replace(step, regions=("no-such-place",))
    assert regions_worked([lost], current_catalog()) == {region.slug for region in current_catalog().regions}


def test_an_answer_brings_its_questions_at_once_where_there_is_script(plan: Plan, noor: Client, browse: Any) -> None:
    gone_through(noor)
    browser = browse(noor)
    page = day_page(browser, begun(plan, browser))
    fields = {"etag": page.context["form"].etag, "action": "change", "a-heel-arch-pain": "4"}
    fields["shown"] = [field.shown_as for field in page.context["form"].fields]
    part = browser.post(page.request["PATH_INFO"], fields, headers={"hx-request": "true"}).content.decode()
    assert 'id="ask-heel-pain-side"' in part
    assert 'id="ask-heel-arch-pain"' not in part, "what is being typed is not touched"
    assert "day" not in session().log


def test_questions_published_between_look_and_tap_are_shown_again_with_what_was_typed(
    plan: Plan, noor: Client, browse: Any
) -> None:
    gone_through(noor)
    browser = browse(noor)
    page = day_page(browser, begun(plan, browser))
    document = {**screening_document(), "version": "1.1"}
    load_screening(document, at=NOON)
    answer = tell(browser, page, **{"a-heel-arch-pain": "0"})
    assert "look at these once more" in answer.content.decode()
    (pain,) = [field for field in answer.context["form"].fields if field.question.slug == "heel-arch-pain"]
    assert pain.typed.chosen == {"0"}
    assert "day" not in session().log


def test_the_routine_is_not_shown_before_the_questions_are_answered(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    how = plan.current_version.content.phases[0].steps[0].how  # type: ignore[union-attr]
    run = begun(plan, browser)
    assert how not in browser.get(run, follow=True).content.decode()


@pytest.mark.parametrize(
    ("answer", "words", "urgency"),
    [
        ({"chest_breathing": "yes"}, "emergency number", "emergency"),
        ({"chest_breathing": "not_sure"}, "emergency number", "emergency"),
        ({"one_calf_symptoms": "left"}, "contact", "same_day"),
    ],
)
def test_a_stop_blocks_says_what_to_do_and_tells(
    plan: Plan, noor: Client, jon: Member, browse: Any, answer: dict[str, str], words: str, urgency: str
) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    page = browser.get(say(browser, run, **answer).url)
    assert words in page.content.decode()
    assert f"tel:{noor.practice.emergency_number}" in page.content.decode()
    blocked = session()
    assert (blocked.state, blocked.log["day"]["urgency"]) == ("blocked", urgency)
    assert alerts() == [jon.user.email]
    message = OutboundMessage.objects.across_practices().get(kind="needs_attention")
    assert "chest" not in str(message.context).lower()
    assert browser.get(run).status_code == 302
    assert fresh(plan).state_reason["cause"] == "day questions"
    assert not checked_visibility(fresh(plan), at=NOON)
    today = browse(jon).get(reverse("routines:attention_today")).content.decode()
    assert noor.name in today


def test_not_sure_blocks_this_session_only(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    browser = browse(noor)
    say(browser, begun(plan, browser), leg_swelling="not_sure")
    assert session().state == "blocked"
    assert session().log["day"]["overall"] == "INCOMPLETE"
    assert alerts() == [jon.user.email]
    assert checked_visibility(fresh(plan), at=NOON)
    run = begun(plan, browser)
    assert nothing_changed(browser, run).url == run


def test_a_step_that_is_not_allowed_today_is_left_out_on_its_side(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    answer = say(browser, run, open_wound={"a-open-wound": "marked", "a-open-wound-place": "left:heel"})
    assert answer.url == run
    page = browser.get(run).content.decode()
    assert "Right foot" in page
    assert "Left foot" not in page
    assert "left out, gentler or shorter" in page
    (change,) = session().log["day"]["changes"]
    assert (change["n"], change["side"], change["state"], change["rules"]) == (1, "left", "excluded", ["open-wound"])
    log = browse(jon).get(reverse("routines:plan_detail", args=[plan.pk])).content.decode()
    assert "left out" in log
    assert "Heel (left)" in log, "the answer behind it, in words"
    assert "open-wound" not in log
    assert checked_visibility(fresh(plan), at=NOON)


def test_what_the_day_lowered_has_the_words_for_it(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    nothing_changed(browser, run)
    kept, level = session(), current_catalog().level_by_slug["feather"]
    step = kept.version.content.phases[0].steps[0]
    assert step.pressure != level.slug
    kept.log["day"]["steps"] = [{"id": step.id, "side": "left", "pressure": "feather", "seconds": 65}]
    kept.save()
    (shown,) = day_of_session(session(), current_catalog()).steps
    assert (shown.side, shown.seconds, shown.pressure) == ("left", 65, "feather")
    assert (shown.pressure_name, shown.pressure_cue) == (level.name, level.client_cue)


def test_what_the_day_shortened_is_shown_shortened(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    nothing_changed(browser, run)
    kept = session()
    step = kept.version.content.phases[0].steps[0]
    kept.log["day"]["steps"] = [{"id": step.id, "side": "left", "pressure": step.pressure, "seconds": 35}]
    kept.save()
    page = browser.get(run).content.decode()
    assert "0:35" in page
    assert page.count("data-run") == 1


def test_what_fired_stays_in_force_until_a_newer_answer(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    """The next release is judged with it; the running one asks again before each session."""
    browser = browse(noor)
    run = begun(plan, browser)
    say(browser, run, open_wound={"a-open-wound": "marked", "a-open-wound-place": "left:heel"})
    with pytest.raises(PlanUnsafe):
        publish_plan(plan, by=jon, at=NOON)
    end_session(session(), by=noor.user, at=NOON, comfort_after=5)
    tomorrow = NOON + timedelta(days=1)
    again = begin_session(fresh(plan), by=noor.user, at=tomorrow, comfort_before=5)
    with time_machine.travel(tomorrow, tick=False):
        page = day_page(browser, reverse("routines:session_run", args=[again.pk]))
        assert "Heel" in tile(page, "skin").still[0]  # as before repeats it: nothing is lifted that nobody took back
        all_as_before(browser, page, **{"open": ["skin"], "a-open-wound": "none", "a-open-wound-place": []})
    assert publish_plan(plan, by=jon, at=tomorrow)


@pytest.mark.parametrize("after", [timedelta(hours=1), timedelta(days=2)])
def test_a_stop_is_lifted_by_newer_answers_and_given_back_by_the_therapist(
    plan: Plan, noor: Client, jon: Member, browse: Any, after: timedelta
) -> None:
    browser = browse(noor)
    say(browser, begun(plan, browser), chest_breathing="yes")
    with pytest.raises(PlanUnsafe):
        resume_plan(plan, by=jon, at=NOON)
    later = NOON + after
    make_signed_intake(noor, at=later)
    assert not checked_visibility(fresh(plan), at=later)
    resume_plan(plan, by=jon, at=later)
    assert checked_visibility(fresh(plan), at=later)


def test_an_answer_before_the_last_signing_does_not_come_back_with_the_next_session(
    plan: Plan, noor: Client, browse: Any, clock: Any
) -> None:
    browser = browse(noor)
    wound = {"a-open-wound": "marked", "a-open-wound-place": "left:heel"}
    say(browser, begun(plan, browser), open_wound=wound)
    assert assess(noor, at=NOON).screening.overall == "RESTRICT"
    end_session(session(), by=noor.user, at=NOON, comfort_after=5)
    make_signed_intake(noor, at=NOON + timedelta(days=1))
    later = NOON + timedelta(days=2)
    assert assess(noor, at=later).screening.overall == "CLEAR"
    clock.move_to(later)
    say(browser, begun(plan, browser), heavy_meal="yes")
    assessment = assess(noor, at=later)
    assert assessment.screening.overall == "CAUTION"
    assert assessment.answers["open-wound"].value == []


def test_an_answer_that_opens_other_questions(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    page = say(browser, run, heel_arch_pain="1")
    opened = [ask.question.slug for ask in tile(page, "pain").fields]
    assert opened == ["heel-arch-pain", "heel-pain-side", "heel-pain-course", "heel-pain-assessed"]
    assert not page.context["form"].in_need
    complaint = tell(browser, page, **{"a-heel-arch-pain": "1"})
    assert complaint.status_code == 422
    assert "Please answer this question." in complaint.content.decode()
    told = {"heel-arch-pain": "1", "heel-pain-side": "left", "heel-pain-course": "new_or_improving"}
    fields = {f"a-{slug}": value for slug, value in {**told, "heel-pain-assessed": "no"}.items()}
    assert tell(browser, page, **fields).url == run
    assert session().log["day_answers"]["heel-pain-side"] == "left"


@pytest.mark.parametrize(
    "fields",
    [
        {"a-chest-breathing": "maybe"},
        {"a-chest-breathing": ["yes", "no"]},
        {"a-open-wound": "marked", "a-open-wound-place": "left:moon"},
        {"a-heel-arch-pain": "11"},
        {"open": ["chest-face"], "rest": ["no-such-tile"]},
    ],
)
def test_what_cannot_be_read_begins_nothing(plan: Plan, noor: Client, browse: Any, fields: dict[str, Any]) -> None:
    gone_through(noor)
    browser = browse(noor)
    answer = tell(browser, day_page(browser, begun(plan, browser)), **{"a-heel-arch-pain": "0", **fields})
    assert answer.status_code == 422
    assert "day" not in session().log
    assert session().state == "begun"


def test_answers_that_changed_on_another_device_are_shown_again(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    page = day_page(browser, begun(plan, browser))
    answer = browser.post(page.request["PATH_INFO"], {"etag": "0" * 16})
    assert "look at these once more" in answer.content.decode()
    assert "day" not in session().log


def test_sending_twice_counts_once(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    page = day_page(browser, begun(plan, browser))
    all_as_before(browser, page)
    first = session().log
    again = DayReply(first["day_answers"], frozenset(first["shown"]))
    all_as_before(browser, page)
    answer_day(session(), again, by=noor.user, at=NOON)
    assert session().log == first
    assert DayAnswers.objects.across_practices().count() == 1


def test_a_healthy_day_is_no_line_of_history(plan: Plan, noor: Client, browse: Any) -> None:
    before = ScreeningRecord.objects.across_practices().count()
    browser = browse(noor)
    nothing_changed(browser, begun(plan, browser))
    assert ScreeningRecord.objects.across_practices().count() == before


def test_the_practices_own_rules_judge_the_day(
    plan: Plan, noor: Client, mira: Member, rex: Member, browse: Any
) -> None:
    """By the shared rules an exhausted person goes on more gently; in this practice they rest."""
    document = with_rule_limits(document_of(mira.practice), "fatigue-today", {"outcome": "STOP", "urgency": "defer"})
    save_local_rules(mira.practice, document, change="rest", number=0, by=mira, at=NOON)
    browser = browse(noor)
    page = browser.get(say(browser, begun(plan, browser), exhausted_today="yes").url).content.decode()
    assert "Not today. Tomorrow at" in page
    assert (session().state, session().log["day"]["rules"]) == ("blocked", ["fatigue-today"])
    theirs = make_client(rex.practice, "lena@example.org", "Lena")
    other = make_published_plan(theirs, rex)
    elsewhere = browse(theirs)
    run = begun(other, elsewhere)
    assert say(elsewhere, run, exhausted_today="yes").url == run


def test_done_is_not_taken_before_the_questions_are_answered(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    answer = browser.post(f"{run}end/", {"comfort": "7", "outcome": "done", "feeling": "fine"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{run}before/"
    assert "answer the short questions first" in answer.content.decode()
    assert session().state == "begun"
    with pytest.raises(SessionRefused, match="short questions"):
        end_session(session(), by=noor.user, at=NOON, comfort_after=7)
    nothing_changed(browser, run)
    browser.post(f"{run}end/", {"comfort": "7", "outcome": "done", "feeling": "fine"})
    assert session().state == "done"


@pytest.mark.parametrize(("outcome", "state"), [("skipped", "skipped"), ("stopped", "stopped")])
def test_a_session_may_be_skipped_or_stopped_without_answering(
    plan: Plan, noor: Client, browse: Any, outcome: str, state: str
) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    assert 'value="skipped"' in day_page(browser, run).content.decode()
    browser.post(f"{run}end/", {"outcome": outcome, "feeling": "fine"})
    assert session().state == state
    assert browser.get(TODAY).status_code == 200
    assert begun(plan, browser) != run


def test_a_client_whose_plan_rests_after_a_stop_reads_what_to_do_next(
    plan: Plan, noor: Client, jon: Member, browse: Any, clock: Any
) -> None:
    """The advice again, her answers again, and that the therapist gives it back; then it is so."""
    browser = browse(noor)
    run = begun(plan, browser)
    say(browser, run, leg_swelling="yes")
    page = browser.get(TODAY).content.decode()
    for words in ("because of an answer you gave before a session", "What happens next", "has been told"):
        assert words in page
    assert f'href="{run}before/"' in page
    assert f'href="{reverse("clients:intake_own")}"' in page
    assert "swollen" not in page.lower()
    assert "No routine today" in browser.get(f"{run}before/").content.decode()
    clock.shift(timedelta(days=2))
    later = NOON + timedelta(days=2)
    make_signed_intake(noor, at=later)
    resume_plan(plan, by=jon, at=later)
    page = browser.get(TODAY).content.decode()
    assert "What happens next" not in page
    assert "Begin" in page


def test_a_plan_that_the_therapist_put_to_rest_asks_nothing_of_the_client(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    page = browse(noor).get(TODAY).content.decode()
    assert "Please wait to hear from them" in page
    assert "What happens next" not in page


def test_nobody_else_answers_for_her(plan: Plan, noor: Client, jon: Member, practice: Any, browse: Any) -> None:
    run = begun(plan, browse(noor))
    for person in (make_client(practice, "eve@example.org", "Eve"), jon):
        assert browse(person).get(f"{run}before/").status_code == 404
        assert browse(person).post(f"{run}before/", {"etag": "x"}).status_code == 404


def test_few_queries(plan: Plan, noor: Client, browse: Any) -> None:
    browser = browse(noor)
    run = begun(plan, browser)
    assert queries(browser, f"{run}before/") <= 12
    nothing_changed(browser, run)
    assert queries(browser, run) <= 12
