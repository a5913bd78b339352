"""A text as words to compare: whatever its case, accents, hyphens, invisible or look-alike letters.

Own code: a stemmer (Snowball) was weighed. It folds "treats" and "treated", but neither German compounds nor irregular
verbs, and the keeper of a word list would have to think in stems; a list with "*" says what it means.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

APOSTROPHES = frozenset("'`\u2019\u2018\u02bc\u00b4")
HYPHENS = frozenset("-\u2010\u2011\u2012")
ENDS = frozenset(".!?;…")
#: A pause, after which a "not" no longer counts.
PAUSES = frozenset(',:\u2013\u2014()"“”„«»')
LINE_ENDS = frozenset("\n\r\u2028\u2029")
BULLETS = frozenset("-*•·\u2013")
#: Cyrillic and Greek letters that look like Latin ones.
RESEMBLING = str.maketrans("асеорхуіѕјԁһтмкнвαεοριτυνκ", "aceopxyisjdhtmkhbaeopituvk")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, folded; where it stands in the text; whether a pause stands before it."""

    folded: str
    start: int
    end: int
    after_pause: bool = False


@lru_cache(maxsize=4096)
def fold(letter: str) -> str:
    """The letter without case, accent or disguise; empty for what cannot be seen."""
    if unicodedata.category(letter) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKD", letter).casefold().translate(RESEMBLING)
    return "".join(part for part in plain if not unicodedata.combining(part))


def fold_words(text: str, *, keep: str = "") -> str:
    """The text folded letter by letter, its spaces and the letters to `keep` as they are."""
    return "".join(letter if letter in keep else fold(letter) for letter in text)


def sentences(text: str, *, join_hyphens: bool, split_apostrophes: bool) -> Iterator[list[Word]]:
    """The words of each sentence, in one pass. With `join_hyphens` "de-toxify" is one word, else two."""
    joining = (frozenset() if split_apostrophes else APOSTROPHES) | (HYPHENS if join_hyphens else frozenset())
    words: list[Word] = []
    letters: list[str] = []
    begin, end, paused, line_ended = 0, 0, False, False
    for place, letter in enumerate(f"{text}\0"):
        folded = fold(letter)
        if folded.isalnum():
            if not letters:
                begin = place
                if line_ended and words and _begins_item(text, place):
                    yield words
                    words = []
            letters.append(folded)
            end = place + 1
            continue
        if _is_unseen(letter) or (letters and letter in joining and _goes_on(text, place)):
            continue
        if letters:
            words.append(Word("".join(letters), begin, end, paused))
            letters, paused, line_ended = [], False, False
        paused = paused or letter in PAUSES
        line_ended = line_ended or letter in LINE_ENDS
        if letter == "\0" or (letter in ENDS and not _goes_on(text, place)):
            if words:
                yield words
            words, paused, line_ended = [], False, False


@lru_cache(maxsize=4096)
def _is_unseen(letter: str) -> bool:
    """Soft hyphens, joiners, zero widths, and accents that stand by themselves."""
    return unicodedata.category(letter) == "Cf" or bool(unicodedata.combining(letter))


def _goes_on(text: str, place: int) -> bool:
    """Whether a letter follows directly."""
    return place + 1 < len(text) and text[place + 1].isalnum()


def _begins_item(text: str, place: int) -> bool:
    """Whether an empty line, or a bullet at the beginning of its line, stands before this letter."""
    before = "".join(text[max(0, place - 12) : place].replace("\r", "").replace("\t", "").split(" "))
    return before.endswith("\n\n") or (before[-1:] in BULLETS and before[-2:-1] == "\n")
