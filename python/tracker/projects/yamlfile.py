"""A small YAML file that somebody else wrote: read safely, with the line of every key.

Values are what YAML 1.1 makes of them, as MLflow reads them (`1e-1` is text, `yes` is True). Keys
are text as written (`1`, `on`), because they are names. Nothing of the file is executed, and its
size, its depth and what its aliases expand to are bounded.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tracker.errors import InvalidValue

LARGEST: Final = 256 * 1024
"""Bytes of the largest file that is read."""
DEEPEST: Final = 40
"""Mappings and lists inside each other; an MLproject needs five."""
MOST_VALUES: Final = 50_000
"""Values that a file may hold once its aliases are written out."""

_LFS_POINTER: Final = "version https://git-lfs.github.com/spec/"
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# A tag such as `!!int` lets PyYAML's constructors meet text that they were not written for.
_CONSTRUCTION_ERRORS = (
    yaml.YAMLError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of the file, and where its key stands.

    `written` is the scalar's text as written, "" for mappings and lists. `entries` are those of a
    mapping; `repeated` names its keys that stand there more than once (the last one counts) with
    the line of each repetition.
    """

    value: Any
    line: int
    written: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    repeated: tuple[tuple[str, int], ...] = ()

    @property
    def is_mapping(self) -> bool:
        """Whether the value is keys and values."""
        return isinstance(self.value, dict)


def read_text(path: Path) -> str:
    """Return the text of a plain file, line ends as newlines, a byte order mark taken away.

    Raises InvalidValue where it is no plain file, too large or not UTF-8; OSError.
    """
    # Not blocking: a pipe of that name must not make the reader wait for ever.
    with os.fdopen(os.open(path, _READ), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise InvalidValue(f"{path} is not a plain file.")
        if status.st_size > LARGEST:
            raise InvalidValue(
                f"{path} has {status.st_size} bytes; files of this kind are read up to {LARGEST}."
            )
        content = file.read(LARGEST + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidValue(
            f"{path}, line {line}: the file is not UTF-8 text. Save it as UTF-8."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_lfs_pointer(text: str) -> bool:
    """Return whether git-lfs keeps the file elsewhere and this text only says so."""
    return text.startswith(_LFS_POINTER)


def parse(text: str, name: str) -> Entry | None:
    """Return what the text holds, None where that is nothing. `name` is for messages.

    Raises InvalidValue where it is not YAML, asks for objects of Python, or is beyond the bounds.
    """
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _refuse_expansion(node)
            return _entry(loader, node, node.start_mark.line + 1)
        finally:
            loader.dispose()
    except _CONSTRUCTION_ERRORS as error:
        raise InvalidValue(_complaint(error, name)) from error


class _Loader(yaml.SafeLoader):
    """The safe loader in Python: the one in C crashes on deep nesting, and reads a bit differently.

    Composing is its only recursion, so its depth is bounded there.
    """

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"values are nested more than {DEEPEST} deep",
                problem_mark=self.get_mark(),
            )
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _refuse_expansion(root: yaml.Node) -> None:
    """Raises YAMLError for what aliases make endless or huge, before anything is made of it."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node) -> int:
        known = sizes.get(id(node))
        if known == 0:
            raise yaml.YAMLError("an alias stands inside what it repeats")
        if known is not None:
            return known
        sizes[id(node)] = 0
        sizes[id(node)] = total = 1 + sum(size(child) for child in _children(node))
        if total > MOST_VALUES:
            raise yaml.YAMLError(f"it holds more than {MOST_VALUES} values")
        return total

    size(root)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _entry(loader: _Loader, node: yaml.Node, line: int) -> Entry:
    if not isinstance(node, yaml.MappingNode):
        written = node.value if isinstance(node, yaml.ScalarNode) else ""
        return Entry(loader.construct_object(node, deep=True), line, written)
    repeated = _repeated(node)
    loader.flatten_mapping(node)
    entries = {
        _key(key): _entry(loader, value, key.start_mark.line + 1) for key, value in node.value
    }
    return Entry(loader.construct_object(node, deep=True), line, "", entries, repeated)


def _key(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    raise yaml.MarkedYAMLError(
        problem="a mapping or list stands where a name must be", problem_mark=node.start_mark
    )


def _repeated(node: yaml.MappingNode) -> tuple[tuple[str, int], ...]:
    seen: set[str] = set()
    found = []
    for key, _ in node.value:
        text = _key(key)
        if text in seen:
            found.append((text, key.start_mark.line + 1))
        seen.add(text)
    return tuple(found)


def _complaint(error: Exception, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    place = "" if mark is None else f", line {mark.line + 1}"
    parts = [getattr(error, part, None) for part in ("context", "problem")]
    problem = ", ".join(filter(None, parts)) or str(error) or type(error).__name__
    return f"{name}{place}: this is not YAML that can be read: {problem}."
