"""Audit lines: written with the act or not at all, and never touched again."""

import uuid

import pytest
from django.db import transaction

from clients.roster.models import Client
from practice.audit import audit
from practice.audit.audit import ACTIONS, Unaudited, record
from practice.audit.models import AppendOnly, AuditEntry
from practice.tenancy.models import Member, Practice, User


def lines() -> list[AuditEntry]:
    return list(AuditEntry.objects.across_practices().order_by("id"))


@pytest.fixture
def line(jon: Member, noor: Client) -> AuditEntry:
    return record(jon, "client.viewed", noor)


def test_who_what_which_and_when(jon: Member, noor: Client, time_machine) -> None:
    from tests.make import NOON

    time_machine.move_to(NOON, tick=False)
    record(jon, "client.viewed", noor)
    (line,) = lines()
    assert (line.by, line.actor, line.practice) == (jon.user, "therapist", jon.practice)
    assert (line.action, line.subject_type, line.subject_id) == ("client.viewed", "clients.client", noor.pk)
    assert line.client_ref == noor.pk
    assert line.at == NOON


def test_a_person_and_a_job_can_act(noor: Client, ada: User) -> None:
    record(noor.user, "intake.begun", noor)
    record("reminders", "reminder.changed", noor)
    person, job = lines()
    assert (person.by, person.actor) == (noor.user, "person")
    assert (job.by, job.actor) == (None, "reminders")
    assert {person.practice, job.practice} == {noor.practice}


def test_the_line_holds_no_content(jon: Member, noor: Client) -> None:
    """Every column is a reference, a moment or a word from a fixed list."""
    noor.notes = "Pregnant, 14 weeks"
    noor.save()
    line = record(jon, "client.viewed", noor)
    row = AuditEntry.objects.across_practices().filter(pk=line.pk).values().get()
    kept = " ".join(str(value) for value in row.values())
    assert "Pregnant" not in kept
    assert "Noor" not in kept
    assert "noor@" not in kept


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded() -> None:
    place = Practice.objects.create(name="Stillwater")
    with pytest.raises(Unaudited):
        record("tests", "practice.changed", place)
    assert lines() == []


@pytest.mark.django_db(transaction=True)
def test_the_line_falls_with_the_act() -> None:
    place = Practice.objects.create(name="Stillwater")

    def change_and_fail() -> None:
        with transaction.atomic():
            place.name = "Changed"
            place.save()
            record("tests", "practice.changed", place)
            raise RuntimeError("the act fails after its line was written")

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert lines() == []
    assert Practice.objects.get().name == "Stillwater"


def test_an_action_nobody_registered_is_refused(jon: Member, noor: Client) -> None:
    with pytest.raises(ValueError, match=r"client\.stolen"):
        record(jon, "client.stolen", noor)


def test_actions_fit_their_column() -> None:
    longest = AuditEntry._meta.get_field("action").max_length
    assert all(len(action) <= longest and action.count(".") == 1 for action in ACTIONS)
    assert audit.ACTIONS is ACTIONS


@pytest.mark.parametrize(
    "tamper",
    [
        lambda line: line.save(),
        lambda line: line.delete(),
        lambda line: AuditEntry.objects.across_practices().update(actor="x"),
        lambda line: AuditEntry.objects.across_practices().delete(),
        lambda line: AuditEntry.objects.for_practice(line.practice).filter(pk=line.pk).update(action="x"),
        lambda line: AuditEntry.objects.across_practices().bulk_update([line], ["actor"]),
        lambda line: AuditEntry.objects.across_practices().update_or_create(pk=line.pk, defaults={"actor": "x"}),
    ],
    ids=["save", "delete", "update", "delete rows", "update some", "bulk_update", "update_or_create"],
)
def test_nothing_changes_or_removes_a_line(line: AuditEntry, tamper) -> None:
    with pytest.raises(AppendOnly), transaction.atomic():
        tamper(line)
    (kept,) = lines()
    assert (kept.actor, kept.action) == ("therapist", "client.viewed")


def test_a_subject_without_a_uuid_gets_a_steady_reference(jon: Member, line: AuditEntry) -> None:
    first = record(jon, "client.viewed", line)
    second = record(jon, "client.viewed", line)
    assert isinstance(first.subject_id, uuid.UUID)
    assert first.subject_id == second.subject_id


def test_lines_of_another_practice_stay_out_of_sight(line: AuditEntry, rex: Member) -> None:
    assert list(AuditEntry.objects.for_practice(rex.practice)) == []
