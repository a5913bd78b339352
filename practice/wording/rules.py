"""The rules and each language's words, read once from `data`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from practice.core.schema import Place, Unreadable, read_entry
from practice.core.yaml_documents import DocumentFaulty, Fault, read_document
from practice.wording.findings import Kind
from practice.wording.words import fold_words

DATA = Path(__file__).parent / "data"
#: Longer ones are no words, and not worth the memory.
LONGEST_WORD = 60
LANGUAGES = ("en", "de", "fr", "nl", "es")
ListName = str
T = TypeVar("T")
#: Lists that `check` reads itself: words by which a language is known, what is never looked at, what turns a finding
#: harmless, where a new thought begins.
READ_BY_CHECK = frozenset({"common", "harmless", "denial", "fresh_start", "turn"})


@dataclass(frozen=True)
class Rule:
    """A finding wherever a word of each part follows one of the part before, at most `within` words apart.

    `unless`: lists that, earlier in the same sentence, make it harmless; `unless_anywhere` in it, `not_between` two of
    its parts, `not_just_after` within three words before the first. `either_way`: the parts may stand in the opposite
    order as well. `suggest`: the wording to offer, where it is not the kind's.
    """

    kind: Kind
    parts: tuple[tuple[ListName, ...], ...]
    within: int = 0
    either_way: bool = False
    only_in: Literal["", "title"] = ""
    unless: tuple[ListName, ...] = ()
    unless_anywhere: tuple[ListName, ...] = ()
    not_between: tuple[ListName, ...] = ()
    not_just_after: tuple[ListName, ...] = ()
    suggest: str = ""

    @property
    def reads(self) -> tuple[tuple[ListName, ...], ...]:
        """Every group of lists that it looks at."""
        return (*self.parts, self.unless, self.unless_anywhere, self.not_between, self.not_just_after)


@dataclass(frozen=True)
class RuleSet:
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Language:
    """The lists of words of a language, "*" standing for any letters, and the wordings that are offered instead.

    `denial_reaches_back`: so many words after a claim a "not" still denies it ("heilt keine Krankheit").
    """

    language: str
    reviewed: str
    split_apostrophes: bool
    denial_reaches_back: int
    suggestions: Mapping[str, str]
    words: Mapping[ListName, tuple[str, ...]]


@dataclass(frozen=True)
class Phrase:
    """The words that follow the first one, and the list that they belong to."""

    rest: tuple[str, ...]
    list_name: ListName


class Vocabulary:
    """A language made ready: for a word, the phrases that begin with it."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._whole: dict[str, list[Phrase]] = {}
        self._patterns: list[tuple[str, Phrase]] = []
        for name, entries in language.words.items():
            if name == "common":
                continue
            for entry in entries:
                first, *rest = fold_words(entry, keep="*").split()
                phrase = Phrase(tuple(rest), name)
                if "*" in first:
                    self._patterns.append((first, phrase))
                else:
                    self._whole.setdefault(first, []).append(phrase)
        # A bound of its own, so that one text cannot fill the memory.
        self.beginning_with = lru_cache(maxsize=20_000)(self._beginning_with)

    def _beginning_with(self, word: str) -> tuple[Phrase, ...]:
        if len(word) > LONGEST_WORD:
            return ()
        by_pattern = [phrase for pattern, phrase in self._patterns if fits(word, pattern)]
        return (*self._whole.get(word, ()), *by_pattern)

    @cached_property
    def common(self) -> frozenset[str]:
        """Words so common that a text which holds many is in this language."""
        return frozenset(fold_words(word) for word in self.language.words.get("common", ()))

    @cached_property
    def lists(self) -> frozenset[ListName]:
        return frozenset(self.language.words)


def fits(word: str, pattern: str) -> bool:
    """Whether the word is the pattern, in which "*" at either end stands for any letters. One look, no backtracking."""
    bare = pattern.strip("*")
    if pattern.startswith("*"):
        return bare in word if pattern.endswith("*") else word.endswith(bare)
    return word.startswith(bare) if pattern.endswith("*") else word == bare


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, which are the same for every language. Raises DocumentFaulty."""
    return _read(RuleSet, "rules").rules


@cache
def vocabulary(language: str) -> Vocabulary:
    """The words of a language such as "en-gb" or "de"; English where we have no list of it. Raises DocumentFaulty."""
    short = language.partition("-")[0].lower()
    found = Vocabulary(_read(Language, short if short in LANGUAGES else "en"))
    named = {name for rule in rules() for lists in rule.reads for name in lists}
    if unknown := sorted(found.lists - named - READ_BY_CHECK):
        raise DocumentFaulty([Fault(f"{short}.yaml", "", name, "No rule reads this list.") for name in unknown])
    return found


def _read(kind: type[T], name: str) -> T:
    file = f"{name}.yaml"
    faults: list[Fault] = []
    try:
        return read_entry(kind, read_document(DATA / file), Place(file, faults))
    except Unreadable as error:
        raise DocumentFaulty(faults) from error
