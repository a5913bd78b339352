"""What one room hands to another has a type: no mapping of unknown values in anything that a room offers."""

import ast
from collections.abc import Iterator

from docs import draw_rooms

MAPPINGS = {"dict", "Mapping", "MutableMapping", "defaultdict"}
#: Their own type says what is in them; `Any` stands for rows with annotations, which the stubs cannot name.
TYPED = {"QuerySet"}

#: Methods and attributes whose type is given by Django, for every form and widget.
OF_DJANGO = {
    "clean": "a form's cleaned data",
    "fields": "a form's fields, each of its own class",
    "get_context": "a widget's context",
    "get_changeform_initial_data": "the admin's",
}
#: What else may stay, each for a reason.
ALLOWED = {
    "practice.staff: AccountAdapter.send_mail": "allauth's signature",
    "clients.letters: file_help": "arguments of a form field, which the stubs check one by one",
    "routines.catalog: Column.write": "columns of any kind, read and written by the catalog's own rows",
    "routines.catalog: Row.columns": "columns of any kind, read and written by the catalog's own rows",
}


def test_no_room_offers_a_mapping_of_unknown_values() -> None:
    found = set(_loose_annotations())
    assert sorted(found - ALLOWED.keys()) == [], "give the values a type: a TypedDict, a dataclass or an alias"
    assert sorted(ALLOWED.keys() - found) == [], "these have a type by now; take them off the list"


def test_the_reader_finds_what_it_looks_for() -> None:
    """Otherwise the test above would pass on anything."""
    source = """
class Seen:
    field: dict[str, Any]
    many: list["dict[str, Any]"]
    _hidden: dict[str, Any]
    rows: dict[str, QuerySet[Any]]
    def method(self, given: Mapping[str, list[Any]] | None) -> None: ...
    def named(self, **options: Any) -> dict[str, str]: ...
LOOSE: Callable[[typing.Mapping[str, typing.Any]], None] = print
ALIAS = dict[str, Any]
NAMED: TypeAlias = "Mapping[Any, str]"
def _private() -> dict[str, Any]: ...
async def offered() -> dict[Any, str]: ...
def bare() -> dict: ...
"""
    assert list(_in_body(ast.parse(source).body)) == [
        "Seen.field",
        "Seen.many",
        "Seen.method",
        "LOOSE",
        "ALIAS",
        "NAMED",
        "offered",
    ]


def _loose_annotations() -> Iterator[str]:
    """`room: name` of everything public in a room that takes, holds or returns such a mapping."""
    for shelf in draw_rooms.shelves():
        for room in shelf:
            for path in sorted((draw_rooms.ROOT / room.replace(".", "/")).rglob("*.py")):
                for name in _in_body(ast.parse(path.read_text()).body):
                    if name.rpartition(".")[2] not in OF_DJANGO:
                        yield f"{room}: {name}"


def _in_body(body: list[ast.stmt], owner: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _in_body(node.body, f"{owner}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _in_body([*node.body, *node.orelse], owner)
        else:
            name, types = _named(node)
            if (not name.startswith("_") or name == "__init__") and any(map(_is_loose, types)):
                yield owner + name


def _named(node: ast.stmt) -> tuple[str, list[ast.expr]]:
    """What the statement defines, and the types that it gives; an alias is itself one."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        given = node.args
        taken = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        return node.name, [type for type in (*(arg and arg.annotation for arg in taken), node.returns) if type]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        is_alias = ast.unparse(node.annotation).endswith("TypeAlias") and node.value is not None
        return node.target.id, [node.value if is_alias and node.value else node.annotation]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Subscript):
        return node.targets[0].id, [node.value]
    return "", []


def _is_loose(type: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Subscript) and _word(part.value) in MAPPINGS and _holds_any(part.slice)
        for part in _parts(type)
    )


def _holds_any(type: ast.expr) -> bool:
    if isinstance(type, ast.Subscript) and _word(type.value) in TYPED:
        return False
    return _word(type) == "Any" or any(_holds_any(part) for part in ast.iter_child_nodes(_unquoted(type)))


def _parts(type: ast.expr) -> Iterator[ast.AST]:
    for part in ast.walk(_unquoted(type)):
        yield part
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part is not type:
            yield from _parts(part)


def _unquoted(type: ast.expr) -> ast.expr:
    if isinstance(type, ast.Constant) and isinstance(type.value, str):
        try:
            return ast.parse(type.value, mode="eval").body
        except SyntaxError:
            return type
    return type


def _word(type: ast.AST) -> str:
    """The last word of a name: `typing.Any` is Any."""
    return type.id if isinstance(type, ast.Name) else type.attr if isinstance(type, ast.Attribute) else ""
