"""What a client is told after a screening: messages for them, never a finding's name, rationale or source."""

from collections.abc import Iterable
from typing import cast

from django.utils.translation import gettext as _

from clients.questionnaire.versions import questionnaire_of
from clients.record.models import ScreeningRecord
from clients.screening.entries import Outcome
from clients.screening.stored_findings import StoredFinding

#: With these outcomes there is something for the client to do; all others are for the therapist to talk through.
TOLD_ONE_BY_ONE = ("STOP", "REFER")


def messages_after(record: ScreeningRecord | None) -> list[str]:
    """The rules' own messages for STOP and REFER, with whom to ask; else one sentence for the outcome. No diagnosis.

    No sentence comes twice. What all rules without words of their own say has the question in front, where several
    letters are asked for.
    """
    if record is None:
        return []
    shared = questionnaire_of(record.questionnaire).default_message(cast("Outcome", record.overall))
    if record.overall not in TOLD_ONE_BY_ONE:
        return [shared] if shared else []
    told = [row for row in record.findings if row["outcome"] == record.overall and row["message"]]
    is_one_of_several = len(told) > 1
    words: dict[str, list[str]] = {}
    for row in told:
        message = _with_subject(row) if is_one_of_several and row["message"] == shared else row["message"]
        words.setdefault(message, []).append(row.get("clearance_from", ""))
    return [_with_whom(message, asked) for message, asked in words.items()]


def _with_subject(row: StoredFinding) -> str:
    if not row["answers"]:
        return row["message"]
    about = {"question": row["answers"][0]["question"], "message": row["message"]}
    return _("About “%(question)s”: %(message)s") % about


def _with_whom(message: str, asked: Iterable[str]) -> str:
    whom = _(", or ").join(dict.fromkeys(filter(None, asked)))
    return f"{message} ({whom})" if whom else message
