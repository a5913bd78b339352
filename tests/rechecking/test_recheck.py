"""A released plan stays alive: every cause, from the change to a plan that no channel shows any more."""

import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.assessment.assess import assess_unsigned
from clients.consent.consent import give_consents, withdraw_consent
from clients.intake.submit import GivenAnswer, save_answers, stop_intake
from clients.letters.letters import record_clearance, withdraw_clearance
from clients.questionnaire.save_local_rules import document_of, save_local_rules, with_own_rule
from clients.questionnaire.versions import load_screening
from clients.record.models import Intake
from clients.roster.models import Client
from clients.roster.roster import archive_client, correct_client
from clients.screening.age import age_on, next_birthday
from practice.mail.models import OutboundMessage
from practice.mail.outbox import send_due
from practice.tenancy.models import Member
from routines.builder.edit import change_step
from routines.catalog.versions import load_catalog
from routines.plans.models import Plan
from routines.plans.publish import PlanUnsafe, publish_plan, resume_plan, suspend_plan
from routines.rechecking import flags, recheck
from routines.rechecking.recheck import checked_visibility, recheck_flagged
from routines.reminders.models import Reminder
from routines.reminders.send import mirror_outcomes, plan_ahead, queue_due
from routines.sessions.log import SessionRefused, begin_session
from routines.sessions.models import RoutineSession
from tests.factories.builder import ARCH, HEEL, first_step
from tests.factories.content import spoil
from tests.factories.intake import catalog_document, make_open_intake, make_signed_intake
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.factories.rules import changed_rules

pytestmark = pytest.mark.both("claims and locks many plans at once")

LATER = NOON + timedelta(minutes=5)
STOP = {"bleeding": ["low_platelets"]}
REFER = {"blood_thinners": "anticoagulant", "blood_thinner_reason": "prevention"}


@pytest.fixture
def plan(signed: Client, jon: Member) -> Plan:
    return running_plan(signed, jon)


def running_plan(client: Client, by: Member, **draft: Any) -> Plan:
    """Released, and the client agreed to reminders."""
    give_consents(client, wordings={"reminders": "Yes, remind me."}, by=client.user, at=NOON)
    return make_published_plan(client, by, **draft)


def fresh(plan: Plan) -> Plan:
    rows = Plan.objects.across_practices().select_related("client__practice", "client__user", "current_version")
    return rows.get(pk=plan.pk)


def without_technique(slug: str) -> Any:
    document = copy.deepcopy(catalog_document())
    for technique in document["techniques"]:
        if technique["slug"] == slug:
            technique["home_plan_default"] = "off"
    return document


def assert_hidden(plan: Plan, browser: Browser, at: datetime) -> None:
    """Portal, handout, calendar, session and reminder, each by its own way in."""
    how = plan.current_version.content.phases[0].steps[0].how  # type: ignore[union-attr]
    today = reverse("routines:portal_today")
    with time_machine.travel(at, tick=False):
        for page in ("portal_today", "portal_plan"):
            shown = browser.get(reverse(f"routines:{page}")).content.decode()
            assert how not in shown
            assert "routine-steps" not in shown
        for address in ("handout_client", "calendar_file"):
            assert browser.get(reverse(f"routines:{address}", args=[plan.pk])).url == today  # type: ignore[attr-defined]
        browser.post(reverse("routines:session_begin", args=[plan.pk]), {"comfort": "5"})
        assert not RoutineSession.objects.across_practices().filter(plan=plan).exists()
        with pytest.raises(SessionRefused):
            begin_session(fresh(plan), by=fresh(plan).client.user, at=at, comfort_before=5)
    for moment in (at, at + timedelta(days=1), at + timedelta(days=2)):
        with time_machine.travel(moment, tick=False):
            mirror_outcomes()
            plan_ahead(moment)
            queue_due(moment)
            while send_due(moment):
                pass
            mirror_outcomes()
    reminders = OutboundMessage.objects.across_practices().filter(kind="reminder")
    assert not reminders.exclude(state=OutboundMessage.State.SKIPPED).exists()
    left = Reminder.objects.across_practices().filter(plan=plan, due_at__lte=at + timedelta(days=2))
    assert set(left.values_list("state", flat=True)) <= {"skipped"}


