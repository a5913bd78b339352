"""Who works in a practice: invite, change, deactivate, and never without an owner."""

import pytest
from django.utils import timezone

from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.staff import seats
from practice.tenancy.middleware import MEMBER_SESSION_KEY
from practice.tenancy.models import Member, User
from tests import make

STAFF, INVITE = "/staff/", "/staff/invite/"


def invite_values(**changes: str) -> dict[str, str]:
    return {"name": "Iris Vale", "email": "iris@example.org", "role": "therapist", "qualifications": "", **changes}


def lines(practice) -> list[str]:
    return [entry.action for entry in AuditEntry.objects.for_practice(practice).order_by("id")]


@pytest.mark.parametrize("path", [STAFF, INVITE, "/settings/", "/audit/"])
def test_owners_only(client, browse, mira, jon, dana, noor, path) -> None:
    assert "/accounts/login/" in client.get(path)["Location"]
    for person in (jon, dana, noor):
        assert browse(person).get(path).status_code == 403
    assert browse(mira).get(path).status_code == 200


@pytest.mark.parametrize("path", ["", "deactivate/", "reactivate/"])
def test_another_practices_seat_is_not_there(browse, rex, jon, path) -> None:
    assert browse(rex).post(f"/staff/{jon.pk}/{path}").status_code == 404
    jon.refresh_from_db()
    assert jon.is_active


@pytest.mark.parametrize("path", ["", "deactivate/", "reactivate/"])
def test_therapists_manage_nobody(browse, jon, dana, path) -> None:
    assert browse(jon).post(f"/staff/{dana.pk}/{path}", {"role": "owner"}).status_code == 403


def test_who_works_here_stands_before_who_left(browse, mira, jon, dana) -> None:
    seats.deactivate(jon, by=mira, at=timezone.now())
    assert list(browse(mira).get(STAFF).context["members"]) == [mira, dana, jon]


def test_invite(browse, mira, practice) -> None:
    browse(mira).post(INVITE, invite_values(email="Iris@Example.org", qualifications="Dip. Reflexology"))
    seat = Member.objects.for_practice(practice).get(user__email="iris@example.org")
    assert (seat.role, seat.qualifications, seat.user.name) == ("therapist", "Dip. Reflexology", "Iris Vale")
    assert not seat.user.has_usable_password()
    message = OutboundMessage.objects.for_practice(practice).get()
    assert (message.kind, message.to_email) == ("staff_invitation", "iris@example.org")
    assert "/accounts/login/code/" in message.context["url"]
    assert lines(practice) == ["staff.invited"]


def test_invite_someone_who_works_elsewhere(browse, mira, rex, practice) -> None:
    page = browse(mira).post(INVITE, invite_values(email="rex@example.org", name="Rexy"), follow=True)
    assert page.status_code == 200
    assert Member.objects.for_practice(practice).filter(user=rex.user).exists()
    assert User.objects.get(pk=rex.user_id).name == "Rex Vance"


def test_invite_twice_points_to_the_seat(browse, mira, jon, practice) -> None:
    page = browse(mira).post(INVITE, invite_values(email="JON@example.org"))
    assert f"/staff/{jon.pk}/" in page.content.decode()
    assert not OutboundMessage.objects.for_practice(practice).exists()


@pytest.mark.parametrize(
    ("field", "value"), [("email", "x"), ("role", "client"), ("role", ""), ("name", ""), ("name", "n" * 201)]
)
def test_bad_invitations(browse, mira, practice, field, value) -> None:
    page = browse(mira).post(INVITE, invite_values(**{field: value}))
    assert field in page.context["form"].errors
    assert not OutboundMessage.objects.for_practice(practice).exists()


def test_change_role_counts_at_once(browse, mira, dana) -> None:
    browser = browse(dana)
    assert browser.get(STAFF).status_code == 403
    browse(mira).post(f"/staff/{dana.pk}/", {"role": "owner", "qualifications": ""})
    assert browser.get(STAFF).status_code == 200


def test_deactivated_and_back(browse, mira, jon, practice) -> None:
    browser = browse(jon)
    assert browser.get("/clients/").status_code == 200
    browse(mira).post(f"/staff/{jon.pk}/deactivate/")
    assert browser.get("/clients/").status_code == 403
    browse(mira).post(f"/staff/{jon.pk}/reactivate/")
    assert browser.get("/clients/").status_code == 200
    assert lines(practice) == ["staff.deactivated", "staff.reactivated"]


def test_the_last_owner_stays(browse, mira, jon, practice) -> None:
    retired = make.make_member(practice, "owner", "old@example.org")
    seats.deactivate(retired, by=mira, at=timezone.now())
    browser = browse(mira)
    page = browser.post(f"/staff/{mira.pk}/deactivate/", follow=True)
    assert "only owner" in page.content.decode()
    page = browser.post(f"/staff/{mira.pk}/", {"role": "therapist", "qualifications": ""})
    assert "role" in page.context["form"].errors
    mira.refresh_from_db()
    assert (mira.role, mira.is_active) == ("owner", True)
    seats.change_role(jon, role="owner", by=mira, at=timezone.now())
    seats.deactivate(mira, by=mira, at=timezone.now())
    with pytest.raises(seats.LastOwner):
        seats.change_role(jon, role="reception", by=jon, at=timezone.now())


def test_the_list_asks_few_questions(browse, mira, practice, django_assert_max_num_queries) -> None:
    for number in range(30):
        make.make_member(practice, "therapist", f"t{number}@example.org")
    browser = browse(mira)
    with django_assert_max_num_queries(5):
        browser.get(STAFF)


# ---- Seats in several practices


def test_switch_seat(browse, mira, rex) -> None:
    second = Member.objects.create(practice=rex.practice, user=mira.user, role="reception")
    browser = browse(mira)
    assert f'value="{second.pk}"' in browser.get(STAFF).content.decode()
    browser.post("/seat/", {"member": str(second.pk)})
    assert browser.session[MEMBER_SESSION_KEY] == str(second.pk)
    assert browser.get(STAFF).status_code == 403
    assert "Elsewhere" in browser.get("/clients/").content.decode()


def test_nobody_takes_another_persons_seat(browse, jon, mira, client) -> None:
    assert browse(jon).post("/seat/", {"member": str(mira.pk)}).status_code == 404
    assert browse(jon).post("/seat/", {"member": "x"}).status_code == 302
    assert browse(jon).post("/seat/", {}).status_code == 302
    assert browse(jon).get("/seat/").status_code == 405
    assert "/accounts/login/" in client.post("/seat/", {"member": str(mira.pk)})["Location"]


def test_an_inactive_seat_is_no_seat(browse, mira, rex) -> None:
    seat = Member.objects.create(practice=rex.practice, user=mira.user, role="owner", is_active=False)
    assert browse(mira).post("/seat/", {"member": str(seat.pk)}).status_code == 404
