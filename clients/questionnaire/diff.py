"""What one questionnaire says differently from another, field by field, in words. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from clients.questionnaire.rules_text import condition_words
from clients.questionnaire.to_yaml import as_yaml
from clients.screening.conditions import AllOf, AnyOf, Comparison
from clients.screening.effects import AllowOnly, Exclude, MaxPressure, MaxSeconds, Note, Offer
from clients.screening.entries import DayTile, Question, Rule
from clients.screening.findings_text import rule_effect_words
from clients.screening.questionnaire import Questionnaire

Kind = Literal["question", "rule", "check", "tile", "other"]
What = Literal["added", "removed", "changed"]
EFFECTS = (Exclude, MaxPressure, MaxSeconds, AllowOnly, Offer, Note)
CONDITIONS = (Comparison, AllOf, AnyOf)


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One question, rule, check or tile that was added, removed or changed; `heading` is what it asks or says."""

    kind: Kind
    what: What
    slug: str
    heading: str
    outcome: str = ""
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Changes:
    questions: tuple[EntryChange, ...]
    rules: tuple[EntryChange, ...]
    checks: tuple[EntryChange, ...]
    tiles: tuple[EntryChange, ...]
    other: tuple[EntryChange, ...]

    def __bool__(self) -> bool:
        return any(entries for _title, entries in self.sections)

    @property
    def sections(self) -> tuple[tuple[str, tuple[EntryChange, ...]], ...]:
        return (
            (_("Questions"), self.questions),
            (_("Rules"), self.rules),
            (_("Answers that do not fit together"), self.checks),
            (_("Before each session"), self.tiles),
            (_("Everything else"), self.other),
        )


def changes_between(old: Questionnaire, new: Questionnaire, names: Mapping[str, str]) -> Changes:
    """`names` are the catalog's, for effects. Where entries stand in the document is no change."""
    return Changes(
        questions=_entries(
            "question", old.question_by_slug, new.question_by_slug, lambda q: q.question, old, new, names
        ),
        rules=_entries("rule", _attached(old), _attached(new), lambda pair: pair.rule.rationale, old, new, names),
        checks=_entries(
            "check",
            {check.slug: check for check in old.consistency_checks},
            {check.slug: check for check in new.consistency_checks},
            lambda check: check.why,
            old,
            new,
            names,
        ),
        tiles=(
            *_entries("tile", _tiles(old), _tiles(new), lambda tile: tile.title, old, new, names),
            *_day_sheet(old, new, names),
        ),
        other=tuple(_other(old, new, names)),
    )


@dataclass(frozen=True, slots=True)
class _Attached:
    """A rule with the question that it is attached to, which is part of it."""

    question: str
    rule: Rule


def _attached(questionnaire: Questionnaire) -> dict[str, _Attached]:
    return {rule.slug: _Attached(question.slug, rule) for question, rule in questionnaire.rules}


def _tiles(questionnaire: Questionnaire) -> dict[str, DayTile]:
    return {tile.slug: tile for tile in questionnaire.before_each_session.tiles}


def _day_sheet(old: Questionnaire, new: Questionnaire, names: Mapping[str, str]) -> Iterable[EntryChange]:
    """What is said of the short check as a whole; its tiles are entries of their own."""
    before, after = _flat(old.before_each_session), _flat(new.before_each_session)
    tiles = before.pop("tiles"), after.pop("tiles")
    fields = [change for field in after for change in _inside(field, before[field], after[field], old, new, names)]
    if not fields and tiles[0] != tiles[1] and _tiles(old) == _tiles(new):
        fields = [FieldChange("tiles", _("(the old order)"), _("(another order)"))]
    if fields:
        yield EntryChange("other", "changed", "before_each_session", "", fields=tuple(fields))


def _entries(
    kind: Kind,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    heading: Callable[[Any], str],
    before: Questionnaire,
    after: Questionnaire,
    names: Mapping[str, str],
) -> tuple[EntryChange, ...]:
    found = []
    for slug in [*new, *(slug for slug in old if slug not in new)]:
        entry = new.get(slug, old.get(slug))
        what: What = "changed" if slug in old and slug in new else "added" if slug in new else "removed"
        fields: tuple[FieldChange, ...] = ()
        if what == "changed":
            fields = tuple(_differing(_flat(old[slug]), _flat(new[slug]), before, after, names))
            if not fields:
                continue
        outcome = entry.rule.outcome if isinstance(entry, _Attached) else ""
        found.append(EntryChange(kind, what, slug, heading(entry), outcome, fields))
    return tuple(found)


