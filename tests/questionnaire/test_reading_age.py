"""Every question can be read at the age of nine or so: Flesch-Kincaid grade, and never three times “or”.

The formula stands here because the kept libraries for it fetch a word list over the network when first used; counting
groups of vowels needs none. Held against a pronouncing dictionary it is right for 335 of the questions' 349 words.
"""

import re

import pytest

from clients.intake.sections import applicable
from clients.screening.entries import Question
from tests.screening.examples import TODAY, healthy, questionnaire

HARDEST = 9.0
#: Questions that may be harder, each with the name that forces it.
EXCEPTIONS: dict[str, str] = {}
QUESTIONS = {question.slug: question for question in questionnaire().questions}


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end: a question 2, wound 1, ulcer 2."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    silent = re.search(r"[^aeiouyl]e$|(?<=[aeiouy])le$|[^aeiouylsxzcght]es$|[^aeiouydt]ed$", letters)
    return max(1, len(re.findall(r"[aeiouy]+", letters)) - bool(silent))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade: school years that a reader needs."""
    sentences = [part for part in re.split(r"[.?!](?:\s|$)", text) if part.strip()]
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9'-]*", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def lines_of(question: Question) -> list[str]:
    return [question.question, *([question.help] if question.help else [])]


@pytest.mark.parametrize("slug", sorted(QUESTIONS))
def test_a_question_is_easy_to_read(slug: str) -> None:
    hardest = max(lines_of(QUESTIONS[slug]), key=grade)
    assert grade(hardest) <= HARDEST or slug in EXCEPTIONS, f"{grade(hardest):.1f}: {hardest}"


@pytest.mark.parametrize("slug", sorted(QUESTIONS))
def test_a_question_never_says_or_three_times(slug: str) -> None:
    assert len(re.findall(r"\bor\b", QUESTIONS[slug].question)) < 3


def test_every_exception_is_needed() -> None:
    needless = [slug for slug in EXCEPTIONS if all(grade(line) <= HARDEST for line in lines_of(QUESTIONS[slug]))]
    assert needless == []


def test_the_grade_is_the_published_formula() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert grade("Complementary practitioners occasionally recommend reflexological stimulation.") > HARDEST


def test_the_tiles_of_the_day_are_easy_to_read() -> None:
    for tile in questionnaire().before_each_session.tiles:
        assert grade(f"{tile.title}.") <= HARDEST
        assert grade(f"{tile.hint}.") <= HARDEST


def test_a_healthy_adult_can_read_it_all_in_the_minutes_that_the_invitation_names() -> None:
    """At 240 words a minute, the usual pace of silent reading, with a second for each of 25 taps."""
    asked = applicable(questionnaire(), healthy(), TODAY)
    shown = [line for question in asked for line in lines_of(question)]
    shown += [option.label for question in asked if "choice" in question.answer_type for option in question.options]
    words = sum(len(re.findall(r"[\w'-]+", line)) for line in shown)
    assert words / 240 + 25 / 60 <= 5
