"""Two connections at the same instant, on PostgreSQL: nothing is decided twice, lost, or left in a deadlock.

SQLite lets one transaction write at a time, so there is nothing to test there; `make test` runs these on PostgreSQL.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from clients.questionnaire.save_local_rules import document_of, save_local_rules, with_rule_limits
from clients.questionnaire.versions import load_screening
from clients.record.models import DayAnswers, ScreeningRecord
from clients.roster.models import Client
from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from routines.plans.models import Plan
from routines.plans.publish import publish_plan
from routines.rechecking.recheck import checked_visibility, recheck_flagged
from routines.sessions.day_answers import answer_day
from routines.sessions.end import end_session
from routines.sessions.log import SessionRefused, begin_session
from routines.sessions.models import RoutineSession
from tests.factories.day import day_reply
from tests.factories.people import NOON, make_client, make_member, make_practice
from tests.factories.plans import make_published_plan, make_starter
from tests.factories.rules import changed_rules

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def jon(transactional_db: None) -> Member:
    assert connection.vendor == "postgresql", "Run these on PostgreSQL, as `make test` does."
    make_starter()
    return make_member(make_practice(), "therapist", "jon@example.org", "Jon Reyes")


@pytest.fixture
def plan(jon: Member) -> Plan:
    client = make_client(jon.practice)
    client.therapist = jon
    client.save()
    return make_published_plan(client, jon)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each act on a thread and connection of its own, begun together. What they gave back, or raised."""
    ready, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            ready.wait(20)
            results[number] = act()
        except Exception as fault:
            results[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "one of them never came back"
    return results


def while_held(rows: Any, act: Callable[[], Any]) -> Any:
    """Starts `act` while another connection holds these rows, and lets go once `act` waits for them."""
    with transaction.atomic():
        list(rows.select_for_update(of=("self",)))
        thread_result: list[Any] = []
        thread = threading.Thread(target=lambda: thread_result.extend(at_once(act)))
        thread.start()
        wait_for_waiter()
    thread.join(60)
    return thread_result[0]


def wait_for_waiter() -> None:
    from tests.services import wait_until

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0])

    wait_until(waits, "the other connection waits for the row", 20)


def session_of(plan: Plan) -> RoutineSession:
    return RoutineSession.objects.across_practices().select_related("plan__client__practice", "version").get(plan=plan)


