"""Days of a client with a routine, as the tests of sessions drive them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from practice.mail.models import OutboundMessage
from routines.notices.models import Notice
from routines.plans.models import Plan
from routines.sessions.day_answers import answer_day
from routines.sessions.log import begin_session
from routines.sessions.models import RoutineSession
from tests.factories.day import day_reply
from tests.factories.people import NOON

TODAY = reverse("routines:portal_today")
#: What else is asked of a pain.
SORE: dict[str, Any] = {
    "heel_pain_side": "left", "heel_pain_course": "new_or_improving", "heel_pain_assessed": "no"
}  # fmt: skip
EVENING = datetime(2026, 3, 16, 20, 30, tzinfo=UTC)
LATE = datetime(2026, 3, 16, 21, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def fresh(plan: Plan) -> Plan:
    return Plan.objects.across_practices().select_related("client__practice", "current_version").get(pk=plan.pk)


def session_with(plan: Plan, at: datetime = NOON, **answers: Any) -> RoutineSession:
    begun = begin_session(fresh(plan), by=plan.client.user, at=at, comfort_before=5)
    return answer_day(begun, day_reply(begun, at=at, **answers), by=plan.client.user, at=at)


def flare(plan: Plan, at: datetime = NOON) -> RoutineSession:
    return session_with(plan, at, heel_arch_pain=8, **SORE)


def alerts() -> list[str]:
    rows = OutboundMessage.objects.across_practices().filter(kind="needs_attention")
    return list(rows.values_list("to_email", flat=True))


def notices() -> list[str]:
    return list(Notice.objects.across_practices().order_by("made_at").values_list("kind", flat=True))


def end_page(browser: Browser, session: RoutineSession, **fields: Any) -> Any:
    return browser.post(reverse("routines:session_end", args=[session.pk]), fields, follow=True)
