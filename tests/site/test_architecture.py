"""The picture of the rooms is drawn from the import contract, so it cannot lie."""

from docs import draw_rooms


def test_the_picture_is_that_of_the_contract() -> None:
    assert draw_rooms.PICTURE.read_text() == draw_rooms.draw(), "run `make rooms`"


def test_every_room_is_on_a_shelf() -> None:
    """A folder with an `__init__` docstring beside the apps' own modules is a room, and stands in the contract."""
    named = {room for shelf in draw_rooms.shelves() for room in shelf}
    here = {
        f"{path.parent.parent.name}.{path.parent.name}"
        for app in ("practice", "clients", "routines")
        for path in (draw_rooms.ROOT / app).glob("*/__init__.py")
        if path.parent.name not in ("management", "migrations", "templatetags")
    }
    assert here == named
    assert all(draw_rooms.first_sentence(room) for room in named)
