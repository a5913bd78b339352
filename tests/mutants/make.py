"""The mutants of one module: its source with one thing changed."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal

#: A name like this, given at one place, is a type's.
_TYPE = re.compile(r"[A-Z][A-Za-z]*[a-z]")
#: What these are called with is words or types, not decisions.
WORDS = frozenset({"_", "gettext", "gettext_noop", "gettext_lazy", "ngettext", "Literal", "Annotated"})


@dataclass(frozen=True)
class Mutant:
    """`function`: where it is, "" for the module itself. `before` and `after`: the first line that differs."""

    module: str
    function: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        return (self.module, self.function, self.before, self.after)


def mutants_of(root: Path, module: str) -> list[Mutant]:
    """Every mutant that is valid Python and no two alike, in the order of the source."""
    source = (root / module).read_text()
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder(wrapper.resolve(PositionProvider))
    wrapper.module.visit(finder)
    spans = wrapper.resolve(ByteSpanPositionProvider)
    found: dict[str, Mutant] = {}
    for node, changed, function, line in finder.found:
        mutated = _replaced(wrapper.module, source.encode(), node, changed, spans.get(node))
        if mutated != source and mutated not in found and _is_python(mutated):
            before, after = _first_difference(source, mutated)
            found[mutated] = Mutant(module, function, line, before, after, mutated)
    return list(found.values())


def _replaced(module: cst.Module, source: bytes, node: cst.CSTNode, changed: cst.CSTNode, span: Any) -> str:
    """Cut out and put in, where the node's own text is just that; writing the whole module anew takes long."""
    if span is not None:
        end = span.start + span.length
        if module.code_for_node(node).encode() == source[span.start : end]:
            return (source[: span.start] + module.code_for_node(changed).encode() + source[end:]).decode()
    return module.deep_replace(node, changed).code  # type: ignore[arg-type]


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _first_difference(source: str, mutated: str) -> tuple[str, str]:
    old, new = source.splitlines(), mutated.splitlines()
    place = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(new))
    return old[place].strip(), new[place].strip() if place < len(new) else ""


class _Finder(cst.CSTVisitor):
    def __init__(self, positions: object) -> None:
        super().__init__()
        self.positions = positions
        self.names: list[str] = []
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, str, int]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_left_alone(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.names.append(node.name.value)
        place = self.positions.get(node)  # type: ignore[attr-defined]
        for changed in _changes(node):
            self.found.append((node, changed, ".".join(self.names), place.start.line if place else 0))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef) and self.names[-1:] == [original_node.name.value]:
            self.names.pop()


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            # Of a string one is enough, and of an argument that it is None: who sees that sees it gone or in capitals.
            most = 1 if isinstance(node, cst.SimpleString) else None
            if isinstance(node, cst.Call) and operator is operator_arg_removal:
                most = sum(arg.star == "" and not _is_none(arg.value) for arg in node.args)
            yield from itertools.islice(operator(node), most)


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _is_left_alone(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom | cst.Assert):
        return True
    if isinstance(node, cst.Assign) and isinstance(node.targets[0].target, cst.Name):
        return bool(_TYPE.match(node.targets[0].target.value))
    if isinstance(node, cst.Raise):  # that it is raised is seen; its words are for people
        return True
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1 and isinstance(node.body[0], cst.Expr):
        return isinstance(node.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        return node.func.value in WORDS
    return isinstance(node, cst.Subscript) and isinstance(node.value, cst.Name) and node.value.value in WORDS
