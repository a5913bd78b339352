import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice.permissions.table import needs
from practice.staff import seats as staff
from practice.staff.forms import SeatForm, StaffInviteForm
from practice.tenancy.middleware import MEMBER_SESSION_KEY
from practice.tenancy.models import Member
from practice.tenancy.requests import PracticeRequest


@needs("staff.manage")
def staff_list(request: PracticeRequest) -> HttpResponse:
    members = Member.objects.for_practice(request.practice).select_related("user").order_by("-is_active", "created_at")
    return render(request, "practice/staff/list.html", {"members": members})


@needs("staff.manage")
def staff_invite(request: PracticeRequest) -> HttpResponse:
    form = StaffInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = staff.invite_member(request.practice, **form.cleaned_data, by=request.member, at=timezone.now())
        except staff.AlreadySeated as refusal:
            form.add_error("email", _already_seated(refusal.member))
        else:
            messages.success(request, _("%(name)s is invited. The e-mail says how to sign in.") % {"name": member.user})
            return redirect("practice:staff_list")
    return render(request, "practice/staff/invite.html", {"form": form})


@needs("staff.manage")
def staff_edit(request: PracticeRequest, member_id: uuid.UUID) -> HttpResponse:
    member = _member(request, member_id)
    form = SeatForm(request.POST or None, initial={"role": member.role, "qualifications": member.qualifications})
    if request.method == "POST" and form.is_valid():
        try:
            staff.change_role(member, **form.cleaned_data, by=request.member, at=timezone.now())
        except staff.LastOwner:
            form.add_error("role", _("This is the practice's only owner. Make someone else an owner first."))
        else:
            messages.success(request, _("Saved."))
            return redirect("practice:staff_list")
    return render(request, "practice/staff/edit.html", {"form": form, "seat": member})


@needs("staff.manage")
@require_POST
def staff_deactivate(request: PracticeRequest, member_id: uuid.UUID) -> HttpResponse:
    member = _member(request, member_id)
    try:
        staff.deactivate(member, by=request.member, at=timezone.now())
    except staff.LastOwner:
        messages.error(request, _("This is the practice's only owner. Make someone else an owner first."))
    else:
        messages.success(request, _("%(name)s can no longer open this practice.") % {"name": member.user})
    return redirect("practice:staff_list")


@needs("staff.manage")
@require_POST
def staff_reactivate(request: PracticeRequest, member_id: uuid.UUID) -> HttpResponse:
    member = staff.reactivate(_member(request, member_id), by=request.member, at=timezone.now())
    messages.success(request, _("%(name)s can open this practice again.") % {"name": member.user})
    return redirect("practice:staff_list")


@needs("account.use")
@require_POST
def member_switch(request: PracticeRequest) -> HttpResponse:
    """Sit down in another practice that the person works in."""
    seats = Member.objects.across_practices().filter(user=request.user, is_active=True).select_related("practice")
    try:
        seat = get_object_or_404(seats, pk=uuid.UUID(request.POST.get("member", "")))
    except ValueError:
        messages.error(request, _("Choose one of your practices."))
        return redirect("home")
    request.session[MEMBER_SESSION_KEY] = str(seat.pk)
    messages.success(request, _("You now work in %(practice)s.") % {"practice": seat.practice})
    return redirect("home")


def _member(request: PracticeRequest, member_id: uuid.UUID) -> Member:
    seats = Member.objects.for_practice(request.practice).select_related("practice", "user")
    return get_object_or_404(seats, pk=member_id)


def _already_seated(member: Member) -> str:
    return format_html(
        '{} <a href="{}">{}</a>',
        _("That person already has a seat here:"),
        reverse("practice:staff_edit", args=[member.pk]),
        member.user,
    )
