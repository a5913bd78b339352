"""What may be written to clients: what they do and feel, never a claim; no diagnosis where others look."""

import pytest

from routines.plans.wording import check_wording


@pytest.mark.parametrize(
    "text",
    [
        "This treats pain",
        "a CURE",
        "heals",
        "Detoxify your liver",
        "boosts energy",
        "flush out toxins",
        "instead of your medicine",
    ],
)
def test_claims_are_refused_anywhere(text: str) -> None:
    assert check_wording(text)
    assert check_wording(text, title=True)


@pytest.mark.parametrize(
    "text", ["Heel and arch comfort", "A calm few minutes", "secure", "Hold, release, breathe out"]
)
def test_plain_words_pass(text: str) -> None:
    assert check_wording(text, title=True) == []


def test_conditions_are_refused_in_titles_only() -> None:
    assert check_wording("Plantar fasciitis plan", title=True)
    assert not check_wording("As we said about your arthritis, go slowly")


def test_the_message_names_the_word() -> None:
    assert "“cures”" in check_wording("It cures")[0].message
