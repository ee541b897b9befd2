"""Names that a cell reads without naming them in code: in the text of an `exec`, by `globals()`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tracker.capture.cellsource import parse

_RUNNING = frozenset({"exec", "eval"})
_NAMESPACES = frozenset({"globals", "locals", "vars"})


def hidden_reads(tree: ast.AST) -> set[str] | None:
    """Return the names that are read in a way that code does not show; None where any may be."""
    found: set[str] = set()
    known: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_call(node.value, _NAMESPACES):
            # `globals()["x"]` says which one; setting one reads none.
            name = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if not isinstance(node.ctx, ast.Load) or isinstance(name, str):
                known.add(id(node.value))
            if isinstance(node.ctx, ast.Load) and isinstance(name, str):
                found.add(name)
        elif isinstance(node, ast.Call) and _is_call(node, _RUNNING) and node.args:
            text: Any = getattr(node.args[0], "value", None)
            inner = parse(text) if isinstance(text, str) else None
            if inner is None:
                return None
            found |= set(_names(inner))
        elif isinstance(node, ast.Call) and _is_call(node, _NAMESPACES):
            # `vars(options)` looks at one object.
            shows_any = not node.args and id(node) not in known
            if shows_any:
                return None
    return found


def _is_call(node: ast.expr, names: frozenset[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
