"""The check itself: what it quotes and offers, what it sees through, and that no text makes it slow."""

import sys
from types import FrameType
from typing import Any

import pytest

from practice.core.yaml_documents import DocumentFaulty
from practice.wording import rules as rules_module
from practice.wording.check import check_in_any, check_wording
from practice.wording.rules import LANGUAGES, rules, vocabulary


def test_a_finding_quotes_the_text_as_it_stands_and_offers_a_wording() -> None:
    (finding,) = check_wording("Rest a while. It  CU\u00adRES\nall.", "en")
    assert finding.words == "CU\u00adRES"
    assert finding.suggestion == "“A calm few minutes for your feet.”"
    assert "“CU\u00adRES” is a health claim" in finding.message


def test_the_gravest_of_findings_that_share_words_is_told() -> None:
    (finding,) = check_wording("A sore heel shows liver disease.", "en")
    assert (finding.kind, finding.stops) == ("diagnosis", True)


@pytest.mark.parametrize(
    "text",
    ["cures", "CURES", "c\u200bures", "cu\u00adres", "\uff43\uff55\uff52\uff45\uff53", "\u0441ures", "cu-res",
     "cu\u2011res", "ćures"],
)  # fmt: skip
def test_a_disguise_is_seen_through(text: str) -> None:
    assert check_wording(f"This {text} all.", "en")


@pytest.mark.parametrize(
    ("text", "is_claim"),
    [
        ("It does not cure.", False),
        ("It does not only relax, it cures.", True),
        ("It is not magic, but it cures.", True),
        ("Do not hurry, it cures.", True),
        ("Press your heel. It cures.", True),
        ("No hurry. It cures.", True),
    ],
)
def test_a_denial_reaches_as_far_as_its_thought(text: str, is_claim: bool) -> None:
    assert bool(check_wording(text, "en")) is is_claim


def test_a_list_is_read_line_by_line() -> None:
    assert not check_wording("Never:\n- press on bruises\n- hurry\n\nA calm evening.", "en")
    assert check_wording("No hurry\n\n- cures gout", "en")


def test_a_text_is_read_in_the_language_that_it_is_in() -> None:
    assert not check_in_any("Tell me if you have diabetes and take your time.", ["de", "en"])
    assert check_in_any("Diese Massage heilt die Migräne.", ["en", "de"])
    assert [finding.words for finding in check_in_any("Detox", ["de", "en", "fr"])] == ["Detox"]


def test_a_language_without_a_list_is_read_as_english() -> None:
    assert check_wording("It cures gout.", "pt-br")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_the_gravest_rules_and_every_suggestion(language: str) -> None:
    kept = vocabulary(language).language
    assert set(kept.suggestions) == set(vocabulary("en").language.suggestions)
    needed = {
        name for rule in rules() if rule.kind in ("medicine", "diagnosis") for part in rule.parts for name in part
    }
    assert needed - {"left_out", "imbalance"} <= set(kept.words)
    assert (kept.reviewed == "needs a native reader") is (language != "en")


def test_a_list_that_no_rule_reads_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("rules", "en"):
        (tmp_path / f"{name}.yaml").write_text((rules_module.DATA / f"{name}.yaml").read_text())
    with (tmp_path / "en.yaml").open("a") as words:
        words.write("  misspelt: [word]\n")
    monkeypatch.setattr(rules_module, "DATA", tmp_path)
    with pytest.raises(DocumentFaulty, match="misspelt"):
        rules_module.vocabulary.__wrapped__("en")


#: Each would make a pattern that backtracks, or a loop in a loop, take minutes.
HARD = [
    "a", "cures ", "cures, ", "treats pain ", "not ", "-", "a-", "\n", "\n- cures", "skip ", "skip your tablets. ", "'",
    "\u00ad", "sore ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HARD)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    short, long = (_calls(piece * (size // len(piece))) for size in (25_000, 100_000))
    assert long < 4.4 * short + 1000


def _calls(text: str) -> int:
    """How many functions a check calls, ours and Python's own: the same on every machine."""
    count = 0

    def tell(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tell)
    try:
        check_wording(text, "en", title=True)
    finally:
        sys.setprofile(None)
    return count
