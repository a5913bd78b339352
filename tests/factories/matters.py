"""What presses on the therapist's first page: stored screenings and notices of clients' days."""

import uuid
from datetime import datetime
from typing import Any

from clients.questionnaire.versions import current_version
from clients.record.models import ScreeningRecord
from clients.roster.models import Client
from practice.tenancy.models import Member
from routines.notices.models import Notice
from routines.notices.tell import tell_therapist
from routines.plans.models import Plan
from tests.factories.intake import make_open_intake
from tests.factories.people import NOON
from tests.factories.plans import make_published_plan

ON_BLOOD_THINNERS = {"blood_thinners": "anticoagulant", "blood_thinner_reason": "prevention"}


def make_record(
    client: Client,
    overall: str = "STOP",
    urgency: str = "",
    *,
    at: datetime = NOON,
    cause: str = "red flag",
    question: str = "Is one calf swollen, hot or red?",
    slug: str = "one-calf-symptoms",
    answer: str = "Yes",
) -> ScreeningRecord:
    """A stored screening with one finding that rests on one answer; whoever has begun no intake begins one."""
    intake = client.intakes.first() or make_open_intake(client, at=at, answered=False)
    finding: dict[str, Any] = {
        "rule": "a-rule", "outcome": overall, "kind": "rule", "loosened_by": "", "origin": "", "reason": "",
        "urgency": urgency, "message": "", "rationale": "", "advice": "", "disagreement": "", "notes": [],
        "answers": [{"slug": slug, "question": question, "answer": answer, "counted": ""}],
        "effects": [], "sources": [], "ask_again_on": "", "cleared_by": "", "cleared_until": "",
        "clearance_from": "", "clearance_days": None,
    }  # fmt: skip
    return ScreeningRecord.objects.create(
        client=client, intake=intake, questionnaire=current_version(), made_at=at, for_day=at.date(), cause=cause,
        overall=overall, urgency=urgency, findings=[finding],
    )  # fmt: skip


def make_notice(
    client: Client, by: Member, kind: str = "hurt", *, at: datetime = NOON, words: str = "", plan: Plan | None = None
) -> Notice:
    """Of a plan that runs."""
    plan = plan or client.plans.first() or make_published_plan(client, by, at=at)
    return tell_therapist(
        plan, kind=Notice.Kind(kind), about=uuid.uuid4().hex, local_day=at.date(), content={"words": words},
        by=client.user, at=at,
    )  # fmt: skip
