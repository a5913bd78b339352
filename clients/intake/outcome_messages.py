"""What a client is told after a screening: messages for them, never a finding's name, rationale or source."""

from clients.questionnaire.versions import questionnaire_of
from clients.record.models import ScreeningRecord

#: Findings of these outcomes carry something for the client to do; the rest is for the therapist to talk through.
TOLD_ONE_BY_ONE = ("STOP", "REFER")


def messages_after(record: ScreeningRecord | None) -> list[str]:
    """The rules' own messages on STOP and REFER, with whom to ask; else one sentence for the outcome. No diagnosis."""
    if record is None:
        return []
    if record.overall not in TOLD_ONE_BY_ONE:
        words = questionnaire_of(record.questionnaire).default_message(record.overall)  # type: ignore[arg-type]
        return [words] if words else []
    told = []
    for finding in record.findings:
        if finding["outcome"] == record.overall and finding["message"]:
            asks = finding.get("clearance_from")
            told.append(f"{finding['message']} ({asks})" if asks else finding["message"])
    return list(dict.fromkeys(told))
