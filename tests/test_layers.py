"""Imports only go practice <- clients <- routines, inside functions too."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "practice": {"practice"},
    "clients": {"practice", "clients"},
    "routines": {"practice", "clients", "routines"},
}
#: practice/urls.py composes the site by dotted strings, which are not imports.
FILES = [path for app in ALLOWED for path in sorted((ROOT / app).rglob("*.py"))]


def imported_apps(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the layer"
            names.add((node.module or "").split(".")[0])
    return names & set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    app = path.relative_to(ROOT).parts[0]
    assert imported_apps(path.read_text()) <= ALLOWED[app]


def test_a_hidden_import_upwards_is_seen() -> None:
    assert imported_apps("def f():\n    from routines.models import Plan") == {"routines"}
