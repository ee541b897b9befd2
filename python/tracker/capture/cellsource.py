"""IPython's additions to Python inside a cell: where they are, and the cell without them.

`find_specials` lists magics, shell lines and help requests; `plain_python` gives a text of as many
lines, with every other character at its old line and column, that `ast` can parse.
Nothing here imports IPython, so that a notebook can be read where there is none.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["magic", "shell", "help", "call"]

# Cell magics whose body runs as Python in the notebook's own namespace.
PYTHON_CELL_MAGICS = frozenset({"track", "time", "capture", "prun"})

_NEWLINE = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"'''|\"\"\"|['\"]|[()\[\]{}]|#|\\")
_ASSIGN = re.compile(
    r"^(?P<target>[^\W\d][\w.,\s\[\]'\"*]*?)\s*=\s*(?P<escape>[%!])(?P<text>.*)$", re.S
)
_HELP_END = re.compile(r"^%{0,2}[^\W\d][\w.*]*(?:\[[^\]]*\][\w.]*)*\?\??\s*$")
_MAGIC = re.compile(r"^(%{1,2})\s*([^\s(]*)\s*(.*)$", re.S)
_AUTOMAGIC = re.compile(
    r"^(pip|conda|mamba|uv|cd|ls|ll|mkdir|rmdir|rm|cp|mv|cat|less|more|man|load_ext|reload_ext"
    r"|autoreload|matplotlib|pylab|run|time|timeit|env|config|store|who|whos|reset|history)"
    r"\s+(?![=.(\[,:)\]+*/|&^<>@]|-\s|-=|in\b|is\b|and\b|or\b|if\b|not\b).+$",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Special:
    """One logical line that only IPython understands.

    `line` and `end_line` count from 1 and both belong to it. `name` is the magic's name (empty for
    the other kinds), `text` what follows it, continued lines joined; `target` is what an assignment
    such as `files = !ls` binds, else empty. `indent` is the white space in front.
    """

    kind: Kind
    line: int
    end_line: int
    indent: str
    name: str
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class CellMagic:
    """The `%%name arguments` in a cell's first line, and the line (from 1) it stands on."""

    name: str
    arguments: str
    line: int


def split_lines(source: str) -> list[str]:
    """Lines without their ends, cut where Python cuts them (not where `str.splitlines` does)."""
    return _NEWLINE.split(source)


def cell_magic(source: str) -> CellMagic | None:
    """The cell magic that governs the whole cell, or None."""
    for number, line in enumerate(split_lines(source), start=1):
        if not line.strip():
            continue
        match = _MAGIC.match(line.strip())
        if match and match[1] == "%%" and match[2]:
            return CellMagic(match[2], match[3].strip(), number)
        return None
    return None


def runs_python(source: str) -> bool:
    """Whether the cell's body is Python: it has no cell magic, or one such as `%%time`."""
    magic = cell_magic(source)
    return magic is None or magic.name in PYTHON_CELL_MAGICS


def find_specials(source: str) -> list[Special]:
    """Every magic, shell line and help request outside strings and brackets, in order."""
    lines = split_lines(source)
    magic = cell_magic(source)
    first = magic.line if magic else 0
    found = list(_scan(lines, first))
    if _parses(_blank(lines, found, first)):
        return found
    # Only a cell that is no Python otherwise can hold magics without their `%`.
    return list(_scan(lines, first, automagic=True))


def plain_python(source: str) -> str:
    """The cell as Python with the same lines and columns; specials become `pass`.

    `%time f(x)` keeps `f(x)` in its place, `files = !ls` becomes `files = ...`. The body of a cell
    magic that is no Python (`%%bash`) becomes empty lines. Line ends become `\\n`. The answer may
    still be no valid Python if the cell is not.
    """
    lines = split_lines(source)
    magic = cell_magic(source)
    if magic is not None and magic.name not in PYTHON_CELL_MAGICS:
        return "\n" * (len(lines) - 1)
    return _blank(lines, find_specials(source), magic.line if magic else 0)


def lines_inside_strings(code: str) -> frozenset[int]:
    """Numbers, from 1, of the lines that begin inside a string literal of Python code."""
    depth, quote, inside = 0, "", set()
    for number, line in enumerate(split_lines(code), start=1):
        if quote:
            inside.add(number)
        depth, quote, _ = _lex(line, depth, quote)
    return frozenset(inside)


