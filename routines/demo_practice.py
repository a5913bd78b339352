"""The practice that a newcomer finds: six clients, each at another stage, made by the product's own functions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from clients.intake.submit import GivenAnswer, Signature, begin_intake, save_answers, submit_intake
from clients.questionnaire.versions import current_questionnaire
from clients.record.models import Consent
from clients.roster.invitation import send_invitation
from clients.roster.models import Client
from clients.roster.roster import register_client
from clients.screening.answers import NONE, AnswerValue
from clients.screening.entries import Question
from practice.audit import audit
from practice.core.clock import local_today
from practice.tenancy.models import Member, Practice, User
from routines.builder.edit import start_plan
from routines.catalog.versions import current_catalog
from routines.plans.models import Plan
from routines.plans.publish import publish_plan
from routines.reminders.send import due_soon
from routines.sessions.day_answers import answer_day, day_questions
from routines.sessions.end import end_session
from routines.sessions.log import begin_session

#: What a healthy adult answers where it is not "none".
HEALTHY: Mapping[str, AnswerValue] = {
    "consent-information": "yes",
    "age": 42,
    "pregnancy-status": "not_pregnant",
    "blood-pressure": "normal",
    "foot-feeling": "normal",
    "heel-arch-pain": 0,
}
CONSENT_WORDS = {purpose.value: str(purpose.label) for purpose in Consent.Purpose}


@transaction.atomic
def make_demo_practice(*, at: datetime) -> Practice:
    """Make all of it, or nothing. `at` is now; histories reach back from there."""
    practice = Practice.objects.create(
        name="Stillwater Foot Care",
        time_zone="Europe/London",
        contact_phone="020 7946 0018",
        contact_email="hello@stillwater.example",
        emergency_number="999",
    )
    mira, jon = _people(practice)
    audit.record(mira, "practice.created", practice)
    _running(_answered(practice, jon, "Noor Haddad", "noor@demo.example", at - timedelta(days=6)), jon, at)
    _quiet(_answered(practice, jon, "Will Berg", "will@demo.example", at - timedelta(days=12), allergy="yes"), jon, at)
    _answered(
        practice, jon, "Tom Ellery", "tom@demo.example", at - timedelta(hours=3),
        **{"age": 45, "heel-arch-pain": 8, "heel-pain-side": "right", "heel-pain-course": "new_or_improving",
           "heel-pain-assessed": "yes"},
    )  # fmt: skip
    _answered(
        practice, mira, "Joan Price", "joan@demo.example", at - timedelta(days=1),
        **{"age": 70, "blood-thinners": "anticoagulant", "blood-thinner-reason": "prevention"},
    )  # fmt: skip
    grace = _answered(
        practice, mira, "Grace Lin", "grace@demo.example", at - timedelta(days=2), **{"age": 58, "balance": "yes"}
    )
    start_plan(
        grace,
        catalog=current_catalog(),
        by=mira,
        at=at - timedelta(hours=20),
        starts_on=local_today(at, grace.time_zone),
        protocol="plantar-phased",
        affected="left",
    )
    peter = _client(practice, mira, "Peter Novák", "peter@demo.example", at - timedelta(hours=30))
    send_invitation(peter, by=mira, at=at - timedelta(hours=30))
    return practice


def _people(practice: Practice) -> tuple[Member, Member]:
    members = {}
    for account in settings.DEMO_ACCOUNTS:
        if account["role"] == "client":
            continue
        user = User.objects.create_user(
            account["email"],
            account["password"],
            name=account["name"],
            is_catalog_admin=account["role"] == "catalog_admin",
        )
        if account["role"] != "catalog_admin":
            members[account["role"]] = Member.objects.create(practice=practice, user=user, role=account["role"])
    return members["owner"], members["therapist"]


def _client(practice: Practice, by: Member, name: str, email: str, at: datetime) -> Client:
    phone = f"020 7946 0{100 + practice.clients.count()}"  # of the numbers that are never given to anybody
    return register_client(
        practice, name=name, email=email, time_zone="Europe/London", language="en-gb", by=by, at=at, therapist=by,
        phone=phone,
    )  # fmt: skip


def _answered(practice: Practice, by: Member, name: str, email: str, at: datetime, **answers: Any) -> Client:
    """A client who has signed an intake, healthy apart from `answers`."""
    client = _client(practice, by, name, email, at - timedelta(hours=2))
    intake = begin_intake(client, by=client.user, at=at)
    _version, questionnaire = current_questionnaire()
    values = {question.slug: _healthy(question) for question in questionnaire.questions_at("intake")}
    given = {slug: GivenAnswer(value) for slug, value in {**values, **answers}.items() if value is not None}
    save_answers(intake, given, revision=intake.revision, tab="demo", by=client.user, at=at)
    signature = Signature(client.name, local_today(at, client.time_zone))
    submit_intake(intake, signature=signature, consents=CONSENT_WORDS, by=client.user, at=at)
    return client


def _healthy(question: Question) -> AnswerValue | None:
    """The answer that says "nothing of this"; conditional questions are not asked."""
    if question.slug in HEALTHY:
        return HEALTHY[question.slug]
    if question.ask_if is not None:
        return None
    by_type: dict[str, AnswerValue] = {
        "yes_no": "no", "side": NONE, "date_or_none": NONE, "body_location": [], "multi_choice": [NONE],
    }  # fmt: skip
    return by_type.get(question.answer_type, NONE)


def _released(client: Client, by: Member, protocol: str, at: datetime) -> Plan:
    plan = start_plan(
        client, catalog=current_catalog(), by=by, at=at, starts_on=local_today(at, client.time_zone), protocol=protocol
    )
    publish_plan(plan, by=by, at=at)
    plan.refresh_from_db()
    return plan


def _running(client: Client, by: Member, at: datetime) -> None:
    """Five days in, four evenings done, and a reminder within two minutes."""
    plan = _released(client, by, "wind-down-sleep", at - timedelta(days=5))
    for days, before, after in ((5, 4, 6), (4, 5, 7), (2, 5, 8), (1, 6, 8)):
        then = at - timedelta(days=days) + timedelta(minutes=5)
        session = begin_session(plan, by=client.user, at=then, comfort_before=before)
        answer_day(session, day_questions(session, at=then).good_day().reply, by=client.user, at=then)
        end_session(session, by=client.user, at=then + timedelta(minutes=4), comfort_after=after)
    due_soon(plan, at=at)


def _quiet(client: Client, by: Member, at: datetime) -> None:
    """Released nine days ago, nothing logged since."""
    _released(client, by, "general-relaxation", at - timedelta(days=9))
