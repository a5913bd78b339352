"""Slips in a case file that would go unnoticed: keys that nothing reads. They are reported, not refused."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from clients.screening.questionnaire import Questionnaire
from practice.core.yaml_documents import YamlEntry

CASE_WORDS = frozenset(
    {"id", "title", "covers", "story", "note", "today", "base", "answers", "answer_dates", "observations", "clearances"}
    | {"plan", "expected"}
)
LETTER_WORDS = frozenset({"id", "covers", "issued_on", "valid_until", "from", "verified", "note"})
STEP_WORDS = frozenset(
    {"step", "zone", "technique", "side", "pressure", "duration_s", "tool", "position", "repeats", "optional", "note"}
)
EXPECTED_WORDS = frozenset({"overall", "urgency", "findings", "step_states", "steps", "releasable", "invalid", "note"})


def slips_in(raw: YamlEntry) -> tuple[str, ...]:
    """Keys of one case that mean nothing, such as “valid_untill” of a letter."""
    found = [*_unknown_keys(raw, CASE_WORDS, "")]
    for name, words in (("clearances", LETTER_WORDS), ("plan", STEP_WORDS)):
        entries = raw.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            found += _unknown_keys(entry, words, f"{name}[{index}].")
            if name == "clearances" and isinstance(entry, Mapping) and not entry.get("id"):
                found.append(
                    _("%(place)s: a letter without an id cannot be named by a result.") % {"place": f"{name}[{index}]"}
                )
    found += _unknown_keys(raw.get("expected") or {}, EXPECTED_WORDS, "expected.")
    return tuple(found)


def unknown_questions(answers: Iterable[str], questionnaire: Questionnaire) -> list[str]:
    return [
        _("answers.%(name)s: there is no such question; it counts for nothing.") % {"name": slug}
        for slug in answers
        if slug not in questionnaire.question_by_slug
    ]


def _unknown_keys(entry: object, words: frozenset[str], place: str) -> list[str]:
    if not isinstance(entry, Mapping):
        return []
    return [
        _("%(place)s%(name)s: nothing reads this word.") % {"place": place, "name": key}
        for key in entry
        if key not in words
    ]
