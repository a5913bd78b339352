"""What this app does when something happens in the rooms below, and across its own."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from clients.consent.failing_addresses import tell_of_bounce
from clients.intake.guardian_copy import note_unreached
from clients.letters.expiry import forget_ends
from clients.questionnaire.models import PracticeRules
from clients.questionnaire.signals import local_rules_changed
from clients.roster.models import Client
from practice.audit.signals import names_wanted
from practice.mail.signals import message_bounced
from practice.mail.suppression import BounceReport
from practice.tenancy.models import Practice


@receiver(names_wanted)
def name_clients(practice: Practice, refs: Collection[uuid.UUID], **kwargs: Any) -> dict[uuid.UUID, str]:
    return dict(Client.objects.for_practice(practice).filter(pk__in=refs).values_list("pk", "name"))


@receiver(message_bounced)
def follow_bounce(bounce: BounceReport, at: datetime, **kwargs: Any) -> None:
    tell_of_bounce(bounce, at=at)
    note_unreached(bounce, at=at)


@receiver(local_rules_changed)
def reckon_letters_anew(rules: PracticeRules, **kwargs: Any) -> None:
    """A practice's own rules may make a letter end earlier."""
    forget_ends(rules.practice)
