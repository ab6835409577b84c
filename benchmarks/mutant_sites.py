"""Where one operator or number of a source file can be changed, and into what."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
CALCULATIONS = {"+": "-", "-": "+", "*": "+", "/": "*", "//": "*", "%": "*"}
LOGIC = {"and": "or", "or": "and"}
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"}
Change = tuple[int, int, int, str, str]


@dataclass(frozen=True)
class Site:
    """A place to change: `start` to `end` of line `line` becomes `new`; the statement is `key`."""

    file: str
    statement: int
    line: int
    start: int
    end: int
    old: str
    new: str
    key: str

    def __str__(self) -> str:
        """Return where it is and what becomes of it."""
        return f"{self.file}:{self.line}: {self.old} -> {self.new}"


def sites_of(source: str, file: str) -> Iterator[Site]:
    """Yield every change of every simple statement within a function."""
    tree, lines = ast.parse(source), source.split("\n")
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in _statements(function.body):
            text = ast.unparse(statement)
            for number, (node, start, end, old, new) in enumerate(_changes(statement, lines)):
                key = f"{function.name} | {text} | {number} {old} {new}"
                yield Site(file, statement.lineno, node, start, end, old, new, key)


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements without others in them, and the heads of those that have some."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        if isinstance(statement, ast.If | ast.While):
            test = ast.Expr(statement.test)
            yield ast.copy_location(test, statement)
        inner = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
        for part in ("handlers", "cases"):
            inner += [one.body for one in getattr(statement, part, [])]
        if not any(inner):
            yield statement
        for part in inner:
            yield from _statements(part)


Change = tuple[int, int, int, str, str]
"""Line, first and last column, what is there, and what comes instead."""


def _changes(statement: ast.stmt, lines: list[str]) -> Iterator[Change]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return  # a docstring
    if not all(lines[n - 1].isascii() for n in range(statement.lineno, _last_line(statement) + 1)):
        return  # columns are counted in bytes
    for node in _nodes(statement):
        match node:
            case ast.Compare(left=left, comparators=[right, *_]):
                yield from _between(left, right, COMPARISONS, lines)
            case ast.BinOp(left=left, right=right):
                yield from _between(left, right, CALCULATIONS, lines)
            case ast.BoolOp(values=[left, right, *_]):
                yield from _between(left, right, LOGIC, lines)
            case ast.Constant(value=bool(value)):
                yield _at(node, lines, str(not value))
            case ast.Constant(value=int(value)):
                yield _at(node, lines, str(value + 1))
            case ast.Call(func=ast.Name(id=name) as function) if name in NAMES:
                yield _at(function, lines, NAMES[name])
            case ast.Call(func=ast.Attribute(attr=name) as function) if name in NAMES:
                end = function.end_col_offset or 0
                yield function.end_lineno or 0, end - len(name), end, name, NAMES[name]


def _last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a statement, but for annotations and what is printed."""
    yield node
    for name, field in ast.iter_fields(node):
        if name == "annotation" or isinstance(field, ast.JoinedStr):
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from _nodes(child)


def _at(node: ast.expr, lines: list[str], new: str) -> Change:
    line, start, end = node.lineno, node.col_offset, node.end_col_offset or 0
    return line, start, end, lines[line - 1][start:end], new


def _between(
    left: ast.expr, right: ast.expr, changes: dict[str, str], lines: list[str]
) -> Iterator[Change]:
    """Yield the change of the operator between two operands, if both are on one line."""
    line, start, end = left.end_lineno or 0, left.end_col_offset or 0, right.col_offset
    if line != right.lineno:
        return
    operator = lines[line - 1][start:end].strip(" ()")
    if operator in changes:
        at = lines[line - 1].index(operator, start)
        yield line, at, at + len(operator), operator, changes[operator]
