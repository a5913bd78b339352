"""The seats of a practice: invite, change role, deactivate, reactivate."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from practice.audit import audit
from practice.permissions.table import Role
from practice.staff import emails
from practice.tenancy.models import Member, Practice, User


class AlreadySeated(Exception):
    """That person has a seat in this practice already."""

    def __init__(self, member: Member) -> None:
        self.member = member


class LastOwner(Exception):
    """The practice would be left without an active owner."""


@transaction.atomic
def invite_member(
    practice: Practice, *, email: str, name: str, role: str, by: Member | str, at: datetime, qualifications: str = ""
) -> Member:
    """A seat for the person with that address, who is told by e-mail and signs in with an e-mailed code.

    Whether that person existed before stays unsaid. Raises AlreadySeated.
    """
    email = email.strip().lower()
    _lock(practice)
    seated = Member.objects.for_practice(practice).select_related("user").filter(user__email=email).first()
    if seated:
        raise AlreadySeated(seated)
    user, made = User.objects.get_or_create(email=email, defaults={"name": name[:200]})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    member = Member.objects.create(practice=practice, user=user, role=role, qualifications=qualifications)
    emails.staff_invitation(member, url=settings.SITE_URL + reverse("account_request_login_code"))
    audit.record(by, "staff.invited", member)
    return member


@transaction.atomic
def change_role(member: Member, *, role: str, by: Member, at: datetime, qualifications: str | None = None) -> Member:
    """Raises LastOwner when nobody else could run the practice."""
    _lock(member.practice)
    saved = _fresh(member)
    if role != Role.OWNER:
        _keep_an_owner(saved)
    if (saved.role, saved.qualifications) == (role, saved.qualifications if qualifications is None else qualifications):
        return saved
    saved.role = role
    saved.qualifications = saved.qualifications if qualifications is None else qualifications
    saved.save(update_fields=["role", "qualifications"])
    audit.record(by, "staff.role_changed", saved)
    return saved


@transaction.atomic
def deactivate(member: Member, *, by: Member, at: datetime) -> Member:
    """The seat opens nothing from the next request on. Raises LastOwner."""
    _lock(member.practice)
    saved = _fresh(member)
    if saved.is_active:
        _keep_an_owner(saved)
        saved.is_active = False
        saved.save(update_fields=["is_active"])
        audit.record(by, "staff.deactivated", saved)
    return saved


@transaction.atomic
def reactivate(member: Member, *, by: Member, at: datetime) -> Member:
    _lock(member.practice)
    saved = _fresh(member)
    if not saved.is_active:
        saved.is_active = True
        saved.save(update_fields=["is_active"])
        audit.record(by, "staff.reactivated", saved)
    return saved


def _lock(practice: Practice) -> None:
    """One change of seats at a time, so that two owners cannot remove each other at the same instant."""
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)


def _fresh(member: Member) -> Member:
    return Member.objects.for_practice(member.practice_id).select_related("practice", "user").get(pk=member.pk)


def _keep_an_owner(member: Member) -> None:
    owners = Member.objects.for_practice(member.practice_id).filter(role=Role.OWNER, is_active=True)
    if member.role == Role.OWNER and member.is_active and not owners.exclude(pk=member.pk).exists():
        raise LastOwner
