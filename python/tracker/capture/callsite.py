"""What the code around a call says about it: loops that it stands in, functions it was made from.

for rate in (0.1, 0.2):                  # a run started here has the param rate
    with tracker.start_run(): ...

def train(depth): tracker.start_run()    # and one started by train(3) has the param depth
"""

from __future__ import annotations

import ast
import functools
import linecache
import sys
from collections.abc import Iterator, Mapping
from types import FrameType

from tracker.capture.parameters import LONGEST

_LARGEST_DICT = 50
_DEEPEST = 50
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def params_around(frame: FrameType | None, namespace: Mapping[str, object]) -> dict[str, str]:
    """Return what loops and functions around a call give it, as text, the innermost winning.

    `frame` is where the call comes from; only frames whose code belongs to `namespace`, the
    notebook's own, are looked at.
    """
    found: dict[str, str] = {}
    for own in _own_frames(frame, namespace):
        for name in _given(own):
            value = own.f_locals.get(name)
            for key, text in _texts(name, value):
                found.setdefault(key, text)
    return found


def _own_frames(frame: FrameType | None, namespace: Mapping[str, object]) -> Iterator[FrameType]:
    for _ in range(_DEEPEST):
        if frame is None:
            return
        if frame.f_globals is namespace:
            yield frame
        frame = frame.f_back


def _given(frame: FrameType) -> Iterator[str]:
    """Yield the names that loops around the current line, or the function's caller, bind."""
    code = frame.f_code
    yield from _loop_names(code.co_filename, code.co_firstlineno, frame.f_lineno)
    if code.co_name != "<module>":
        yield from code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


@functools.lru_cache(maxsize=256)
def _loop_names(filename: str, first_line: int, line: int) -> tuple[str, ...]:
    tree = _tree(filename)
    if tree is None:
        return ()
    around = [node for node in ast.walk(tree) if _spans(node, line)]
    function = max((n.lineno for n in around if isinstance(n, _FUNCTIONS)), default=0)
    loops = [n for n in around if isinstance(n, ast.For | ast.AsyncFor) and n.lineno > function]
    return tuple(name for loop in reversed(loops) for name in _targets(loop))


def _spans(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return first is not None and last is not None and first <= line <= last


@functools.lru_cache(maxsize=64)
def _tree(filename: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(filename)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _targets(loop: ast.For | ast.AsyncFor) -> Iterator[str]:
    target: ast.expr = loop.target
    called = loop.iter.func if isinstance(loop.iter, ast.Call) else None
    if isinstance(called, ast.Name) and called.id == "enumerate" and isinstance(target, ast.Tuple):
        # The first is a counter, not a choice.
        target = ast.Tuple(target.elts[1:], ast.Store())
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and not node.id.startswith("_"):
            yield node.id


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the value as params: itself, or what a small dict such as a point of a grid holds."""
    if type(value) is dict and len(value) <= _LARGEST_DICT:
        for key, inner in value.items():
            text = _text(inner)
            if isinstance(key, str) and text is not None:
                yield key, text
        return
    text = _text(value)
    if text is not None:
        yield name, text


def _text(value: object) -> str | None:
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, str):
        return value if len(value) <= LONGEST else None
    if value is None or type(value) in (bool, int, float):
        return str(value)
    return None
