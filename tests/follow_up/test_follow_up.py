"""What was done about a finding: only added to, once per press, refused beside the field, and back where one was."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.follow_up.follow_up import follow_up
from clients.follow_up.models import FollowUp
from clients.roster.models import Client, Invitation
from clients.roster.roster import archive_client
from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member
from tests.factories.people import NOON

pytestmark = pytest.mark.django_db
ABOUT = uuid.uuid4()


def address(client: Client) -> str:
    return reverse("clients:follow_up_add", args=[client.pk])


def kept(client: Client) -> list[tuple[str, str]]:
    return [(row.kind, row.note) for row in FollowUp.objects.for_practice(client.practice_id).order_by("at", "pk")]


def test_two_people_at_once_both_stand_there_and_a_press_counts_once(noor: Client, jon: Member, mira: Member) -> None:
    for by, note in ((jon, "No answer."), (mira, "Reached."), (jon, "No answer."), (jon, "Reached after all.")):
        follow_up(noor, about=ABOUT, kind=FollowUp.Kind.CALLED, note=note, by=by, at=NOON)
    assert sorted(note for _kind, note in kept(noor)) == ["No answer.", "Reached after all.", "Reached."]
    follow_up(noor, about=ABOUT, kind=FollowUp.Kind.CALLED, note="No answer.", by=jon, at=NOON + timedelta(hours=1))
    assert len(kept(noor)) == 4
    assert AuditEntry.objects.across_practices().filter(action="follow_up.made", client_ref=noor.pk).count() == 4


def test_the_note_is_sealed(noor: Client, jon: Member) -> None:
    follow_up(noor, about=ABOUT, kind=FollowUp.Kind.CALLED, note="Sees a vascular surgeon.", by=jon, at=NOON)
    stored = FollowUp.objects.for_practice(noor.practice_id).values_list("note", flat=True).get()
    assert "vascular" not in getattr(stored, "text", str(stored))


@pytest.mark.parametrize(
    ("until", "words"),
    [("", "This field is required"), ("2001-01-01", "from tomorrow on"), ("2999-01-01", "within a year")],
)
def test_a_day_that_cannot_be_is_refused_with_everything_typed_still_there(
    noor: Client, jon: Member, browse: Any, until: str, words: str
) -> None:
    sent = {"about": ABOUT, "kind": "look_again", "until": until, "note": "Ask about the leg.", "back": "/today/"}
    answer = browse(jon).post(address(noor), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Ask about the leg." in page
    assert 'value="/today/"' in page
    assert kept(noor) == []


def test_today_is_too_early_and_tomorrow_is_not(noor: Client, jon: Member, browse: Any) -> None:
    browser, today = browse(jon), timezone.localdate()
    sent = {"about": ABOUT, "kind": "look_again"}
    assert browser.post(address(noor), {**sent, "until": today.isoformat()}).status_code == 422
    assert browser.post(address(noor), {**sent, "until": (today + timedelta(days=1)).isoformat()}).status_code == 302


@pytest.mark.parametrize("sent", [{"kind": "called"}, {"about": "x", "kind": "called"}, {"about": ABOUT, "kind": "x"}])
def test_a_broken_form_keeps_nothing(noor: Client, jon: Member, browse: Any, sent: dict[str, Any]) -> None:
    assert browse(jon).post(address(noor), sent).status_code == 422
    assert kept(noor) == []


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_house(noor: Client, jon: Member, browse: Any, back: str) -> None:
    answer = browse(jon).post(address(noor), {"about": ABOUT, "kind": "told", "back": back})
    assert answer["Location"] == reverse("clients:screening_detail", args=[noor.pk])


def test_ask_again_sends_a_link_once_and_says_so(noor: Client, jon: Member, browse: Any) -> None:
    browser, ask = browse(jon), reverse("clients:follow_up_ask_again", args=[noor.pk])
    browser.post(ask, {"about": ABOUT})
    browser.post(ask, {"about": ABOUT})
    assert kept(noor) == [("asked_again", "")]
    assert Invitation.objects.for_practice(noor.practice_id).unused().count() == 1
    mail = OutboundMessage.objects.across_practices().get(kind="intake_invitation")
    assert mail.to_email == noor.email


def test_an_archived_client_is_not_asked(noor: Client, jon: Member, browse: Any) -> None:
    archive_client(noor, by=jon, at=NOON)
    answer = browse(jon).post(reverse("clients:follow_up_ask_again", args=[noor.pk]), {"about": ABOUT}, follow=True)
    assert "Restore them first" in answer.content.decode()
    assert kept(noor) == []
