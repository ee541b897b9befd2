"""File names that code mentions, put together as far as a static look can."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from tracker.capture.effects import called, writes

_NAMING = frozenset({"set_tracking_uri", "set_experiment", "start_run", "set_tag", "tracked"})
_LOGGED_FILES = frozenset({"log_artifact", "log_artifacts"})
_JOINERS = frozenset({"Path", "PurePath", "PosixPath", "join", "joinpath", "abspath", "expanduser"})
_LONGEST = 400


@dataclass(slots=True)
class Mentions:
    """Texts that may be paths: those read, and those that only calls which write got."""

    read: dict[str, None] = field(default_factory=dict)
    written: dict[str, None] = field(default_factory=dict)


def mentioned(trees: Iterable[ast.Module], namespace: Mapping[str, object]) -> Mentions:
    """Every text in the code that may name a file, variables put in where they are known.

    `namespace` has values of names that the code does not give a plain text.
    """
    trees = list(trees)
    known = {
        name: os.fspath(value)
        for name, value in namespace.items()
        if isinstance(value, str | PurePath)
    }
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                text = _folded(node.value, known)
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                known.update({name: text for name in names if text is not None})
    mentions = Mentions()
    for tree in trees:
        _visit(tree, known, mentions, writing=False)
    return mentions


def _visit(node: ast.AST, known: Mapping[str, str], mentions: Mentions, *, writing: bool) -> None:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
        # What the name is used for tells whether the file is read or written.
        return
    text = _folded(node, known) if isinstance(node, ast.expr) else None
    if text is not None and 0 < len(text) <= _LONGEST and "\n" not in text and "\0" not in text:
        (mentions.written if writing else mentions.read)[text] = None
        return
    inside = writing or (isinstance(node, ast.Call) and _is_output(node))
    for child in ast.iter_child_nodes(node):
        _visit(child, known, mentions, writing=inside)


def _is_output(node: ast.Call) -> bool:
    """Whether the call's texts name no input: files written, names given to runs."""
    name = called(node)
    return (
        writes(node) or name in _NAMING or (name.startswith("log_") and name not in _LOGGED_FILES)
    )


def _folded(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """The text of an expression made of strings, known names and joined paths, or None."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id) if isinstance(node.ctx, ast.Load) else None
    if isinstance(node, ast.FormattedValue):
        return _folded(node.value, known) if node.format_spec is None else None
    if isinstance(node, ast.JoinedStr):
        parts = [_folded(part, known) for part in node.values]
        return None if None in parts else "".join(part or "" for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        left, right = _folded(node.left, known), _folded(node.right, known)
        if left is None or right is None:
            return None
        return str(PurePath(left, right)) if isinstance(node.op, ast.Div) else left + right
    if isinstance(node, ast.Call) and called(node) in _JOINERS and not node.keywords:
        return _joined(node, known)
    return None


def _joined(node: ast.Call, known: Mapping[str, str]) -> str | None:
    parts = [_folded(argument, known) for argument in node.args]
    if isinstance(node.func, ast.Attribute) and node.func.attr == "joinpath":
        parts.insert(0, _folded(node.func.value, known))
    if not parts or None in parts:
        return None
    return str(PurePath(*(part or "" for part in parts)))
