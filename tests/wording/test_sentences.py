"""How many claims are caught, and how many harmless sentences are not spoken of.

First readings, before anything was changed for the sentences in question: built on 100 % caught and 0 % false alarms;
only measured 98.8 % (85 of 86) and 1.2 % (1 of 81). Written afterwards: first round 45.2 % and 0 %, which made the name
of an illness, an inner organ or a medicine need a reason; second round 60.9 % and 0 %; third round, unchanged rules,
96.9 % (31 of 32) and 3.1 % (1 of 32). The authors of the sentences are those of the rules.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from practice.wording.check import check_wording

FOLDER = Path(__file__).parent
STOPPING_GROUPS = ("on_medicine", "on_diagnosis")
#: As asked: at least so many of the claims, at most so many of the harmless.
CAUGHT, FALSE_ALARMS = 0.95, 0.03


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def halves(groups: dict[str, list[Any]], start: int, step: int = 2) -> Iterator[tuple[str, str, bool]]:
    """(group, text, whether it is a title) of every second sentence of each group."""
    for group, sentences in groups.items():
        for sentence in sentences[start::step]:
            is_title = isinstance(sentence, dict)
            yield group, sentence["title"] if is_title else sentence, is_title


def found(text: str, language: str, is_title: bool) -> Any:
    return check_wording(text, language, title=is_title)


def hold(claims: list[Any], harmless: list[Any], language: str = "en") -> None:
    missed = [text for group, text, title in claims if not _is_caught(group, found(text, language, title))]
    alarms = [text for _group, text, title in harmless if found(text, language, title)]
    assert len(claims) - len(missed) >= CAUGHT * len(claims), missed
    assert len(alarms) <= FALSE_ALARMS * len(harmless), alarms


def _is_caught(group: str, findings: Any) -> bool:
    return any(finding.stops for finding in findings) if group in STOPPING_GROUPS else bool(findings)


def test_the_list_is_long_enough_and_half_of_it_harmless() -> None:
    sentences = read("sentences")
    count = {side: len(list(halves(sentences[side], 0, 1))) for side in ("claims", "harmless")}
    assert sum(count.values()) >= 200
    assert 0.4 <= count["harmless"] / sum(count.values()) <= 0.6


@pytest.mark.parametrize("start", [0, 1], ids=["built on", "only measured"])
def test_claims_are_caught_and_kind_sentences_left_alone(start: int) -> None:
    sentences = read("sentences")
    hold(list(halves(sentences["claims"], start)), list(halves(sentences["harmless"], start)))


def test_sentences_written_after_the_rules() -> None:
    sentences = read("sentences-afterwards")
    hold(list(halves(sentences["claims"], 0, 1)), list(halves(sentences["harmless"], 0, 1)))


@pytest.mark.parametrize("language", ["de", "fr", "nl", "es"])
def test_other_languages_have_a_first_set(language: str) -> None:
    sentences = read("sentences-other-languages")[language]
    groups = {side: list(halves({side: sentences[side]}, 0, 1)) for side in ("claims", "harmless")}
    hold(groups["claims"], groups["harmless"], language)


def test_the_sentences_of_the_issue() -> None:
    kinds = {
        "You can skip your tablets on massage days.": "medicine",
        "A sore spot here points to your kidneys.": "diagnosis",
        "Treats liver disease, detoxifies and boosts immunity": "claim",
    }
    for text, kind in kinds.items():
        assert kind in {finding.kind for finding in check_wording(text, "en")}, text
    assert not check_wording("A real treat for your feet", "en", title=True)