def queue_next_reminder(plan: Plan) -> datetime:
    """Puts the plan's next reminder into the outbox, not yet handed over; when that is."""
    plan_ahead(NOON)
    due = Reminder.objects.across_practices().filter(plan=plan).order_by("due_at").first()
    assert due is not None
    queue_due(due.due_at)
    assert Reminder.objects.across_practices().get(pk=due.pk).state == "queued"
    return due.due_at


# ---- Every cause, from the change to a plan that no channel shows


def test_a_changed_answer(plan: Plan, noor: Client, browse: Any) -> None:
    at = queue_next_reminder(plan)
    make_signed_intake(noor, at=at, **REFER)
    suspended = fresh(plan)
    assert (suspended.state, suspended.state_reason["cause"]) == ("suspended", "intake")
    assert_hidden(plan, browse(noor), at)


def test_an_answer_that_stops_one_side_of_one_step(plan: Plan, noor: Client, browse: Any) -> None:
    make_signed_intake(noor, at=LATER, open_wound=[{"side": "left", "region": "heel"}])
    (step,) = fresh(plan).state_reason["steps"]
    assert (step["n"], step["states"], step["rules"]) == (1, {"left": "excluded"}, ["open-wound"])
    assert_hidden(plan, browse(noor), LATER)


def test_a_red_flag_in_answers_that_are_not_signed(plan: Plan, noor: Client, browse: Any) -> None:
    at = queue_next_reminder(plan)
    intake = make_open_intake(noor, at=at, chest_breathing="yes")
    stop_intake(assess_unsigned(intake, at=at), by=noor.user, at=at)
    assert fresh(plan).state_reason["cause"] == "red flag"
    assert_hidden(plan, browse(noor), at)


def test_the_same_red_flag_once_more_after_the_plan_was_given_back(plan: Plan, noor: Client, jon: Member) -> None:
    """Neither written down nor told twice, but the plan rests again."""
    noor.therapist = jon
    noor.save()
    intake = make_open_intake(noor, at=NOON, chest_breathing="yes")
    stop_intake(assess_unsigned(intake, at=NOON), by=noor.user, at=NOON)
    answer(intake, "no")
    resume_plan(plan, by=jon, at=LATER)
    answer(intake, "yes")
    stop_intake(assess_unsigned(intake, at=LATER), by=noor.user, at=LATER)
    assert fresh(plan).state_reason["cause"] == "red flag"
    assert noor.screenings.filter(cause="red flag").count() == 1
    assert OutboundMessage.objects.across_practices().filter(kind="needs_attention").count() == 1


def answer(intake: Intake, chest_breathing: str) -> None:
    given = {"chest-breathing": GivenAnswer(chest_breathing)}
    save_answers(intake, given, revision=intake.revision, tab="builder-tab", by=intake.client.user, at=LATER)


def test_a_new_version_of_the_rules(plan: Plan, noor: Client, browse: Any) -> None:
    at = queue_next_reminder(plan)
    load_screening(changed_rules(), at=at)
    assert fresh(plan).recheck_since == at
    assert_hidden(plan, browse(noor), at)  # no job has run yet
    assert fresh(plan).state == "suspended"


def test_a_new_version_of_the_rules_by_the_job(plan: Plan) -> None:
    load_screening(changed_rules(), at=LATER)
    assert recheck_flagged(LATER) == 1
    assert recheck_flagged(LATER) == 0
    reason = fresh(plan).state_reason
    assert (reason["cause"], [found["rule"] for found in reason["findings"]]) == ("rules", ["new-rule"])


def test_a_new_version_of_the_catalog(plan: Plan, noor: Client, browse: Any) -> None:
    at = queue_next_reminder(plan)
    used = plan.current_version.content.phases[0].steps[0].technique  # type: ignore[union-attr]
    load_catalog(without_technique(used), at=at)
    assert_hidden(plan, browse(noor), at)
    assert [step["n"] for step in fresh(plan).state_reason["steps"]] == [1]