def faults(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


def test_two_devices_answer_for_one_session_and_the_graver_answers_count(plan: Plan, jon: Member) -> None:
    session = begin_session(plan, by=plan.client.user, at=NOON, comfort_before=5)
    well, ill = day_reply(session, at=NOON), day_reply(session, at=NOON, chest_breathing="yes")
    results = at_once(
        *(
            lambda said=said: answer_day(session_of(plan), said, by=plan.client.user, at=NOON)
            for said in (well, ill, well, ill)
        )
    )
    assert not faults(results)
    kept = session_of(plan)
    assert (kept.state, kept.log["day_answers"]["chest-breathing"]) == ("blocked", "yes")
    assert not checked_visibility(fresh(plan), at=NOON)
    assert DayAnswers.objects.across_practices().get().answers["chest-breathing"]["value"] == "yes"
    alerts = OutboundMessage.objects.across_practices().filter(kind="needs_attention").count()
    records = ScreeningRecord.objects.across_practices().filter(cause="day questions").count()
    assert (alerts, records) == (1, 1)


def test_an_answer_that_comes_while_another_device_answers_waits_and_then_only_takes_away(plan: Plan) -> None:
    session = begin_session(plan, by=plan.client.user, at=NOON, comfort_before=5)
    ill = day_reply(session, at=NOON, chest_breathing="yes")
    answer_day(session, day_reply(session, at=NOON), by=plan.client.user, at=NOON)
    late = while_held(
        Client.objects.across_practices().filter(pk=plan.client_id),
        lambda: answer_day(session_of(plan), ill, by=plan.client.user, at=NOON),
    )
    assert (late.state, late.log["day"]["urgency"]) == ("blocked", "emergency")
    assert [said["chest-breathing"] for said in late.log["earlier_answers"]] == ["no"]


def test_two_routines_of_one_client_are_answered_at_once_and_a_stop_rests_both(plan: Plan, jon: Member) -> None:
    other = make_published_plan(plan.client, jon, zones=["arch-sleep-s1"])
    for each in (plan, other):
        begin_session(fresh(each), by=plan.client.user, at=NOON, comfort_before=5)
    ill, well = day_reply(session_of(plan), at=NOON, chest_breathing="yes"), day_reply(session_of(other), at=NOON)
    results = at_once(
        lambda: answer_day(session_of(plan), ill, by=plan.client.user, at=NOON),
        lambda: answer_day(session_of(other), well, by=plan.client.user, at=NOON),
    )
    assert not faults(results)
    assert [fresh(each).state for each in (plan, other)] == ["suspended", "suspended"]
    assert session_of(plan).state == "blocked"
    assert set(session_of(other).log) >= {"day", "day_answers"}


def test_done_and_answered_at_once_is_never_done_without_answers(plan: Plan) -> None:
    session = begin_session(plan, by=plan.client.user, at=NOON, comfort_before=5)
    ill = day_reply(session, at=NOON, chest_breathing="yes")
    _answered, ended = at_once(
        lambda: answer_day(session_of(plan), ill, by=plan.client.user, at=NOON),
        lambda: end_session(session_of(plan), by=plan.client.user, at=NOON, comfort_after=9),
    )
    assert session_of(plan).state == "blocked"
    assert isinstance(ended, SessionRefused) or ended.state == "blocked"


def test_a_stop_and_a_release_at_once_end_with_a_plan_that_is_not_shown(plan: Plan, jon: Member) -> None:
    """Whichever comes first: a release that saw the old answers is suspended by the stop that follows it."""
    session = begin_session(plan, by=plan.client.user, at=NOON, comfort_before=5)
    ill = day_reply(session, at=NOON, chest_breathing="yes")
    Plan.objects.across_practices().filter(pk=plan.pk).update(revision=plan.revision + 1)
    answered, released = at_once(
        lambda: answer_day(session_of(plan), ill, by=plan.client.user, at=LATER),
        lambda: publish_plan(fresh(plan), by=jon, at=LATER),
    )
    assert not isinstance(answered, Exception)
    assert not checked_visibility(fresh(plan), at=LATER)
    assert type(released).__name__ in ("PlanVersion", "PlanUnsafe")


def running_plans(jon: Member, count: int) -> list[Plan]:
    clients = [make_client(jon.practice, f"c{number}@example.org", f"C {number}") for number in range(count)]
    return [make_published_plan(client, jon) for client in clients]


def test_two_workers_check_the_marked_plans_and_each_is_suspended_once(jon: Member) -> None:
    plans = running_plans(jon, 6)
    load_screening(changed_rules(), at=LATER)
    results = at_once(*(lambda: recheck_flagged(LATER, limit=4) for _worker in range(3)))
    assert not faults(results)
    while recheck_flagged(LATER):
        pass
    states = Plan.objects.across_practices().filter(pk__in=[plan.pk for plan in plans]).values_list("state", flat=True)
    assert set(states) == {"suspended"}
    told = AuditEntry.objects.across_practices().filter(action="plan.suspended").values_list("subject_id", flat=True)
    assert sorted(told) == sorted(plan.pk for plan in plans)


def test_rules_that_change_while_a_check_is_under_way_are_checked_too(jon: Member) -> None:
    """The practice's own rules and the check take their locks in other orders; neither may be thrown out for it."""
    (plan,) = running_plans(jon, 1)
    harmless = with_rule_limits(document_of(jon.practice), "surgery-recent", {"days": 90})
    load_screening(changed_rules(), at=LATER)
    results = at_once(
        lambda: recheck_flagged(LATER),
        lambda: save_local_rules(jon.practice, harmless, change="x", number=0, by=jon, at=LATER),
        lambda: checked_visibility(fresh(plan), at=LATER),
    )
    assert not faults(results)
    assert not checked_visibility(fresh(plan), at=LATER)


def test_a_check_waits_for_an_answer_that_is_being_given(plan: Plan) -> None:
    """The job holds the plan while the client answers: the stop is not lost under the check's "may go on"."""
    session = begin_session(plan, by=plan.client.user, at=NOON, comfort_before=5)
    ill = day_reply(session, at=NOON, chest_breathing="yes")
    answered = while_held(
        Plan.objects.across_practices().filter(pk=plan.pk),
        lambda: answer_day(session_of(plan), ill, by=plan.client.user, at=NOON),
    )
    assert answered.state == "blocked"
    assert fresh(plan).state == "suspended"


def fresh(plan: Plan) -> Plan:
    rows = Plan.objects.across_practices().select_related("client__practice", "client__user", "current_version")
    return rows.get(pk=plan.pk)
