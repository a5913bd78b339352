"""What the forms of a follow-up need."""

from datetime import timedelta

from django import template
from django.utils import timezone

from practice.core.clock import local_today
from practice.tenancy.models import Practice

register = template.Library()


@register.simple_tag
def tomorrow(practice: Practice) -> str:
    """The first day until which something may rest, on the practice's clocks, as ISO."""
    return (local_today(timezone.now(), practice.time_zone) + timedelta(days=1)).isoformat()