def cleared(client: Client, by: Member, *, valid_until: date | None = None) -> Any:
    """Noor takes blood thinners and has a letter that allows gentle work."""
    make_signed_intake(client, **REFER)
    return record_clearance(
        client, rules=["anticoagulants"], issued_on=NOON.date(), valid_until=valid_until, issued_by="GP", by=by, at=NOON
    )


def test_a_letter_that_is_withdrawn(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    letter = cleared(noor, jon)
    plan = running_plan(noor, jon)
    at = queue_next_reminder(plan)
    withdraw_clearance(letter, by=jon, at=at)
    assert fresh(plan).state_reason["cause"] == "letter"
    assert_hidden(plan, browse(noor), at)


def test_a_letter_that_ran_out(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    last = NOON.date() + timedelta(days=5)
    cleared(noor, jon, valid_until=last)
    plan = running_plan(noor, jon)
    assert fresh(plan).safe_until == last
    assert checked_visibility(fresh(plan), at=NOON + timedelta(days=5))
    assert_hidden(plan, browse(noor), NOON + timedelta(days=6))
    assert fresh(plan).state == "suspended"


@pytest.mark.parametrize(
    ("time_zone", "is_over"), [("Pacific/Auckland", True), ("Europe/London", False), ("Pacific/Honolulu", False)]
)
def test_on_its_last_day_a_plan_is_not_checked_over_and_over(
    rules: None, practice: Any, jon: Member, time_zone: str, is_over: bool
) -> None:
    """At noon in London it is the next day in Auckland already."""
    client = make_client(practice, "ida@example.org", "Ida", time_zone=time_zone)
    cleared(client, jon, valid_until=NOON.date() + timedelta(days=5))
    plan = running_plan(client, jon)
    last = NOON + timedelta(days=5)
    assert [recheck_flagged(last), recheck_flagged(last)] == [int(is_over), 0]
    assert fresh(plan).state == ("suspended" if is_over else "published")


def test_a_letter_that_is_verified(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    """It has the running plan checked: this one outlives the letter that it was released on."""
    first = NOON.date() + timedelta(days=5)
    cleared(noor, jon, valid_until=first)
    plan = running_plan(noor, jon)
    assert fresh(plan).safe_until == first
    record_clearance(
        noor, rules=["anticoagulants"], issued_on=NOON.date(), valid_until=None, issued_by="GP", by=jon, at=LATER
    )
    assert noor.screenings.latest("made_at").cause == "letter"
    assert checked_visibility(fresh(plan), at=NOON + timedelta(days=6))
    assert fresh(plan).safe_until > first


def test_a_letter_that_is_verified_does_not_give_a_plan_back_by_itself(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    at = queue_next_reminder(plan)
    make_signed_intake(noor, at=at, **REFER)
    record_clearance(
        noor, rules=["anticoagulants"], issued_on=at.date(), valid_until=None, issued_by="GP", by=jon, at=at
    )
    assert_hidden(plan, browse(noor), at)
    resume_plan(plan, by=jon, at=at)
    assert checked_visibility(fresh(plan), at=at)


def test_the_practices_own_rules(plan: Plan, noor: Client, jon: Member, mira: Member, browse: Any) -> None:
    """A rule of this practice alone, on an answer that the shared rules let pass."""
    at = queue_next_reminder(plan)
    rule = {
        "outcome": "STOP", "urgency": "defer", "when": {"q": "age", "gte": 41}, "scope": ["global"],
        "rationale": "Our own.", "client_message": "Please rest.",
        "expires": {"kind": "answer_ttl", "days": 30, "basis": "ours", "meaning": "asked again"},
        "sources": [{"title": "Our practice", "url": "https://stillwater.example/rules", "tier": "C"}],
    }  # fmt: skip
    document = with_own_rule(document_of(noor.practice), "age", rule, title="Over forty")
    save_local_rules(noor.practice, document, change="own", number=0, by=mira, at=at)
    assert fresh(plan).recheck_since == at
    assert_hidden(plan, browse(noor), at)
    assert [found["rule"] for found in fresh(plan).state_reason["findings"]] == ["own-over-forty"]


def test_an_edited_plan_is_screened_before_it_replaces_the_one_that_runs(plan: Plan, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, at=LATER, open_wound=[{"side": "right", "region": "arch"}])
    assert fresh(plan).state == "published"  # the running steps keep off the wound
    change_step(first_step(plan), by=jon, at=LATER, zone_id=ARCH, side="right")
    with pytest.raises(PlanUnsafe):
        publish_plan(plan, by=jon, at=LATER)
    assert fresh(plan).current_version.number == 1  # type: ignore[union-attr]
    assert checked_visibility(fresh(plan), at=LATER)


def test_an_answer_older_than_its_rule_allows(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, **REFER)  # the rule on blood thinners takes answers of the last 180 days
    record_clearance(
        noor, rules=["anticoagulants"], issued_on=NOON.date(), valid_until=None, issued_by="GP", by=jon, at=NOON
    )
    plan = running_plan(noor, jon)
    last = fresh(plan).safe_until
    assert last == NOON.date() + timedelta(days=180)
    at = NOON + timedelta(days=181)
    assert recheck_flagged(at) == 1
    assert fresh(plan).state == "suspended"
    assert_hidden(plan, browse(noor), at)


INJURY = {
    "soft_injury_date": (NOON.date() - timedelta(days=5)).isoformat(),
    "soft_injury_site": [{"side": "left", "region": "arch"}],
}


def test_a_window_after_an_event_that_opens(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    window = {"q": "soft-injury-date", "days_since_between": [10, 20]}
    load_screening(changed_rules(question="soft-injury-date", when=window), at=NOON)
    make_signed_intake(noor, **INJURY)
    plan = running_plan(noor, jon)
    assert checked_visibility(fresh(plan), at=NOON + timedelta(days=4))
    assert_hidden(plan, browse(noor), NOON + timedelta(days=5))
    assert fresh(plan).state == "suspended"


def test_a_window_that_closes_loosens_and_suspends_nothing(rules: None, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, **INJURY)
    plan = running_plan(noor, jon)
    first = fresh(plan).safe_until
    assert first == NOON.date() + timedelta(days=25)  # day 30 after the injury
    assert checked_visibility(fresh(plan), at=NOON + timedelta(days=26))
    assert (fresh(plan).state, fresh(plan).recheck_since) == ("published", None)
    assert fresh(plan).safe_until > first


def test_a_consent_taken_back(plan: Plan, noor: Client, browse: Any) -> None:
    at = queue_next_reminder(plan)
    withdraw_consent(noor, purpose="home_routine", by=noor.user, at=at)
    assert fresh(plan).state_reason["cause"] == "consent"
    assert_hidden(plan, browse(noor), at)


def test_a_reminder_that_was_queued_before_new_rules_is_not_handed_over(plan: Plan) -> None:
    at = queue_next_reminder(plan)
    load_screening(changed_rules(), at=at)
    with time_machine.travel(at, tick=False):
        while send_due(at):
            pass
    message = OutboundMessage.objects.across_practices().get(kind="reminder")
    assert message.state == OutboundMessage.State.SKIPPED


def test_a_draft_that_is_edited_changes_nothing_that_is_shown(plan: Plan, jon: Member) -> None:
    change_step(first_step(plan), by=jon, at=LATER, zone_id=ARCH, pressure_id="firm", seconds=9999)
    load_screening(changed_rules(when={"q": "age", "gte": 90}), at=LATER)
    assert checked_visibility(fresh(plan), at=LATER)
    version = fresh(plan).current_version
    assert version.content.phases[0].steps[0].zone == HEEL  # type: ignore[union-attr]


def test_a_birthday_that_crosses_an_age_bound(rules: None, noor: Client, jon: Member, browse: Any) -> None:
    """Of age 40 when she signed; a rule acts from 41 on."""
    load_screening(changed_rules(), at=NOON)
    birthday = NOON.date() + timedelta(days=3)
    noor = correct_client(noor, revision=0, by=jon, at=NOON, born_on=birthday.replace(year=1985).isoformat())
    make_signed_intake(noor, age=40)
    plan = running_plan(noor, jon)
    assert fresh(plan).safe_until == birthday - timedelta(days=1)
    assert checked_visibility(fresh(plan), at=NOON + timedelta(days=2))
    assert recheck_flagged(NOON + timedelta(days=3)) == 1
    (answer,) = fresh(plan).state_reason["answers"]
    assert (answer["before"], answer["now"]) == ("40", "41")
    assert_hidden(plan, browse(noor), NOON + timedelta(days=3))


def test_a_corrected_day_of_birth(plan: Plan, noor: Client, jon: Member) -> None:
    load_screening(changed_rules(when={"q": "age", "gte": 50}), at=NOON)
    recheck_flagged(NOON)
    correct_client(noor, revision=0, by=jon, at=LATER, born_on="1960-02-29")
    assert (fresh(plan).state, fresh(plan).state_reason["cause"]) == ("suspended", "client")


@pytest.mark.parametrize(
    ("born", "today", "age", "following"),
    [
        ("2008-03-16", "2026-03-15", 17, "2026-03-16"),
        ("2008-03-16", "2026-03-16", 18, "2027-03-16"),
        ("2008-02-29", "2026-02-28", 17, "2026-03-01"),
        ("2008-02-29", "2026-03-01", 18, "2027-03-01"),
        ("2008-02-29", "2027-12-31", 19, "2028-02-29"),
    ],
)
def test_age_and_next_birthday(born: str, today: str, age: int, following: str) -> None:
    day = date.fromisoformat(today)
    assert age_on(date.fromisoformat(born), day) == age
    assert next_birthday(date.fromisoformat(born), day).isoformat() == following


# ---- What passes, what the therapist sees, and giving it back


def test_what_passes_goes_on_with_a_new_last_day(plan: Plan, noor: Client) -> None:
    before = fresh(plan).safe_until
    at = NOON + timedelta(days=30)
    make_signed_intake(noor, at=at)
    assert (fresh(plan).state, fresh(plan).recheck_since) == ("published", None)
    assert fresh(plan).safe_until == before + timedelta(days=30)
    assert checked_visibility(fresh(plan), at=at)


def test_the_therapist_reads_what_changed(plan: Plan, noor: Client, jon: Member, browse: Any) -> None:
    make_signed_intake(noor, at=LATER, open_wound=[{"side": "left", "region": "heel"}])
    reason = fresh(plan).state_reason
    (answer,) = reason["answers"]
    assert answer["question"].startswith("Is any skin open")
    assert answer["before"] != answer["now"]
    with time_machine.travel(LATER, tick=False):
        page = browse(jon).get(reverse("routines:plan_detail", args=[plan.pk])).content.decode()
    for words in ("Is any skin open", answer["before"], answer["now"], "open-wound", "Step 1"):
        assert words in page


def test_the_first_page_says_that_it_was_paused_by_new_answers(
    plan: Plan, noor: Client, jon: Member, browse: Any
) -> None:
    make_signed_intake(noor, at=LATER, open_wound=[{"side": "left", "region": "heel"}])
    with time_machine.travel(LATER, tick=False):
        page = browse(jon).get(reverse("routines:attention_today")).content.decode()
    assert "new answers were signed" in page


def test_a_suspended_plan_is_not_given_back_by_itself(plan: Plan, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, at=LATER, **STOP)
    safe_again = LATER + timedelta(days=2)
    make_signed_intake(noor, at=safe_again)
    flags.flag_all(safe_again)
    recheck_flagged(safe_again)
    assert not checked_visibility(fresh(plan), at=safe_again)
    assert fresh(plan).state == "suspended"
    resume_plan(plan, by=jon, at=safe_again)
    assert checked_visibility(fresh(plan), at=safe_again)


def test_the_therapist_changes_the_step_and_releases_again(plan: Plan, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, at=LATER, open_wound=[{"side": "left", "region": "heel"}])
    with pytest.raises(PlanUnsafe):
        resume_plan(plan, by=jon, at=LATER)
    change_step(first_step(plan), by=jon, at=LATER, side="right")
    assert publish_plan(plan, by=jon, at=LATER).number == 2
    assert checked_visibility(fresh(plan), at=LATER)


# ---- Marks


def test_a_marked_plan_is_never_shown_unchecked(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the check itself cannot be made."""
    flags.flag_all(LATER)
    monkeypatch.setattr(recheck, "recheck_plan", lambda plan, *, at: None)
    assert not checked_visibility(fresh(plan), at=LATER)


def test_a_mark_set_while_a_check_is_under_way_is_not_lost(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check has read the old rules when new ones are published; its end must not take their mark off unseen."""
    flags.flag_all(LATER)
    real = recheck.check_version

    def publishes_meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(recheck, "check_version", real)
        return real(*args)

    monkeypatch.setattr(recheck, "check_version", publishes_meanwhile)
    recheck_flagged(LATER)
    load_screening(changed_rules(), at=LATER + timedelta(seconds=1))
    assert fresh(plan).recheck_since
    recheck_flagged(LATER + timedelta(seconds=2))
    assert fresh(plan).state == "suspended"


def test_what_a_failed_change_marked_is_unmarked_with_it(plan: Plan) -> None:
    with transaction.atomic():
        load_screening(changed_rules(), at=LATER)
        transaction.set_rollback(True)
    assert fresh(plan).recheck_since is None


def test_plans_that_do_not_run_are_left_alone(plan: Plan, jon: Member) -> None:
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    load_screening(changed_rules(), at=LATER)
    assert recheck_flagged(LATER) == 0
    assert fresh(plan).state_reason == {"cause": "therapist"}


def test_other_peoples_plans_are_not_touched(plan: Plan, practice: Any, jon: Member) -> None:
    other = make_client(practice, "eve@example.org", "Eve")
    theirs = make_published_plan(other, jon)
    make_signed_intake(other, at=LATER, **STOP)
    assert (fresh(theirs).state, fresh(plan).state) == ("suspended", "published")


def test_an_archived_clients_plan_is_checked_without_fault(plan: Plan, noor: Client, jon: Member) -> None:
    archive_client(noor, by=jon, at=LATER)
    load_screening(changed_rules(), at=LATER)
    assert recheck_flagged(LATER) == 1


def test_a_batch_needs_few_queries(plan: Plan, practice: Any, jon: Member, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        make_published_plan(make_client(practice, f"c{number}@example.org", f"C {number}"), jon)
    flags.flag_all(LATER)
    with django_assert_max_num_queries(14):
        assert recheck_flagged(LATER) == 7
    assert {row.recheck_since for row in Plan.objects.across_practices()} == {None}


def test_a_batch_larger_than_one_look(plan: Plan, practice: Any, jon: Member) -> None:
    for number in range(3):
        make_published_plan(make_client(practice, f"c{number}@example.org", f"C {number}"), jon)
    load_screening(changed_rules(), at=LATER)
    assert [recheck_flagged(LATER, limit=3), recheck_flagged(LATER, limit=3), recheck_flagged(LATER, limit=3)] == [
        3,
        1,
        0,
    ]
    assert not Plan.objects.across_practices().running().exists()


def test_a_plan_that_cannot_be_read_is_taken_away_and_keeps_nobody_waiting(
    plan: Plan, practice: Any, jon: Member
) -> None:
    other = make_published_plan(make_client(practice, "eve@example.org", "Eve"), jon)
    spoil(fresh(plan).current_version, "checked_steps")  # type: ignore[arg-type]
    flags.flag_all(LATER)
    assert recheck_flagged(LATER) == 2
    assert (fresh(plan).state, fresh(plan).state_reason["cause"]) == ("suspended", "unreadable")
    assert fresh(other).state == "published"
