"""A session as screens: one per step and side."""

from routines.plans.content import StepContent
from routines.sessions.player import player_steps
from tests.factories.content import step_content


def step(number: int, side: str, **more) -> StepContent:
    return step_content(number=number, side=side, **more)


def test_both_sides_are_left_then_right() -> None:
    steps = player_steps([step(1, "both"), step(2, "right"), step(3, "none", shapes=())])
    assert [(player_step.number, player_step.step.number, player_step.side) for player_step in steps] == [
        (1, 1, "left"),
        (2, 1, "right"),
        (3, 2, "right"),
        (4, 3, "none"),
    ]


def test_a_screen_shows_its_own_foot_only() -> None:
    left, right = player_steps([step(1, "both")])
    assert [mark.side for mark in left.highlights] == ["left"]
    assert [mark.side for mark in right.highlights] == ["right"]
    assert [mark.label for mark in left.highlights] == ["Heel"]


def test_a_step_without_a_drawing_has_no_map() -> None:
    assert player_steps([step(1, "both", shapes=())])[0].highlights == []
