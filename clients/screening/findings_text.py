"""A screening in words: what is kept of each finding, and what its effects do to a routine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.screening.answer_text import answer_label, side_name
from clients.screening.body_places import body_places
from clients.screening.effects import AllowOnly, Effect, EffectInForce, Exclude, MaxPressure, MaxSeconds, Note
from clients.screening.findings import Finding, Screening
from clients.screening.questionnaire import Questionnaire


def stored_findings(
    questionnaire: Questionnaire, screening: Screening, *, names: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """All that explains each finding, as it was on that day: question, answer, rule, sources, effects in words.

    `names` of places and methods are looked up for callers who have none at hand.
    """
    if names is None:
        names = body_places().names if screening.findings else {}
    return [_stored(questionnaire, finding, names) for finding in screening.findings]


def _stored(questionnaire: Questionnaire, finding: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    rule = questionnaire.rule_by_slug.get(finding.rule)
    cleared_after = rule.clearance if rule and finding.outcome == "REFER" else None
    return {
        "rule": finding.rule,
        "outcome": finding.outcome,
        "kind": finding.kind,
        "loosened_by": finding.loosened_by,
        "origin": finding.origin,
        "reason": finding.reason,
        "urgency": finding.urgency or "",
        "answers": [_answer(questionnaire, cause, names) for cause in finding.causes],
        "message": finding.client_message,
        "rationale": finding.rationale,
        "advice": finding.advice,
        "disagreement": rule.disagreement if rule else "",
        "notes": list(finding.notes),
        "effects": [words for force in finding.effects if (words := effect_words(force, names))],
        "sources": [_source(source) for source in finding.sources],
        "ask_again_on": _iso(finding.ask_again_on),
        "cleared_by": finding.cleared_by or "",
        "cleared_until": _iso(finding.cleared_until),
        "clearance_from": cleared_after.issuer if cleared_after else "",
        "clearance_days": cleared_after.valid_days if cleared_after else None,
    }


def _answer(questionnaire: Questionnaire, cause: Any, names: Mapping[str, str]) -> dict[str, str]:
    question = questionnaire.question_by_slug[cause.question]
    given = answer_label(question, cause.given, place_names=names)
    counted = answer_label(question, cause.counted, place_names=names)
    return {
        "slug": question.slug,
        "question": question.question,
        "answer": given,
        "counted": counted if cause.counted is not None and counted != given else "",
    }


def _source(source: Any) -> dict[str, str]:
    return {
        "title": source.title or source.heading,
        "url": source.url,
        "tier": source.tier,
        "file": source.file,
        "note": source.note,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def effect_words(force: EffectInForce, names: Mapping[str, str]) -> str:
    """What an effect in force does to a routine; "" for notes, which are shown as such."""
    words = _bare_words(force.effect, names)
    if words and force.marks is not None:
        words += " " + _("Where: %(places)s.") % {"places": _marks(force.marks, names)}
    elif words and force.sides is not None and len(force.sides) == 1:
        words += " " + _("Side: %(side)s.") % {"side": side_name(next(iter(force.sides)))}
    elif words and force.sides is not None and not force.sides:
        words += " " + _("No side is concerned at present.")
    return words


def rule_effect_words(effect: Effect, names: Mapping[str, str]) -> str:
    """What an effect would do, before any answers are put in."""
    if isinstance(effect, Note):
        return _("Note: %(text)s") % {"text": effect.text}
    return _bare_words(effect, names)


def _bare_words(effect: Effect, names: Mapping[str, str]) -> str:
    if isinstance(effect, Exclude):
        return _exclude_words(effect, names)
    if isinstance(effect, MaxPressure):
        return _("Pressure no stronger than %(level)s.") % {"level": _named([effect.level], names)}
    if isinstance(effect, MaxSeconds):
        return ngettext("No step longer than %(n)d second.", "No step longer than %(n)d seconds.", effect.seconds) % {
            "n": effect.seconds
        }
    if isinstance(effect, AllowOnly):
        allowed = _named([*effect.regions, *effect.techniques], names)
        return _("Only these places and techniques on the side concerned: %(allowed)s.") % {"allowed": allowed}
    return ""


def _exclude_words(effect: Exclude, names: Mapping[str, str]) -> str:
    parts = []
    if effect.regions_from:
        parts.append(_("The marked places are left out."))
    for slugs, wording in (
        (effect.regions, _("Places left out: %(names)s.")),
        (effect.zones, _("Zones left out: %(names)s.")),
        (effect.techniques, _("Techniques left out: %(names)s.")),
        (effect.families, _("Kinds of technique left out: %(names)s.")),
        (effect.traditions, _("Traditions left out: %(names)s.")),
        (effect.tools, _("Tools left out: %(names)s.")),
    ):
        if slugs:
            parts.append(wording % {"names": _named(slugs, names)})
    if effect.weight_bearing:
        parts.append(_("Nothing that puts body weight on the foot."))
    return " ".join(parts)


def _named(slugs: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(slug) or slug.replace("-", " ").replace("_", " ") for slug in slugs)


def _marks(marks: Iterable[Any], names: Mapping[str, str]) -> str:
    told = [f"{names.get(mark.region) or mark.region} ({side_name(mark.side)})" for mark in marks if mark.region]
    return "; ".join(told) or _("everywhere, because no place was marked")
