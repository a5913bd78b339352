"""A session as screens: one per step and side."""

from routines.sessions.player import runs_of

SHAPE = {"view": "plantar", "type": "ellipse", "cx": 0.5, "cy": 0.9, "rx": 0.2, "ry": 0.05}


def step(number: int, side: str, **more) -> dict:
    return {"n": number, "side": side, "zone": "heel-sleep-s1", "place": "Heel", "shapes": [SHAPE], **more}


def test_both_sides_are_left_then_right() -> None:
    runs = runs_of([step(1, "both"), step(2, "right"), step(3, "none", shapes=[])])
    assert [(run.number, run.step["n"], run.side) for run in runs] == [
        (1, 1, "left"),
        (2, 1, "right"),
        (3, 2, "right"),
        (4, 3, "none"),
    ]


def test_a_screen_shows_its_own_foot_only() -> None:
    left, right = runs_of([step(1, "both")])
    assert [mark.side for mark in left.highlights] == ["left"]
    assert [mark.side for mark in right.highlights] == ["right"]
    assert [mark.label for mark in left.highlights] == ["Heel"]


def test_a_step_without_a_drawing_has_no_map() -> None:
    assert runs_of([step(1, "both", shapes=[])])[0].highlights == []