def _flat(entry: Any) -> dict[str, Any]:
    if isinstance(entry, _Attached):
        return {"question": entry.question, **_flat(entry.rule)}
    skipped = {"rules", "slug"} if isinstance(entry, Question) else {"slug"}
    return {
        field.metadata.get("key", field.name): getattr(entry, field.name)
        for field in dataclasses.fields(entry)
        if field.name not in skipped and field.metadata.get("read", True)
    }


def _differing(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    before: Questionnaire,
    after: Questionnaire,
    names: Mapping[str, str],
) -> Iterable[FieldChange]:
    for field, value in new.items():
        if value == old[field]:
            continue
        if _is_group(value) and _is_group(old[field]):
            for inner in _differing(_flat(old[field]), _flat(value), before, after, names):
                yield FieldChange(f"{field}.{inner.field}", inner.old, inner.new)
            continue
        old_words, new_words = _words(old[field], before, names), _words(value, after, names)
        if old_words == new_words:  # the words leave out what differs, such as whose side counts
            old_words, new_words = _plain_words(old[field]), _plain_words(value)
        yield FieldChange(field, old_words, new_words)


def _is_group(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, CONDITIONS + EFFECTS)


def _words(value: Any, questionnaire: Questionnaire, names: Mapping[str, str]) -> str:
    if value is None or value == () or value == "":
        return _("(nothing)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, CONDITIONS):
        return condition_words(value, questionnaire)
    if isinstance(value, EFFECTS):
        return rule_effect_words(value, names)
    if isinstance(value, tuple):
        return "; ".join(_words(item, questionnaire, names) for item in value)
    if dataclasses.is_dataclass(value):
        parts = {key: part for key, part in _flat(value).items() if part not in ("", None, ())}
        return ", ".join(f"{key}: {_words(part, questionnaire, names)}" for key, part in parts.items())
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    return str(value)


def _plain_words(value: Any) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return as_yaml(_plain(value)).strip()
    return as_yaml([_plain(item) for item in value]).strip() if isinstance(value, tuple) else str(value)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(part) for key, part in _flat(value).items() if part not in ("", None, ())}
    if isinstance(value, frozenset | tuple):
        return [_plain(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]
    return value


def _other(old: Questionnaire, new: Questionnaire, names: Mapping[str, str]) -> Iterable[EntryChange]:
    compared = {"questions", "consistency_checks", "before_each_session", "regions", "evaluation"}
    tops = [
        field for field in dataclasses.fields(old) if field.name not in compared and field.metadata.get("read", True)
    ]
    pairs = [(field.name, getattr(old, field.name), getattr(new, field.name)) for field in tops]
    pairs += [
        (f"evaluation.{field.name}", getattr(old.evaluation, field.name), getattr(new.evaluation, field.name))
        for field in dataclasses.fields(old.evaluation)
    ]
    for name, before, after in pairs:
        if before == after:
            continue
        yield EntryChange("other", "changed", name, "", fields=tuple(_inside(name, before, after, old, new, names)))


def _inside(
    name: str, before: Any, after: Any, old: Questionnaire, new: Questionnaire, names: Mapping[str, str]
) -> Iterable[FieldChange]:
    """Only the lines of a list or a group that differ."""
    if isinstance(before, Mapping):
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                yield FieldChange(
                    str(key),
                    _words(before.get(key), old, names),
                    _words(after.get(key), new, names),
                )
    elif isinstance(before, tuple):
        gone = tuple(item for item in before if item not in after)
        come = tuple(item for item in after if item not in before)
        if gone or come:
            yield FieldChange(name, _words(gone, old, names), _words(come, new, names))
        else:
            yield FieldChange(name, _("(the old order)"), _("(another order)"))
    elif before != after:
        yield FieldChange(name, _words(before, old, names), _words(after, new, names))
