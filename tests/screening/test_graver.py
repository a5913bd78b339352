"""Of two answers given at once nothing is lost that can be true beside the other."""

from typing import Any

import pytest

from clients.screening.graver import graver_of
from tests.screening.examples import questionnaire

LEFT, RIGHT = {"side": "left", "region": "heel"}, {"side": "right", "region": "heel"}


@pytest.mark.parametrize(
    ("slug", "first", "second", "counts"),
    [
        ("open-wound", [LEFT], [RIGHT], [LEFT, RIGHT]),
        ("open-wound", [LEFT], [LEFT], [LEFT]),
        ("open-wound", [LEFT], [], [LEFT]),
        ("pregnancy-complications", ["bleeding"], ["none"], ["bleeding"]),
        ("pregnancy-complications", ["none"], ["none"], ["none"]),
        ("heel-pain-side", "left", "right", "both"),
        ("heel-pain-side", "left", "both", "both"),
        ("plantar-swelling", "left", "none", "left"),
        ("heel-arch-pain", 7, 9, 9),
        ("heel-arch-pain", 8, 0, 8),
        ("chest-breathing", "yes", "no", "yes"),
        ("heel-arch-pain", 8, "not_sure", 8),
    ],
)
def test_what_counts_of_two_answers(slug: str, first: Any, second: Any, counts: Any) -> None:
    assert graver_of(questionnaire().question_by_slug[slug], first, second) == counts