def _blank(lines: list[str], specials: list[Special], first: int) -> str:
    plain = [""] * first + lines[first:]
    for special in specials:
        plain[special.line - 1] = _substitute(lines[special.line - 1], special)
        for index in range(special.line, special.end_line):
            plain[index] = ""
    return "\n".join(plain)


def _substitute(line: str, special: Special) -> str:
    if special.target:
        return f"{special.indent}{special.target} = ..."
    if special.kind == "magic" and special.name == "time" and special.line == special.end_line:
        start = line.rfind(special.text) if special.text else 0
        head = f"{special.indent}pass;"
        if start >= len(head) and _parses("pass;" + special.text):
            return head.ljust(start) + line[start:]
    return special.indent + "pass"


def _scan(lines: list[str], first: int, *, automagic: bool = False) -> Iterator[Special]:
    depth, quote, continued = 0, "", False
    index = first
    while index < len(lines):
        if not (depth or quote or continued):
            end = index
            special = _special(lines, index, automagic)
            if special is not None:
                yield special
                index = special.end_line
                continue
            index = end
        depth, quote, continued = _lex(lines[index], depth, quote)
        index += 1


def _special(lines: list[str], index: int, automagic: bool) -> Special | None:
    line = lines[index]
    body = line.lstrip()
    indent = line[: len(line) - len(body)]
    if not body or body[0] == "#":
        return None
    if _HELP_END.match(body):
        return Special("help", index + 1, index + 1, indent, "", body.strip())
    assign = _ASSIGN.match(body)
    is_automagic = automagic and _AUTOMAGIC.match(body) is not None
    if not (body[0] in "%!?,;/" or is_automagic or assign):
        return None
    text, end = _continued(lines, index, len(indent))
    if assign:
        joined = _ASSIGN.match(text)
        if joined is not None:
            return _classified(
                index, end, indent, joined["escape"] + joined["text"], assign["target"]
            )
    return _classified(index, end, indent, ("%" + text) if is_automagic else text, "")


def _classified(index: int, end: int, indent: str, text: str, target: str) -> Special:
    if text.startswith("!"):
        return Special("shell", index + 1, end, indent, "", text.lstrip("!").strip(), target)
    if text.startswith("?"):
        return Special("help", index + 1, end, indent, "", text.strip())
    match = _MAGIC.match(text)
    if match is None:
        return Special("call", index + 1, end, indent, "", text.strip())
    return Special("magic", index + 1, end, indent, match[2], match[3].strip(), target)


def _continued(lines: list[str], index: int, start: int) -> tuple[str, int]:
    """The logical line from column `start`, backslashes joined, and the line after its last."""
    parts = [lines[index][start:]]
    while parts[-1].endswith("\\") and index + 1 < len(lines):
        parts[-1] = parts[-1][:-1]
        index += 1
        parts.append(lines[index].lstrip())
    return "".join(parts), index + 1


def _lex(line: str, depth: int, quote: str) -> tuple[int, str, bool]:
    """Bracket depth, open quote and trailing backslash after `line`."""
    position = 0
    while position < len(line):
        if quote:
            position, quote = _through_string(line, position, quote)
            continue
        match = _TOKEN.search(line, position)
        if match is None:
            break
        token, position = match[0], match.end()
        if token == "#":
            break
        if token[0] in "'\"":
            quote = token
        elif token == "\\":
            if position == len(line):
                return depth, "", True
        else:
            depth = depth + 1 if token in "([{" else max(0, depth - 1)
    if len(quote) == 1 and not line.endswith("\\"):
        quote = ""
    return depth, quote, False


def _through_string(line: str, position: int, quote: str) -> tuple[int, str]:
    while position < len(line):
        if line[position] == "\\":
            position += 2
        elif line.startswith(quote, position):
            return position + len(quote), ""
        else:
            position += 1
    return position, quote


def parse(source: str) -> ast.Module | None:
    """The syntax tree of Python text, or None if it is not Python that `ast` can take."""
    with warnings.catch_warnings():
        # Python has already warned the user about odd escapes when the cell ran.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _parses(source: str) -> bool:
    return parse(source) is not None
