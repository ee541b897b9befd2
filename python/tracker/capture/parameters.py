"""Parameters in source: the literals that a cell assigns at its top level, and giving them others.

    alpha = 0.1  # mixing strength      ->  Parameter("alpha", 0.1, "float", help="mixing strength")
    override(source, {"alpha": "0.5"})  ->  the same text with 0.5 where 0.1 stood

A name is a parameter if everything that binds it is a plain literal at the top level of the cell.
What is counted up, looped over, bound again by other code, or changed in place (`n += 1`,
`history.append(...)`) is the program's own state; a name with a leading underscore is private.
Where a name gets several literals, the last one before its first use is meant.

Types are the words that people write in MLproject files (`int`, `float`, `bool`, `string`). MLflow
passes `int` and `bool` through as they are, so a project with them runs there unchanged.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.capture import bindings
from tracker.capture.cellsource import parse, plain_python, split_lines
from tracker.errors import InvalidValue

LONGEST = 500
"""Literals whose text has more characters than this are data, not parameters."""

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_COMMENT = re.compile(r"^[\s;),\]}]*#+\s?(?P<text>.*?)\s*$")
_DIRECTIVE = re.compile(r"^(noqa|type:|pylint:|pragma:|fmt:|nosec|isort:|mypy:)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name and the literal that the source gives it.

    `type` is `int`, `float`, `bool` or `string`; None, complex numbers and containers, whose Python
    type `value` shows, count as `string`. The literal stands from (`line`, `column`) up to but not
    including (`end_line`, `end_column`); lines count from 1, columns are characters from 0. `help`
    is the comment that ends the line.
    """

    name: str
    value: object
    type: str
    line: int
    column: int
    end_line: int
    end_column: int
    help: str = ""

    @property
    def text(self) -> str:
        """The value as a run records it and as `override` takes it: a string is itself."""
        return self.value if isinstance(self.value, str) else repr(self.value)


def find_parameters(source: str) -> list[Parameter]:
    """Parameters of a cell in the order of their places; none if the cell is no Python.

    Magics, shell lines, help requests and top-level `await` may stand anywhere.
    """
    plain = plain_python(source)
    tree = parse(plain)
    if tree is None:
        return []
    lines = split_lines(plain)
    chosen: dict[str, Parameter] = {}
    state = bindings.changing_names(tree)
    uses = bindings.first_uses(tree)
    for name, node, annotation in _assignments(tree):
        if name.startswith("_") or name in state:
            continue
        found = literal_parameter(name, node, lines, annotation)
        used = uses.get(name)
        if found is not None and not (name in chosen and used and used < (node.lineno, 0)):
            chosen[name] = found
    return sorted(chosen.values(), key=lambda found: (found.line, found.column))


def override(source: str, values: Mapping[str, str]) -> str:
    """The source with the literals of `values`' names replaced, all other text kept.

    A value is text: `0.1` for a number, `true` for a bool, a Python literal for a container, and
    for a string just its characters, which get quoted here. A number may replace any number; an
    integer given for a float becomes a float, and `1e3` given for an integer an integer. The value
    that is there already changes no character. Raises InvalidValue for a name that is no parameter
    of this source, for text that does not fit, and for two values for the names of `a = b = 1`.
    """
    parameters = {found.name: found for found in find_parameters(source)}
    edits: dict[tuple[int, int, int, int], tuple[str, str]] = {}
    for name, text in values.items():
        found = parameters.get(name)
        if found is None:
            raise InvalidValue(_unknown(name, list(parameters)))
        place = (found.line, found.column, found.end_line, found.end_column)
        original = _excerpt(source, place)
        new = original if text == found.text else replacement(found, text, original=original)
        first, known = edits.setdefault(place, (name, new))
        if known != new:
            raise InvalidValue(
                f"{first!r} and {name!r} share one literal (line {found.line}: a = b = ...), "
                "so they cannot get different values. Give them an assignment each."
            )
    for place in sorted(edits, reverse=True):
        source = _replace(source, place, edits[place][1])
    return source


def replacement(parameter: Parameter, text: str, *, original: str = "") -> str:
    """The Python literal to put in a parameter's place for the value `text`.

    `original` is the literal's own text; a string keeps its kind of quotes. Raises InvalidValue if
    the text does not fit the parameter's type.
    """
    value = parameter.value
    if isinstance(value, str):
        return _quoted(text, '"' if original.endswith('"') else "'")
    new = convert(parameter, text)
    if isinstance(new, float) and not math.isfinite(new):
        return f'float("{new}")'
    stripped = text.strip()
    if type(new) in (int, float, complex) and _same(_literal_text(stripped), new):
        return stripped
    return repr(new)


def convert(parameter: Parameter, text: str) -> object:
    """The value that `text` means for this parameter; raises InvalidValue if it does not fit."""
    value = parameter.value
    if isinstance(value, str):
        return text
    if isinstance(value, bool):
        return _boolean(parameter, text)
    if isinstance(value, int | float | complex):
        return _number(parameter, value, text)
    parsed = _literal_text(text.strip())
    if value is None:
        return text if parsed is _NOTHING else parsed
    if isinstance(value, list | tuple | set) and isinstance(parsed, list | tuple | set):
        return type(value)(parsed)
    if type(parsed) is not type(value):
        raise _unfit(parameter, f"a Python {type(value).__name__}", text)
    return parsed


