"""The right side of a comparison: tokens -> numbers, times, durations and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker.errors import FilterError
from tracker.search.fields import found
from tracker.search.lexer import Token, TokenKind, unquote
from tracker.search.syntax import Field, Kind, Moment, Value, ValueType

MAX_PATTERN: Final = 2_000
"""Characters in the pattern of a LIKE: the engine below refuses much longer ones."""
MAX_LIST: Final = 10_000
"""Values in all lists of a filter together; SQLite binds up to 32,766."""

_MS_OF_UNIT: Final = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}
_MILLISECOND: Final = timedelta(milliseconds=1)
_MAX_DURATION: Final = 10_000 * 366 * 86_400_000
_DURATION_PART = re.compile(r"([\d.]+)(ms|[smhdw])")
_INT64: Final = 2**63
# Longer than this, a number is a float; int() would take quadratic time.
_INT_DIGITS: Final = 19


class Tokens:
    """A cursor over the tokens of one filter; `listed` counts the values in its lists."""

    def __init__(self, tokens: list[Token], text: str) -> None:
        self._tokens = tokens
        self._position = 0
        self.text = text
        self.listed = 0

    @property
    def next(self) -> Token:
        """The token that comes next; at the end it is END for ever."""
        return self._tokens[self._position]

    @property
    def after_next(self) -> Token:
        """The token after the next one."""
        return self._tokens[min(self._position + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and move past it."""
        token = self.next
        if token.kind is not TokenKind.END:
            self._position += 1
        return token

    def take_word(self, *words: str) -> bool:
        """Move past these keywords or marks if they come next, in this order."""
        coming = self._tokens[self._position : self._position + len(words)]
        if tuple(token.word or token.text for token in coming) != words:
            return False
        self._position += len(words)
        return True

    def error(self, message: str, token: Token | None = None) -> FilterError:
        """Return an error about a token, the next one if none is given."""
        return FilterError(message, text=self.text, column=(token or self.next).column)


def parse_value(tokens: Tokens, field: Field, value_type: ValueType, operator: str) -> Value:
    """Take the value that follows an operator. Raises FilterError."""
    if operator in ("IN", "NOT IN"):
        return _parse_list(tokens, field, operator)
    if value_type is not ValueType.TEXT:
        return _PARSERS[value_type](tokens, operator)
    token = tokens.next
    return _check_text(tokens, field, operator, token, _parse_text(tokens, operator))


def _parse_text(tokens: Tokens, after: str) -> str:
    token = tokens.next
    if token.kind is TokenKind.STRING:
        return tokens.take().content
    message = f"expected a text in quotes after {after}, found {found(token)}"
    if token.kind in (TokenKind.NAME, TokenKind.NUMBER, TokenKind.DURATION):
        message += f"; write '{unquote(token.text)[:40]}'"
    raise tokens.error(message)


def _check_text(tokens: Tokens, field: Field, operator: str, token: Token, value: str) -> str:
    if field.kind is Kind.ATTRIBUTE and field.key == "experiment_id":
        if not (value.isascii() and value.isdecimal()):
            raise tokens.error(f"an experiment_id is a whole number, found {found(token)}", token)
        return value.lstrip("0") or "0"
    if operator.endswith("LIKE"):
        if len(value) > MAX_PATTERN:
            message = f"the pattern is {len(value)} characters long, up to {MAX_PATTERN} work"
            raise tokens.error(message, token)
        if "\0" in value:
            raise tokens.error("a pattern cannot contain the character NUL", token)
    return value


def _parse_list(tokens: Tokens, field: Field, operator: str) -> tuple[str, ...]:
    if not tokens.take_word("("):
        raise tokens.error(
            f"expected a list such as ('a', 'b') after {operator}, found {found(tokens.next)}"
        )
    values: list[str] = []
    while not (values and tokens.take_word(")")):
        token = tokens.next
        value = _parse_text(tokens, "," if values else "(")
        # MLflow reads lists as Python would, single texts it does not: what differs is refused.
        if "\\" in value or token.text[0] in value:
            message = f"in a list {found(token)} is ambiguous; use = and OR for such a text"
            raise tokens.error(message, token)
        values.append(_check_text(tokens, field, operator, token, value))
        tokens.listed += 1
        if tokens.listed > MAX_LIST:
            raise tokens.error(f"more than {MAX_LIST} values in lists", token)
        if not tokens.take_word(",") and tokens.next.text != ")":
            raise tokens.error(f"expected , or ) in the list, found {found(tokens.next)}")
    return tuple(values)


def _parse_number(tokens: Tokens, after: str) -> float:
    number = _take_number(tokens)
    if number is None:
        raise tokens.error(f"expected a number after {after}, found {found(tokens.next)}")
    return float(number)


def _take_number(tokens: Tokens) -> int | float | None:
    sign, token = "", tokens.next
    if token.text == "-" and tokens.after_next.column == token.end:
        sign, token = "-", tokens.after_next
    if token.kind is not TokenKind.NUMBER:
        return None
    if sign:
        tokens.take()
    digits = sign + tokens.take().text
    if token.text.isdecimal() and len(token.text) <= _INT_DIGITS:
        whole = int(digits)
        return whole if -_INT64 <= whole < _INT64 else float(whole)
    return float(digits)


def _parse_time(tokens: Tokens, after: str) -> int | float | Moment:
    number = _take_number(tokens)
    if number is not None:
        return number
    token = tokens.next
    if token.kind is TokenKind.STRING:
        return _parse_date(tokens, tokens.take())
    if token.kind is TokenKind.NAME and token.text.lower() == "now":
        tokens.take()
        return Moment(_parse_offset(tokens))
    raise tokens.error(
        f"expected a time after {after}, found {found(token)}; write ms since 1970, a date such "
        "as '2026-11-20' or '2026-11-20T14:30:00+01:00', or now - 7d"
    )


def _parse_date(tokens: Tokens, token: Token) -> int:
    try:
        date = datetime.fromisoformat(token.content.strip())
    except ValueError:
        raise tokens.error(
            f"{found(token)} is not a date; write it as '2026-11-20' or '2026-11-20T14:30:00'",
            token,
        ) from None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return (date - datetime(1970, 1, 1, tzinfo=UTC)) // _MILLISECOND


def _parse_offset(tokens: Tokens) -> int:
    sign = {"-": -1, "+": 1}.get(tokens.next.text)
    if sign is None:
        return 0
    return sign * _parse_duration(tokens, f"now {tokens.take().text}")


def _parse_duration(tokens: Tokens, after: str) -> int:
    token = tokens.next
    if token.kind is not TokenKind.DURATION:
        message = f"expected a duration such as 90s, 10m, 2h or 7d after {after}"
        raise tokens.error(f"{message}, found {found(token)}")
    parts = _DURATION_PART.findall(tokens.take().text)
    total = sum(float(amount) * _MS_OF_UNIT[unit] for amount, unit in parts)
    if total >= _MAX_DURATION:
        raise tokens.error(f"{found(token)} is longer than all of history", token)
    return round(total)


_PARSERS: Final[Mapping[ValueType, Callable[[Tokens, str], Value]]] = {
    ValueType.NUMBER: _parse_number,
    ValueType.TIME: _parse_time,
    ValueType.DURATION: _parse_duration,
}
