"""Whether a cell trains something, and whether it starts runs of its own, told from its source."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable

from tracker.capture.calls import callee, calls_of_scope
from tracker.capture.cellsource import parse, plain_python

_TRAINING = frozenset({"fit", "partial_fit", "fit_generator", "log_metric", "log_metrics"})
_TRAINERS = frozenset({"xgb", "xgboost", "lgb", "lightgbm", "catboost"})
"""Modules whose function `train` trains; that of a network only says that it is going to."""

Calls = frozenset[tuple[str, str]]
"""First and last name of each call: `xgb.train(...)` is ("xgb", "train")."""


def trains(source: str, earlier: Iterable[str]) -> bool:
    """Whether running a cell calls `fit` or logs a metric, itself or in functions of the session.

    `earlier` are the sources of the cells before it.
    """
    return any(_is_training(*call) for call in _run(source, earlier))


def starts_runs(source: str, earlier: Iterable[str]) -> bool:
    """Whether running a cell starts runs, itself or in functions of the session."""
    return any(last == "start_run" for _, last in _run(source, earlier))


def _is_training(first: str, last: str) -> bool:
    return last in _TRAINING or (last == "train" and first in _TRAINERS)


def _run(source: str, earlier: Iterable[str]) -> set[tuple[str, str]]:
    """Return the calls that running a cell makes, as far as the session's functions tell."""
    own, _ = _calls(source)
    functions: dict[str, Calls] = {}
    for text in (*earlier, source):
        functions |= _calls(text)[1]
    found, todo = set(own), [first for first, _ in own]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in functions and name not in seen:
            seen.add(name)
            found |= functions[name]
            todo += [first for first, _ in functions[name]]
    return found


@functools.lru_cache(maxsize=4096)
def _calls(source: str) -> tuple[Calls, dict[str, Calls]]:
    """Return the calls of a cell's own scope, and those of each function or class in it."""
    tree = parse(plain_python(source))
    if tree is None:
        return frozenset(), {}
    functions = {
        node.name: _named(inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    return _named(calls_of_scope(tree)), functions


def _named(calls: Iterable[ast.Call]) -> Calls:
    found = set()
    for call in calls:
        root, path = callee(call.func)
        found.add((root, path[-1] if path else root))
    return frozenset(found)
