"""A practice's own figures and addresses: change them."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from practice.audit import audit
from practice.tenancy.models import Member, Practice

CHANGEABLE = (
    "name",
    "time_zone",
    "language",
    "country",
    "emergency_number",
    "contact_email",
    "contact_phone",
    "age_of_consent",
    "invitation_days",
    "quiet_after_days",
    "quiet_hours_from",
    "quiet_hours_to",
)

#: Called inside the transaction with each practice whose settings changed, and the names of what did.
#: The floor above plans reminders anew.
after_change: list[Callable[[Practice, Collection[str], datetime], None]] = []


class PracticeChanged(Exception):
    """Somebody else saved the settings in between; `practice` holds what is saved now."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice


@transaction.atomic
def change_practice(practice: Practice, *, revision: int, by: Member, at: datetime, **values: object) -> Practice:
    """Save `values` (of CHANGEABLE). Raises PracticeChanged when `revision` is no longer the saved one."""
    if unknown := values.keys() - set(CHANGEABLE):
        raise TypeError(f"Not a setting of a practice: {sorted(unknown)}")
    saved = Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    if saved.revision != revision:
        raise PracticeChanged(saved)
    changes = {name: value for name, value in values.items() if getattr(saved, name) != value}
    if changes:
        for name, value in changes.items():
            setattr(saved, name, value)
        saved.revision += 1
        saved.save(update_fields=[*changes, "revision"])
        audit.record(by, "practice.changed", saved)
        for listener in after_change:
            listener(saved, changes.keys(), at)
    return saved
