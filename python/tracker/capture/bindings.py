"""Which names of a module's top-level scope its code changes, and where each is first used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

MUTATORS = frozenset(
    [
        *("append", "extend", "insert", "update", "pop", "popitem", "remove", "clear", "sort"),
        *("reverse", "setdefault", "add", "discard", "appendleft", "extendleft", "popleft"),
    ]
)
"""Methods of containers that change them in place."""
_LITERAL_PARTS = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp),
    *(ast.Call, ast.Name, ast.operator, ast.unaryop, ast.expr_context),
)


def changing_names(tree: ast.Module) -> frozenset[str]:
    """Names that anything but a plain assignment at the top level binds, deletes or mutates."""
    found: set[str] = set()
    for statement in tree.body:
        # A top-level assignment of something that is no literal takes the name away too.
        if not _is_literal_assignment(statement):
            found.update(bound_names(statement))
    found.update(_changed_in_place(tree))
    return frozenset(found)


def accumulated_names(tree: ast.Module) -> frozenset[str]:
    """Names that hold the program's own state: counted up, changed in place, or set inside a block.

    A loop's variable is none of them, nor is a name that is bound anew at the top level.
    """
    found = set(_changed_in_place(tree))
    top = {id(statement) for statement in tree.body}
    for node in _same_scope(tree):
        if isinstance(node, ast.AugAssign):
            found.update(bound_names(node.target))
        elif isinstance(node, ast.Assign) and id(node) not in top:
            found.update(name for target in node.targets for name in bound_names(target))
        elif isinstance(node, ast.NamedExpr):
            found.update(bound_names(node.target))
    return frozenset(found)


def first_uses(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """Line and column of the first statement that reads each name, function bodies left out."""
    uses: dict[str, tuple[int, int]] = {}
    for node in _same_scope(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            place = (node.lineno, node.col_offset)
            uses[node.id] = min(place, uses.get(node.id, place))
    return uses


def _is_literal_assignment(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    nodes = list(ast.walk(statement.value))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    return all(
        isinstance(node, _LITERAL_PARTS)
        and (not isinstance(node, ast.Name) or (node.id == "float" and node in calls))
        for node in nodes
    )


def bound_names(node: ast.AST) -> Iterator[str]:
    """Names that running `node` may bind or delete in its own scope; some come twice."""
    for inner in _same_scope(node):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.alias):
            yield (inner.asname or inner.name).partition(".")[0]
        elif isinstance(inner, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and inner.name:
            yield inner.name
        elif isinstance(inner, ast.MatchMapping) and inner.rest:
            yield inner.rest


def _changed_in_place(tree: ast.Module) -> Iterator[str]:
    """Names declared global in a function, and containers that a call or an index changes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name):
            method = isinstance(node, ast.Attribute) and node.attr in MUTATORS
            item = isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
            if method or item:
                yield node.value.id


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and everything below it that runs in its own scope, in no promised order."""
    todo = [node]
    while todo:
        current = todo.pop()
        yield current
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            todo.extend([*current.decorator_list, current.args])
        elif isinstance(current, ast.Lambda):
            todo.append(current.args)
        elif isinstance(current, ast.ClassDef):
            todo.extend([*current.decorator_list, *current.bases, *current.keywords])
        elif isinstance(current, ast.comprehension):
            todo.extend([current.iter, *current.ifs])
        else:
            todo.extend(ast.iter_child_nodes(current))
