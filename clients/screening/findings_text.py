"""A screening in words: what is stored of each finding, and what its effects do to a routine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.screening.answer_text import answer_label, side_name
from clients.screening.answers import BodySite
from clients.screening.effects import (
    Absent,
    AllowOnly,
    Effect,
    Exclude,
    MaxPressure,
    MaxSeconds,
    Note,
    Offer,
    ResolvedEffect,
)
from clients.screening.entries import Source
from clients.screening.findings import Cause, Finding, Screening
from clients.screening.questionnaire import Questionnaire
from clients.screening.stored_findings import FindingAnswer, FindingSource, StoredFinding
from routines.catalog.markable import body_places


def stored_findings(
    questionnaire: Questionnaire, screening: Screening, *, names: Mapping[str, str] | None = None
) -> list[StoredFinding]:
    """Everything that explains each finding, as of that day: question, answer, rule, sources, effects in words.

    `names` are those of places and methods; they are looked up when not given.
    """
    if names is None:
        names = body_places().names if screening.findings else {}
    return [_stored(questionnaire, finding, names) for finding in screening.findings]


def _stored(questionnaire: Questionnaire, finding: Finding, names: Mapping[str, str]) -> StoredFinding:
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
        "rationale": absence_words(finding, names) if finding.kind == "absence" else finding.rationale,
        "advice": finding.advice,
        "disagreement": rule.disagreement if rule else "",
        "notes": list(finding.notes),
        "effects": [words for resolved in finding.effects if (words := effect_words(resolved, names))],
        "sources": [_source(source) for source in finding.sources],
        "ask_again_on": _iso(finding.ask_again_on),
        "cleared_by": finding.cleared_by or "",
        "cleared_until": _iso(finding.cleared_until),
        "clearance_from": cleared_after.issuer if cleared_after else "",
        "clearance_days": cleared_after.valid_days if cleared_after else None,
    }


def absence_words(finding: Finding, names: Mapping[str, str]) -> str:
    """“Not there: Big toe (left).”"""
    sites = [site for resolved in finding.effects for site in resolved.sites or ()]
    return _("Not there: %(places)s.") % {"places": _body_sites(sites, names)}


def _answer(questionnaire: Questionnaire, cause: Cause, names: Mapping[str, str]) -> FindingAnswer:
    question = questionnaire.question_by_slug[cause.question]
    given = answer_label(question, cause.given, place_names=names)
    counted = answer_label(question, cause.counted, place_names=names)
    return {
        "slug": question.slug,
        "question": question.question,
        "answer": given,
        "counted": counted if cause.counted is not None and counted != given else "",
    }


def _source(source: Source) -> FindingSource:
    return {
        "title": source.title or source.heading,
        "url": source.url,
        "tier": source.tier,
        "file": source.file,
        "note": source.note,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def effect_words(resolved: ResolvedEffect, names: Mapping[str, str]) -> str:
    """What a resolved effect does to a routine; "" for notes, which are shown as they are."""
    if isinstance(resolved.effect, Absent):
        return _("What works only there is left out, and nothing puts body weight on the feet.")
    words = _bare_words(resolved.effect, names)
    if words and resolved.sites is not None:
        words += " " + _("Where: %(places)s.") % {"places": _body_sites(resolved.sites, names)}
    elif words and resolved.sides is not None and len(resolved.sides) == 1:
        words += " " + _("Side: %(side)s.") % {"side": side_name(next(iter(resolved.sides)))}
    elif words and resolved.sides is not None and not resolved.sides:
        words += " " + _("No side is concerned at present.")
    return words


def rule_effect_words(effect: Effect, names: Mapping[str, str]) -> str:
    """What an effect would do, before it is resolved with any answers."""
    if isinstance(effect, Note):
        words = _("Note for the client: %(text)s") if effect.reader == "client" else _("Note: %(text)s")
        return words % {"text": effect.text}
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
    if isinstance(effect, Offer):
        return _("Added for the day: %(technique)s, %(place)s.") % {
            "technique": _named([effect.technique], names),
            "place": _named([effect.zone], names),
        }
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


def _body_sites(sites: Iterable[BodySite], names: Mapping[str, str]) -> str:
    told = [f"{names.get(site.region) or site.region} ({side_name(site.side)})" for site in sites if site.region]
    return "; ".join(told) or _("everywhere, because no place was marked")
