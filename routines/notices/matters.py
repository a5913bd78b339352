"""One thing to see to, in words: a notice, and in the room above also a screening."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clients.follow_up.models import FollowUp
from clients.roster.models import Client
from routines.notices.models import Notice, NoticeAnswer

#: So many answers stand in a row; the rest are on the findings page.
ANSWERS_SHOWN = 2
ALARMING = frozenset({Notice.Kind.HURT, Notice.Kind.CHANGED, Notice.Kind.PAIN_ROSE, Notice.Kind.STOPPED})


@dataclass(frozen=True)
class Matter:
    """One thing to see to, in words: the answers behind it, what the client wrote, and what was done about it."""

    key: uuid.UUID
    client: Client
    #: "screening" or "notice".
    source: str
    #: The outcome, or the notice's kind.
    kind: str
    label: str
    at: datetime
    urgency: str = ""
    answers: tuple[NoticeAnswer, ...] = ()
    more_answers: int = 0
    quote: str = ""
    changes: tuple[str, ...] = ()
    #: Said before the answers were signed.
    is_unsigned: bool = False
    last: FollowUp | None = None
    rests_until: date | None = None
    is_resting: bool = False
    #: Of a notice: its plan, and the protocol that is meant to follow a part that is over.
    plan: uuid.UUID | None = None
    then_protocol: str = ""

    @property
    def is_notice(self) -> bool:
        return self.source == "notice"

    @property
    def may_wait_for_letter(self) -> bool:
        return self.kind == "REFER"

    @property
    def tone(self) -> str:
        """The colour of the row, as an outcome."""
        if not self.is_notice:
            return self.kind.lower()
        return "restrict" if self.kind in ALARMING else "caution"


def matter_of_notice(notice: Notice, last: Mapping[uuid.UUID, FollowUp]) -> Matter:
    """Opens the content of one notice; `notice` has what `with_follow_ups` adds."""
    content = notice.content
    answers = content.get("answers", [])
    return Matter(
        key=notice.pk,
        client=notice.client,
        source="notice",
        kind=notice.kind,
        label=str(notice.get_kind_display()),
        at=notice.made_at,
        answers=tuple(answers[:ANSWERS_SHOWN]),
        more_answers=max(0, len(answers) - ANSWERS_SHOWN),
        quote=content.get("words", ""),
        changes=tuple(content.get("changes", [])),
        last=last.get(notice.pk),
        is_resting=getattr(notice, "is_resting", False),
        rests_until=getattr(notice, "rests_until", None),
        plan=notice.plan_id,
        then_protocol=content.get("then_protocol", ""),
    )
