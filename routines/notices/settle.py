"""Settling a notice: the therapist has seen to it."""

from datetime import datetime

from django.db import transaction

from practice.audit import audit
from practice.tenancy.models import Member
from routines.notices.models import Notice


@transaction.atomic
def settle_notice(notice: Notice, *, by: Member, at: datetime) -> bool:
    """Take the notice off the first page; False when somebody else was faster."""
    open_ones = Notice.objects.across_practices().unsettled().filter(pk=notice.pk)
    if not open_ones.update(settled_at=at, settled_by=by):
        return False
    audit.record(by, "notice.settled", notice, practice=notice.client.practice, client_ref=notice.client_id)
    return True
