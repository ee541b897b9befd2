"""Top-level `await` in a cell -> code for a script, which has none.

A plain `await f()` becomes `runtime.wait(f())`. A cell that needs a running loop throughout
(`async with`, `async for`, `asyncio.create_task`) becomes the body of a coroutine whose names are
all global, so that later cells find them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tracker.capture.bindings import bound_names
from tracker.export.edits import Edit, Places

_NEED_A_LOOP = frozenset(
    [
        *("create_task", "ensure_future", "get_running_loop", "get_event_loop", "run_in_executor"),
        *("call_soon", "call_later", "to_thread", "TaskGroup"),
    ]
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def needs_coroutine(tree: ast.Module) -> bool:
    """Whether the cell must run inside a coroutine as a whole."""
    nodes = list(top_level(tree))
    if any(isinstance(node, ast.AsyncFor | ast.AsyncWith) for node in nodes):
        return True
    if any(isinstance(node, ast.comprehension) and node.is_async for node in nodes):
        return True
    lazy = [node for node in nodes if isinstance(node, ast.GeneratorExp)]
    if any(isinstance(inner, ast.Await) for node in lazy for inner in ast.walk(node)):
        return True
    return any(isinstance(node, ast.Attribute) and node.attr in _NEED_A_LOOP for node in nodes)


def waits(tree: ast.Module, places: Places, helpers: str) -> list[Edit]:
    """Edits that turn each top-level `await X` into `helpers.wait(X)`."""
    edits = []
    for node in top_level(tree):
        if isinstance(node, ast.Await):
            start, end = places.start(node), places.end(node)
            # What is awaited may stand in brackets of its own; they stay.
            blank = re.compile(r"\s*").match(places.text, start + len("await"))
            edits.append(Edit(start, blank.end() if blank else start, f"{helpers}.wait("))
            edits.append(Edit(end, end, ")"))
    return edits


def global_names(tree: ast.Module) -> list[str]:
    """Names that the cell binds, for the `global` statement of its coroutine."""
    return sorted(set(bound_names(tree)))


def bare_annotations(tree: ast.Module, places: Places) -> list[Edit]:
    """Edits that take the annotations off names: a global name cannot have one."""
    edits = []
    for node in top_level(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.value is None:
                edits.append(Edit(places.start(node), places.end(node), "pass"))
            else:
                equals = places.text.rindex("=", 0, places.start(node.value))
                edits.append(Edit(places.end(node.target), equals, " "))
    return edits


def top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes that are in no function or class."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _SCOPES):
            todo.extend(ast.iter_child_nodes(node))
