"""Imports only go practice <- catalog <- clients <- routines, inside functions too."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "practice": {"practice"},
    # Beside the rest of its app; what it is made of lies below the clients, whose answers and rules name its places.
    "catalog": {"practice", "catalog", "routines"},
    "clients": {"practice", "catalog", "clients"},
    "routines": {"practice", "catalog", "clients", "routines"},
}
CATALOG = (
    "routines.catalog.types",
    "routines.footmap.draw",
    "routines.catalog.markable",
    "routines.catalog.models.reference",
)
#: practice/urls.py composes the site by dotted strings, which are not imports.
FILES = [path for app in ("practice", "clients", "routines") for path in sorted((ROOT / app).rglob("*.py"))]


def floor_of(module: str) -> str:
    return "catalog" if module.startswith(CATALOG) else module.split(".")[0]


def imported_floors(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {floor_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the layer"
            names.add(floor_of(node.module or ""))
    return names & set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    floor = floor_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert imported_floors(path.read_text()) <= ALLOWED[floor]


def test_a_hidden_import_upwards_is_seen() -> None:
    assert imported_floors("def f():\n    from routines.models import Plan") == {"routines"}
    assert imported_floors("from routines.catalog.places import Zone") == {"catalog"}
