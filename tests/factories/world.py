"""One practice with a row of everything, through the product's own verbs; two of them show whether the fence holds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clients.follow_up.follow_up import follow_up
from clients.follow_up.models import FollowUp
from clients.intake.sections import sections_of
from clients.intake.submit import GivenAnswer, Signature, begin_intake, save_answers, submit_intake
from clients.letters.letters import clearable_rules, receive_clearance, record_clearance
from clients.letters.sanitize_file import clean_file
from clients.questionnaire.versions import questionnaire_of
from clients.record.models import Clearance, Consent, Intake, ScreeningRecord
from clients.roster.invitation import send_invitation
from clients.roster.models import Client, Invitation
from clients.roster.roster import register_client
from practice.core.clock import local_today
from practice.mail.models import OutboundMessage
from practice.mail.outbox import queue
from practice.tenancy.models import Member, Practice, User
from routines.builder.edit import start_plan
from routines.catalog.versions import current_catalog
from routines.notices.models import Notice
from routines.notices.tell import tell_therapist
from routines.plans.models import Plan, PlanPhase, PlanStep
from routines.plans.publish import publish_plan
from routines.reminders.links import Act, make_token
from routines.reminders.send import due_soon, unsubscribe_url
from routines.sessions.day_answers import answer_day
from routines.sessions.end import end_session
from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.factories import letters
from tests.factories import people as make
from tests.factories.day import day_reply
from tests.factories.intake import healthy_answers

CONSENTS = {purpose.value: str(purpose.label) for purpose in Consent.Purpose}


@dataclass
class Record:
    """A client with all that can hang on one."""

    client: Client
    invitation: Invitation
    token: str
    intake: Intake
    screening: ScreeningRecord
    clearance: Clearance
    plan: Plan
    phase: PlanPhase
    step: PlanStep
    session: RoutineSession
    notice: Notice
    message: OutboundMessage
    stop_token: str
    snooze_token: str
    done_token: str

    @property
    def user(self) -> User:
        return self.client.user


@dataclass
class World:
    """A practice, its people, and one full record."""

    practice: Practice
    owner: Member
    therapist: Member
    reception: Member
    record: Record
    others: list[Record] = field(default_factory=list)


def make_world(tag: str, *, at: datetime, protocol: str = "wind-down-sleep", **answers: object) -> World:
    """`tag` (one lower-case word) stands in every text that a person can write. Needs catalog and questionnaire."""
    practice = make.make_practice(f"{tag} practice", contact_email=f"desk@{tag}.example", contact_phone=f"{tag} phone")
    people = {
        role: make.make_member(practice, role, f"{role}@{tag}.example", f"{tag} {role}")
        for role in ("owner", "therapist", "reception")
    }
    for member in people.values():
        member.qualifications = f"{tag} diploma"
        member.save()
    world = World(practice, **people, record=None)  # type: ignore[arg-type]
    world.record = make_record(world, tag, f"client@{tag}.example", at=at, protocol=protocol, **answers)
    return world


def make_record(
    world: World, tag: str, email: str, *, at: datetime, protocol: str = "wind-down-sleep", **answers: object
) -> Record:
    """A client who was invited three days ago, signed, got a plan, did one session and left another open."""
    by, then = world.therapist, at - timedelta(days=3)
    client = register_client(
        world.practice, name=f"{tag} client", email=email, time_zone="Europe/London", language="en-gb", by=by, at=then,
        therapist=by,
    )  # fmt: skip
    client.notes, client.not_present = f"{tag} notes", []
    client.save()
    send_invitation(client, by=by, at=then)
    intake = sign(client, tag, at=then, **answers)
    screening = intake.screenings.first()
    clearance = record_clearance(
        client, rules=sorted(clearable_rules())[:1], issued_on=local_today(then, client.time_zone), valid_until=None,
        issued_by=f"{tag} surgery", note=f"{tag} letter", by=by, at=then,
        file=clean_file(letters.pdf(words=f"{tag} page")),
    )  # fmt: skip
    receive_clearance(
        client, file=clean_file(letters.jpeg()), issued_by=f"{tag} surgery", words=f"{tag} words", by=client.user,
        at=then,
    )  # fmt: skip
    plan = release(client, tag, by=by, at=then, protocol=protocol)
    done = begin_session(plan, by=client.user, at=then + timedelta(hours=1), comfort_before=4)
    answer_day(done, day_reply(done, at=then), by=client.user, at=then + timedelta(hours=1))
    end_session(done, by=client.user, at=then + timedelta(hours=2), comfort_after=6, note=f"{tag} session note")
    notice = tell_therapist(
        plan, kind=Notice.Kind.HURT, about=done.pk, local_day=done.local_day, content={"words": f"{tag} notice"},
        by=client.user, at=then + timedelta(hours=2), session_id=done.pk,
    )  # fmt: skip
    follow_up(client, about=notice.pk, kind=FollowUp.Kind.CALLED, by=by, at=at, note=f"{tag} call")
    session = begin_session(plan, by=client.user, at=at, comfort_before=5)
    reminder = due_soon(plan, at=at)
    # A newer link, which still opens.
    invitation, url = send_invitation(client, by=by, at=at - timedelta(minutes=5))
    message = queue(
        "plan_ready", to=client.email, at=then, practice=world.practice, client_ref=client.pk,
        context={"name": f"{tag} client", "url": "http://testserver/me/"},
    )  # fmt: skip
    OutboundMessage.objects.across_practices().filter(pk=message.pk).update(state="unconfirmed", settled_at=then)
    phase = plan.phases.first()
    return Record(
        client, invitation, _last_part(url), intake, screening, clearance, plan, phase, phase.steps.first(), session,
        notice, message, _last_part(unsubscribe_url(client)), make_token(reminder.pk, Act.SNOOZE),
        make_token(reminder.pk, Act.DONE),
    )  # fmt: skip


def sign(client: Client, tag: str, *, at: datetime, **answers: object) -> Intake:
    """A healthy adult's intake but for `answers`, with words of their own beside one of them."""
    intake = begin_intake(client, by=client.user, at=at)
    day = local_today(at, client.time_zone)
    values = healthy_answers(intake, day, **{"allergy": "yes", **answers})
    given = {
        slug: GivenAnswer(value, note=f"{tag} words" if slug == "allergy" else "") for slug, value in values.items()
    }
    for section in sections_of(questionnaire_of(intake.questionnaire)):
        save_answers(
            intake, given, revision=intake.revision, tab="world", by=client.user, at=at, section_done=section.key
        )
    signature = Signature(f"{tag} signature", day)
    return submit_intake(intake, signature=signature, consents=CONSENTS, by=client.user, at=at)


def release(client: Client, tag: str, *, by: Member, at: datetime, protocol: str) -> Plan:
    plan = start_plan(
        client, catalog=current_catalog(), by=by, at=at, starts_on=local_today(at, client.time_zone), protocol=protocol,
        title=f"{tag} title",
    )  # fmt: skip
    plan.note_to_client, plan.therapist_note = f"{tag} note to the client", f"{tag} note for the practice"
    plan.save()
    for phase in plan.phases.all():
        phase.name, phase.focus = f"{tag} phase", f"{tag} focus"
        phase.weekdays = [1, 2, 3, 4, 5, 6, 7]  # a session today, whatever today is
        phase.save()
        for step in phase.steps.all():
            step.note, step.hint = f"{tag} step note", f"{tag} hint"
            step.save()
    publish_plan(plan, by=by, at=at)
    plan.refresh_from_db()
    return plan


def _last_part(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
