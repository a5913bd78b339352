"""The audit trail as an owner reads it."""

import uuid

import pytest
from django.db import transaction

from practice.audit import audit
from practice.audit.models import AuditEntry
from tests import make

AUDIT = "/audit/"


@transaction.atomic
def act(by, action: str, subject, times: int = 1) -> None:
    for _time in range(times):
        audit.record(by, action, subject)


def test_lines_read_as_sentences(browse, mira, jon, noor) -> None:
    act(jon, "client.corrected", noor)
    act("reminders", "plan.suspended", noor)
    text = browse(mira).get(AUDIT).content.decode()
    assert "Jon Reyes" in text
    assert "corrected a client" in text
    assert "Noor Haddad" in text
    assert f"/clients/{noor.pk}/" in text
    assert "paused a plan" in text


def test_another_practices_lines_stay_there(browse, mira, rex, noor) -> None:
    act(mira, "client.corrected", noor)
    page = browse(rex).get(AUDIT)
    assert page.context["lines"] == []
    assert browse(rex).get(AUDIT, {"client": str(noor.pk)}).context["lines"] == []
    assert "person" in browse(rex).get(AUDIT, {"person": str(mira.pk)}).context["search"].errors


def test_filters(browse, mira, jon, noor, practice) -> None:
    other = make.make_client(practice, "other@example.org", "Other")
    act(jon, "client.corrected", noor)
    act(mira, "client.archived", noor)
    act(mira, "client.corrected", other)

    def shown(**asked: str) -> int:
        return len(browse(mira).get(AUDIT, asked).context["lines"])

    assert shown() == 3
    assert shown(person=str(mira.pk)) == 2
    assert shown(action="client.corrected") == 2
    assert shown(client=str(noor.pk)) == 2
    assert shown(person=str(mira.pk), action="client.corrected", client=str(other.pk)) == 1


@pytest.mark.parametrize("asked", [{"client": "x"}, {"person": "x"}, {"action": "x"}, {"person": str(uuid.uuid4())}])
def test_a_question_without_sense_says_so(browse, mira, noor, asked) -> None:
    act(mira, "client.corrected", noor)
    page = browse(mira).get(AUDIT, asked)
    assert page.status_code == 200
    assert page.context["lines"] == []
    assert "field-errors" in page.content.decode()


def test_an_erased_client_keeps_the_line(browse, mira, noor) -> None:
    act(mira, "client.corrected", noor)
    noor.delete()
    text = browse(mira).get(AUDIT).content.decode()
    assert str(noor.pk) in text or "corrected a client" in text
    assert AuditEntry.objects.for_practice(mira.practice).count() == 1


def test_pages_and_queries(browse, mira, noor, practice, django_assert_max_num_queries) -> None:
    act(mira, "client.corrected", noor, times=120)
    browser = browse(mira)
    with django_assert_max_num_queries(8):
        page = browser.get(AUDIT, {"page": "2", "action": "client.corrected"})
    assert len(page.context["lines"]) == 50
    assert "action=client.corrected&amp;page=3" in page.content.decode()
