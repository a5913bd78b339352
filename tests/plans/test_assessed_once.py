"""Two connections, on PostgreSQL: the assessment that permits an act is the one that is stored with it.

Whoever would change what it rests on meanwhile waits for the act, and has its plan checked after it.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clients.assessment.assess import Assessment
from clients.consent.consent import withdraw_consent
from clients.intake import submit as intake_verbs
from clients.intake.submit import Signature, submit_intake
from clients.letters.letters import record_clearance, withdraw_clearance
from clients.questionnaire.save_local_rules import document_of, save_local_rules, with_rule_limits
from clients.questionnaire.versions import load_screening
from clients.record.models import Clearance, Intake, ScreeningRecord
from clients.roster.models import Client
from clients.screening.findings_text import stored_findings
from practice.core.clock import local_today
from practice.tenancy.models import Member
from routines.plans import publish
from routines.plans.publish import publish_plan, resume_plan, suspend_plan
from routines.rechecking.recheck import checked_visibility
from routines.sessions.day_answers import answer_day
from routines.sessions.log import begin_session
from tests.factories.builder import make_draft
from tests.factories.day import day_reply
from tests.factories.intake import CONSENTS, make_open_intake, make_signed_intake
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.factories.rules import changed_rules
from tests.plans.test_at_once import at_once, fresh, jon, session_of, wait_for_waiter

__all__ = ["jon"]  # the fixture
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LATER = NOON + timedelta(minutes=5)
REFER = {"blood_thinners": "anticoagulant", "blood_thinner_reason": "prevention"}


@pytest.fixture
def noor(jon: Member) -> Client:
    """Takes blood thinners, with a letter that allows gentle work: what she may do rests on answers and on a letter."""
    client = make_client(jon.practice)
    client.therapist = jon
    client.save()
    make_signed_intake(client, **REFER)
    send_letter(client, jon)
    return client


def send_letter(client: Client, by: Member) -> None:
    record_clearance(
        client, rules=["anticoagulants"], issued_on=NOON.date(), valid_until=None, issued_by="GP", by=by, at=NOON
    )


class Held:
    """Stops a verb between assessing and storing, once; `assessed` is what it had assessed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
        self.assessed: list[Assessment] = []
        self._reached, self._go = threading.Event(), threading.Event()
        record = module.record

        def held(assessment: Assessment, **more: Any) -> ScreeningRecord:
            if not self.assessed:
                self.assessed.append(assessment)
                self._reached.set()
                assert self._go.wait(30)
            return record(assessment, **more)

        monkeypatch.setattr(module, "record", held)

    def meanwhile(self, act: Callable[[], Any], other: Callable[[], Any]) -> list[Any]:
        """Both results. `other` begins once `act` has assessed, and has to wait for it."""

        def after_assessing() -> Any:
            assert self._reached.wait(30)
            return other()

        results: list[Any] = []
        both = threading.Thread(target=lambda: results.extend(at_once(act, after_assessing)))
        both.start()
        try:
            assert self._reached.wait(30)
            wait_for_waiter()
        finally:
            self._go.set()
            both.join(60)
        return results


def sign(intake: Intake, by: Any) -> Intake:
    signature = Signature("Noor Haddad", local_today(LATER, "Europe/London"))
    return submit_intake(intake, signature=signature, consents=CONSENTS, by=by, at=LATER)


def answers_signed(client: Client, by: Member) -> Callable[[], Any]:
    intake = make_open_intake(client, at=NOON, bleeding=["low_platelets"])
    return lambda: sign(intake, client.user)


def letter_withdrawn(client: Client, by: Member) -> Callable[[], Any]:
    letter = Clearance.objects.across_practices().get(client=client)
    return lambda: withdraw_clearance(letter, by=by, at=LATER)


def consent_withdrawn(client: Client, by: Member) -> Callable[[], Any]:
    return lambda: withdraw_consent(client, purpose="home_routine", by=client.user, at=LATER)


def day_answered(client: Client, by: Member) -> Callable[[], Any]:
    """Before a session of another routine of the same client."""
    other = make_published_plan(client, by)
    ill = day_reply(begin_session(other, by=client.user, at=NOON, comfort_before=5), at=NOON, chest_breathing="yes")
    return lambda: answer_day(session_of(other), ill, by=client.user, at=LATER)


def rules_published(client: Client, by: Member) -> Callable[[], Any]:
    return lambda: load_screening(changed_rules(), at=LATER)


def own_rules_saved(client: Client, by: Member) -> Callable[[], Any]:
    strict = with_rule_limits(document_of(by.practice), "anticoagulants", {"outcome": "STOP", "urgency": "defer"})
    return lambda: save_local_rules(by.practice, strict, change="x", number=0, by=by, at=LATER)


CHANGES = [answers_signed, letter_withdrawn, consent_withdrawn, day_answered, rules_published, own_rules_saved]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_during_a_first_release_waits_and_then_pauses_the_plan(
    noor: Client, jon: Member, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    other = change(noor, jon)
    plan = make_draft(noor, jon)
    held = Held(monkeypatch, publish)
    version, changed = held.meanwhile(lambda: publish_plan(fresh(plan), by=jon, at=LATER), other)
    assert not isinstance(version, Exception), version
    assert not isinstance(changed, Exception), changed
    assert_stored(version.screening, held.assessed[0])
    assert not checked_visibility(fresh(plan), at=LATER)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_while_a_plan_is_given_back_waits_and_then_pauses_it(
    noor: Client, jon: Member, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    plan = make_published_plan(noor, jon)
    other = change(noor, jon)
    suspend_plan(plan, by=jon, at=NOON, cause="therapist")
    held = Held(monkeypatch, publish)
    resumed, changed = held.meanwhile(lambda: resume_plan(fresh(plan), by=jon, at=LATER), other)
    assert not isinstance(resumed, Exception), resumed
    assert not isinstance(changed, Exception), changed
    assert_stored(ScreeningRecord.objects.across_practices().get(cause="resume"), held.assessed[0])
    assert not checked_visibility(fresh(plan), at=LATER)


@pytest.mark.parametrize("change", [letter_withdrawn, day_answered])
def test_what_is_signed_is_stored_as_it_was_assessed(
    noor: Client, jon: Member, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    """A letter that is withdrawn meanwhile, or an answer before a session, counts after it."""
    other = change(noor, jon)
    intake = make_open_intake(noor, at=NOON, **REFER)
    held = Held(monkeypatch, intake_verbs)
    signed, changed = held.meanwhile(lambda: sign(intake, noor.user), other)
    assert not isinstance(signed, Exception), signed
    assert not isinstance(changed, Exception), changed
    kept = ScreeningRecord.objects.across_practices().get(cause="intake", intake=signed)
    assert_stored(kept, held.assessed[0])


def assert_stored(kept: ScreeningRecord, assessed: Assessment) -> None:
    """The record holds that assessment and no later one."""
    assert kept.overall == assessed.screening.overall
    assert kept.findings == stored_findings(assessed.questionnaire, assessed.screening)
    assert (kept.intake, kept.questionnaire, kept.practice_rules) == (
        assessed.intake,
        assessed.version,
        assessed.rules,
    )
    assert assessed.screening.may_release
