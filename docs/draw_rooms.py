"""Draws docs/pictures/rooms.svg from the import contract in pyproject.toml. Standard library only; `make rooms`.

Each line of the contract's layers is a shelf, the top of the house first; a room's words are the first sentence of its
own docstring.
"""

import ast
import sys
import tomllib
from html import escape
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/pictures/rooms.svg"
WIDTH, MARGIN, GAP, NAME, LINE = 1120, 20, 10, 22, 16
#: Plum, green and slate, as the product's own colours; told apart by the app's name too.
FILL = {"routines": "#f5e8ee", "clients": "#e6f0ea", "practice": "#e8ecf2"}
EDGE = {"routines": "#6b2d54", "clients": "#2f6b4f", "practice": "#3d4f6b"}


def shelves() -> list[list[str]]:
    """The contract's layers, each as its rooms."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[room.strip() for room in layer.split(":")] for layer in layers]


def first_sentence(room: str) -> str:
    """What the room says of itself. Raises FileNotFoundError for a room of the contract that is not there."""
    text = ast.get_docstring(ast.parse((ROOT / room.replace(".", "/") / "__init__.py").read_text())) or ""
    return " ".join(text.split("\n\n")[0].split())


def draw() -> str:
    parts: list[str] = []
    top = MARGIN
    for rooms in shelves():
        width = (WIDTH - 2 * MARGIN - GAP * (len(rooms) - 1)) / len(rooms)
        words = {room: wrap(first_sentence(room), int(width / 6.6)) for room in rooms}
        height = NAME + LINE * max(map(len, words.values())) + 14
        for number, room in enumerate(rooms):
            parts.append(_box(room, words[room], MARGIN + number * (width + GAP), top, width, height))
        top += height + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + MARGIN - GAP}" role="img" '
        f'aria-labelledby="t" font-family="system-ui, sans-serif"><title id="t">The rooms, from the top of the house '
        f"to the ground: each may import only what stands below it</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _box(room: str, words: list[str], left: float, top: float, width: float, height: float) -> str:
    app, name = room.split(".")
    lines = "".join(
        f'<text x="{left + 14:.0f}" y="{top + NAME + 18 + LINE * number:.0f}" font-size="12.5" fill="#33302f">'
        f"{escape(line)}</text>"
        for number, line in enumerate(words)
    )
    return (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="8" fill="{FILL[app]}" '
        f'stroke="{EDGE[app]}"/><text x="{left + 14:.0f}" y="{top + NAME:.0f}" font-size="14.5" fill="{EDGE[app]}">'
        f'<tspan>{app}/</tspan><tspan font-weight="700">{name}</tspan></text>{lines}'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw())
    sys.exit()