_NOTHING = object()


def _boolean(parameter: Parameter, text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise _unfit(parameter, "true or false", text)


def _number(parameter: Parameter, value: complex, text: str) -> object:
    parsed = _literal_text(text.strip())
    if type(parsed) not in (int, float, complex):
        parsed = _plain_number(text)
    if isinstance(parsed, complex) and not isinstance(value, complex):
        parsed = _NOTHING
    if parsed is _NOTHING:
        raise _unfit(parameter, "a number", text)
    if type(value) is int and isinstance(parsed, float) and parsed.is_integer():
        return int(parsed)
    if isinstance(value, float) and isinstance(parsed, int):
        try:
            return float(parsed)
        except OverflowError:
            raise _unfit(parameter, "a number that a float can hold", text) from None
    return parsed


def _plain_number(text: str) -> object:
    """A number that Python's functions read though its grammar does not: `007`, `inf`."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return _NOTHING


def _unfit(parameter: Parameter, expected: str, text: str) -> InvalidValue:
    return InvalidValue(
        f"Parameter {parameter.name!r} takes {expected} (line {parameter.line} has "
        f"{parameter.value!r}), got {text!r}."
    )


def _unknown(name: str, names: list[str]) -> str:
    if not names:
        return (
            f"No parameter {name!r}: this cell assigns no literal at its top level. "
            f"Write `{name} = ...` with a number, a string or a bool in it."
        )
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"No parameter {name!r} in this cell.{hint} There are: {', '.join(names)}."


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _pairs(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            for name, value, _ in _pairs(statement.target, statement.value):
                yield name, value, statement.annotation


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr, None]]:
    if isinstance(target, ast.Name):
        yield target.id, value, None
    elif (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    ):
        for inner, part in zip(target.elts, value.elts, strict=True):
            yield from _pairs(inner, part)


def literal_parameter(
    name: str, node: ast.expr, lines: Sequence[str], annotation: ast.expr | None = None
) -> Parameter | None:
    """The literal at `node` as a parameter, or None where it is none, or empty, or too long.

    `lines` are those of the text that was parsed. An integer that is annotated as a float is one.
    """
    value = literal(node)
    if value is _NOTHING or (isinstance(value, list | tuple | set | dict) and not value):
        return None
    if type(value) is int and isinstance(annotation, ast.Name) and annotation.id == "float":
        value = float(value)
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    found = Parameter(
        name,
        value,
        _type_name(value),
        node.lineno,
        _characters(lines[node.lineno - 1], node.col_offset),
        end_line,
        _characters(lines[end_line - 1], end),
        _help(lines[end_line - 1], end),
    )
    return found if len(found.text) <= LONGEST else None


def _type_name(value: object) -> str:
    names = {bool: "bool", int: "int", float: "float"}
    return names.get(type(value), "string")


def _characters(line: str, offset: int) -> int:
    """`ast` counts columns in bytes of UTF-8."""
    return len(line.encode()[:offset].decode())


def _help(line: str, end: int) -> str:
    match = _COMMENT.match(line.encode()[end:].decode())
    return match["text"] if match and not _DIRECTIVE.match(match["text"]) else ""


def literal(node: ast.expr) -> object:
    """The value of a literal expression, or a private mark that no value is identical to."""
    if isinstance(node, ast.Call):
        return _special_float(node)
    if isinstance(node, ast.Constant):
        return (
            node.value if isinstance(node.value, str | int | float | complex | None) else _NOTHING
        )
    try:
        value = ast.literal_eval(node)
        return value if len(repr(value)) <= LONGEST else _NOTHING
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return _NOTHING


def _special_float(node: ast.Call) -> object:
    """`float("inf")` is how Python writes a number that has no literal."""
    if isinstance(node.func, ast.Name) and node.func.id == "float" and not node.keywords:
        argument = node.args[0] if len(node.args) == 1 else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            try:
                return float(argument.value)
            except ValueError:
                return _NOTHING
    return _NOTHING


def _literal_text(text: str) -> object:
    tree = parse(text)
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return _NOTHING
    return literal(tree.body[0].value)


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


def _quoted(text: str, quote: str) -> str:
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return "\\" + character
    return character if character.isprintable() else repr(character)[1:-1]


def _offset(source: str, line: int, column: int) -> int:
    start = 0
    for match in re.finditer(r"\r\n|\r|\n", source):
        if line == 1:
            break
        line, start = line - 1, match.end()
    return start + column


def _excerpt(source: str, place: tuple[int, int, int, int]) -> str:
    return source[_offset(source, place[0], place[1]) : _offset(source, place[2], place[3])]


def _replace(source: str, place: tuple[int, int, int, int], new: str) -> str:
    start, end = _offset(source, place[0], place[1]), _offset(source, place[2], place[3])
    return source[:start] + new + source[end:]
