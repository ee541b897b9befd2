"""Putting a value into a line for bash so that it stays one value, wherever in the line it stands.

A value becomes an argument in single quotes, as MLflow does it. MLflow does the same inside quotes
that the line has already, where `"{x}"` lets the value `$(...)` run. So the line is followed as
bash reads it, and each value is escaped for the place it stands at, also in what is handed to
another shell (`bash -c "..."`). Where no escaping helps, only plain words are let in.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")
_SPECIAL_IN_DOUBLE: Final = re.compile(r'([\\"$`])')
_FOR_A_SHELL: Final = re.compile(
    r"(?:^|[\s;&|(/])(?:(?:ba|da|z|k|a)?sh(?:\s+-\S+)*\s+-[a-z]*c|eval)\s+$"
)
_TAIL: Final = 200
"""Characters before a quotation mark that can tell whom the quoted text is for."""
_WORD_ENDS: Final = " \t\n;&|("


class Unquotable(Exception):
    """A value that cannot be put where the line wants it; the text says why."""


class _Place(Enum):
    """What bash is reading. In OPAQUE places quoting follows other rules, or is no help."""

    BARE = auto()
    SINGLE = auto()
    DOUBLE = auto()
    COMMENT = auto()
    OPAQUE = auto()


@dataclass(slots=True)
class _Frame:
    """A place, what ends it, and (where such pairs nest in it) what begins another one."""

    place: _Place
    end: str = ""
    begin: str = ""
    depth: int = 1
    inner: ShellLine | None = None


class ShellLine:
    """A line for bash that grows from text of its own and from values of others."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._frames = [_Frame(_Place.BARE)]
        self._tail = ""
        self._is_escaped = False

    def __str__(self) -> str:
        return "".join(self._text)

    def add(self, text: str) -> None:
        """Append text as it is: it is the line's own."""
        self._text.append(text)
        for character in text:
            self._follow(character)

    def add_value(self, value: str) -> None:
        """Append a value so that bash makes one string of it again. Raises Unquotable."""
        self._text.append(self._escaped(value))
        self._take_note("x")

    def _escaped(self, value: str) -> str:
        if "\0" in value:
            raise Unquotable("it holds a NUL character, which no argument can")
        frame = self._frames[-1]
        if frame.place is _Place.COMMENT:
            return value.replace("\n", " ")
        if frame.place is _Place.OPAQUE or self._is_escaped or self._tail.endswith("$"):
            if not _PLAIN.fullmatch(value):
                raise Unquotable("it stands where the shell would read its characters as code")
            return value
        if frame.place is _Place.BARE:
            return shlex.quote(value)
        inside = value if frame.inner is None else frame.inner._escaped(value)
        if frame.place is _Place.SINGLE:
            return inside.replace("'", "'\"'\"'")
        return _SPECIAL_IN_DOUBLE.sub(r"\\\1", inside)

    def _take_note(self, character: str) -> None:
        """Remember a character that means nothing to whatever follows it."""
        self._is_escaped = False
        self._tail = self._tail[-_TAIL:] + character
        inner = self._frames[-1].inner
        if inner is not None:
            inner._take_note(character)

    def _follow(self, character: str) -> None:
        frame = self._frames[-1]
        if self._is_escaped:
            self._follow_escaped(character, frame)
        elif character == "\\" and frame.place not in (_Place.SINGLE, _Place.COMMENT):
            self._is_escaped = True
        else:
            _RULES[frame.place](self, character, frame)
            self._tail = self._tail[-_TAIL:] + character

    def _follow_escaped(self, character: str, frame: _Frame) -> None:
        self._is_escaped = False
        if character == "\n":  # the line goes on as if neither were there
            return
        self._tail = self._tail[-_TAIL:] + "x"
        if frame.inner is not None:
            kept = "" if character in '"\\$`' else "\\"
            for each in kept + character:
                frame.inner._follow(each)

    def _follow_bare(self, character: str, frame: _Frame) -> None:
        if self._tail.endswith("<<") and not self._tail.endswith("<<<") and character != "<":
            self._open(_Place.OPAQUE)
        elif character == frame.end:
            self._frames.pop()
        elif character == "'" and self._tail.endswith("$"):
            self._open(_Place.OPAQUE, "'")
        elif character in "'\"":
            place = _Place.SINGLE if character == "'" else _Place.DOUBLE
            for_shell = _FOR_A_SHELL.search(self._tail) is not None
            self._open(place, character, inner=ShellLine() if for_shell else None)
        elif character == "#" and (not self._tail or self._tail[-1] in _WORD_ENDS):
            self._open(_Place.COMMENT, "\n")
        else:
            self._open_substitution(character)

    def _follow_double(self, character: str, frame: _Frame) -> None:
        if character == frame.end:
            self._frames.pop()
            return
        if not self._open_substitution(character) and frame.inner is not None:
            frame.inner._follow(character)

    def _follow_other(self, character: str, frame: _Frame) -> None:
        if frame.begin and character == frame.begin:
            frame.depth += 1
        elif character == frame.end:
            frame.depth -= 1
            if frame.depth == 0:
                self._frames.pop()
        elif frame.inner is not None:
            frame.inner._follow(character)

    def _open_substitution(self, character: str) -> bool:
        """Begin what a character opens in bare and in doubly quoted text, if it opens anything."""
        before = self._tail[-1:]
        is_bare = self._frames[-1].place is _Place.BARE
        if character == "`":
            self._open(_Place.OPAQUE, "`")
        elif character == "(" and is_bare and before == "(" and len(self._frames) > 1:
            self._frames.pop()
            self._open(_Place.OPAQUE, ")", "(", depth=2)
        elif character == "(" and (is_bare or before == "$"):
            self._open(_Place.BARE, ")")
        elif character in "{[" and before == "$":
            self._open(_Place.OPAQUE, "}" if character == "{" else "]", character)
        else:
            return False
        return True

    def _open(
        self,
        place: _Place,
        end: str = "",
        begin: str = "",
        depth: int = 1,
        inner: ShellLine | None = None,
    ) -> None:
        self._frames.append(_Frame(place, end, begin, depth, inner))


_RULES: Final = {
    _Place.BARE: ShellLine._follow_bare,
    _Place.DOUBLE: ShellLine._follow_double,
    _Place.SINGLE: ShellLine._follow_other,
    _Place.COMMENT: ShellLine._follow_other,
    _Place.OPAQUE: ShellLine._follow_other,
}
