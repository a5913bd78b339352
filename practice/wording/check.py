"""Finds in a text what no client shall read. Pure; linear in the length of the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from practice.wording.findings import Finding
from practice.wording.rules import Phrase, Rule, Vocabulary, fits, rules, vocabulary
from practice.wording.words import HYPHENS, Word, sentences

#: A "not" further away than this many words speaks of something else.
DENIAL_REACHES = 9
#: "With varicose veins", "after your recent operation": a frame no further than this before what it frames.
FRAME_REACHES = 3
#: So many findings of one text are told; who has settled them sees the rest.
MOST_FINDINGS = 12
#: Longer quotations are cut down to the words that count.
LONGEST_QUOTE = 60

Span = tuple[int, int]


@dataclass(frozen=True)
class _Match:
    rule: Rule
    spans: tuple[Span, ...]

    @property
    def first(self) -> int:
        return min(self.spans)[0]

    @property
    def last(self) -> Span:
        return max(self.spans)


def check_wording(text: str, language: str, *, title: bool = False) -> tuple[Finding, ...]:
    """Every finding in the text, in its order; conditions and organs by themselves only in a `title`."""
    words_of = vocabulary(language)
    readings = (False, True) if HYPHENS & set(text) else (False,)
    found: dict[tuple[int, int], Finding] = {}
    for join_hyphens in readings:
        split = words_of.language.split_apostrophes
        for words in sentences(text, join_hyphens=join_hyphens, split_apostrophes=split):
            for match in _Sentence(words, words_of).matches(title=title):
                extent = _extent(words, match)
                if title and match.rule.kind == "claim" and len(text) <= LONGEST_QUOTE:
                    extent = (0, len(text))  # a short title claims as a whole
                finding = _told(text, extent, words, match, words_of, title=title)
                if extent not in found or (finding.stops and not found[extent].stops):
                    found[extent] = finding
    return tuple(_apart(found))


def check_in_any(text: str, languages: Iterable[str], *, title: bool = False) -> tuple[Finding, ...]:
    """The findings of a text that may be in any of these languages; where its words tell in which, only of that one."""
    found: dict[str, Finding] = {}
    for language in _spoken_in(text, dict.fromkeys(languages)):
        for finding in check_wording(text, language, title=title):
            found.setdefault(finding.words, finding)
    return tuple(found.values())


def _spoken_in(text: str, languages: Iterable[str]) -> list[str]:
    """The languages that the text may be in: a warning in Dutch shall not be read as a claim in English."""
    words = {word.folded for words in sentences(text, join_hyphens=False, split_apostrophes=True) for word in words}
    counts = {language: len(words & vocabulary(language).common) for language in languages}
    most = max(counts.values(), default=0)
    return [language for language, count in counts.items() if 2 * count > most or not most]


class _Sentence:
    """The words of one sentence, and where words of each list stand."""

    def __init__(self, words: list[Word], words_of: Vocabulary) -> None:
        self.words = words
        self.denial_reaches_back = words_of.language.denial_reaches_back
        self.hits: dict[str, list[Span]] = {}
        masked = [False] * len(words)
        found = [(name, span) for place in range(len(words)) for name, span in _phrases(words, place, words_of)]
        for name, (begin, end) in found:
            if name == "harmless":
                masked[begin:end] = [True] * (end - begin)
        for name, (begin, end) in found:
            if name != "harmless" and not any(masked[begin:end]):
                self.hits.setdefault(name, []).append((begin, end))
        self._lists: dict[tuple[str, ...], list[Span]] = {}
        begins = [begin for begin, _end in self._of(("fresh_start",)) if words[begin].after_pause]
        self.fresh = sorted([*begins, *(begin for begin, _end in self._of(("turn",)))])
        self.denials = self._of(("denial",))

    def matches(self, *, title: bool) -> Iterator[_Match]:
        for rule in rules():
            if (rule.only_in and not title) or not all(self.hits.keys() & set(names) for names in rule.parts):
                continue
            orders = [rule.parts, rule.parts[::-1]] if rule.either_way else [rule.parts]
            for parts in orders:
                yield from (match for match in self._follow(rule, parts) if not self._is_harmless(rule, match))

    def _of(self, names: tuple[str, ...]) -> list[Span]:
        if names not in self._lists:
            self._lists[names] = sorted({span for name in names for span in self.hits.get(name, ())})
        return self._lists[names]

    def _follow(self, rule: Rule, parts: tuple[tuple[str, ...], ...]) -> Iterator[_Match]:
        spans = [self._of(names) for names in parts]
        if not all(spans):
            return
        for first in spans[0]:
            chain = [first]
            for following in spans[1:]:
                place = bisect_left(following, (chain[-1][1], 0))
                if place == len(following) or following[place][0] - chain[-1][1] > rule.within:
                    break
                chain.append(following[place])
            else:
                yield _Match(rule, tuple(chain))

    def _is_broken_off(self, rule: Rule, match: _Match) -> bool:
        breaks = self._of(rule.not_between)
        place = bisect_left(breaks, (min(match.spans)[1], 0))
        if place < len(breaks) and breaks[place][0] < match.last[0]:
            return True
        frames = self._of(rule.not_just_after)
        place = bisect_left(frames, (match.first - FRAME_REACHES, 0))
        return place < len(frames) and frames[place][0] < match.first

    def _is_harmless(self, rule: Rule, match: _Match) -> bool:
        if self._of(rule.unless_anywhere) or any(begin < match.last[0] for begin, _end in self._of(rule.unless)[:1]):
            return True
        if self._is_broken_off(rule, match):
            return True
        place = bisect_right(self.fresh, match.first) - 1
        scope = max(self.fresh[place] if place >= 0 else 0, match.first - DENIAL_REACHES)
        earliest = bisect_left(self.denials, (scope, 0))
        return any(
            not any(span[0] <= begin and end <= span[1] for span in match.spans)
            for begin, end in self.denials[earliest : bisect_left(self.denials, (self._denial_ends(match), 0))]
        )

    def _denial_ends(self, match: _Match) -> int:
        """The place of the first word that no longer denies the match."""
        return match.last[1] + self.denial_reaches_back if self.denial_reaches_back else match.last[0]


def _phrases(words: list[Word], place: int, words_of: Vocabulary) -> Iterator[tuple[str, Span]]:
    for phrase in words_of.beginning_with(words[place].folded):
        if _goes_on_as(phrase, words, place):
            yield phrase.list_name, (place, place + 1 + len(phrase.rest))


def _goes_on_as(phrase: Phrase, words: list[Word], place: int) -> bool:
    following = words[place + 1 : place + 1 + len(phrase.rest)]
    return len(following) == len(phrase.rest) and all(
        fits(word.folded, pattern) for word, pattern in zip(following, phrase.rest, strict=True)
    )


def _extent(words: list[Word], match: _Match) -> Span:
    return words[match.first].start, words[match.last[1] - 1].end


def _told(text: str, extent: Span, words: list[Word], match: _Match, words_of: Vocabulary, *, title: bool) -> Finding:
    begin, end = extent
    quote = " ".join(text[begin:end].split())
    if len(quote) > LONGEST_QUOTE:
        parts = (text[words[a].start : words[b - 1].end] for a, b in sorted(match.spans))
        quote = " … ".join(" ".join(part.split()) for part in parts)
    offered, kind = words_of.language.suggestions, match.rule.kind
    by_place = f"{kind}_title" if title else match.rule.suggest
    return Finding(kind, quote, offered.get(by_place) or offered[kind])


def _apart(found: dict[Span, Finding]) -> Iterator[Finding]:
    """The findings in the order of the text, the gravest of those that share words or stand side by side."""
    gravest = sorted(found, key=lambda span: (not found[span].stops, span[0], span[0] - span[1]))
    taken: list[Span] = []
    for span in gravest[:200]:
        if len(taken) < MOST_FINDINGS and not any(span[0] <= end + 1 and begin <= span[1] + 1 for begin, end in taken):
            taken.append(span)
    return (found[span] for span in sorted(taken))
