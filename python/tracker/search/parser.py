"""Text -> syntax tree: MLflow's filters, and beyond them OR, NOT, parentheses, dates, durations.

filter     = all ("OR" all)*
all        = unit ("AND" unit)*
unit       = "NOT" unit | "(" filter ")" | comparison
comparison = field operator value | field "IS" ["NOT"] "NULL" | field ["NOT"] "IN" list
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracker.errors import FilterError
from tracker.search.fields import found, parse_field, short
from tracker.search.lexer import Token, TokenKind, tokenize
from tracker.search.syntax import (
    And,
    Comparison,
    Field,
    Kind,
    Node,
    Not,
    Or,
    OrderKey,
    ValueType,
)
from tracker.search.values import Tokens, parse_value
from tracker.search.vocabulary import EXPERIMENTS, RUNS, Vocabulary, one_of

MAX_CONDITIONS: Final = 200
"""Comparisons in a filter."""
MAX_DEPTH: Final = 20
"""Parentheses and NOTs inside each other."""
MAX_ORDER_KEYS: Final = 16
"""Keys to sort by."""

_ORDERED: Final = ("=", "!=", ">", ">=", "<", "<=")
_TEXTUAL: Final = ("=", "!=", "LIKE", "ILIKE")
_MISSPELT: Final = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<="}


def parse_runs_filter(text: str) -> Node | None:
    """Return the tree of a filter on runs, None for the empty one. Raises FilterError."""
    return _Parser(text, RUNS).parse() if text else None


def parse_experiments_filter(text: str) -> Node | None:
    """Return the tree of a filter on experiments, None for the empty one. Raises FilterError."""
    return _Parser(text, EXPERIMENTS).parse() if text else None


def parse_order_by(order_by: Sequence[str]) -> tuple[OrderKey, ...]:
    """Return what runs are sorted by, ties included: newest first, then by run_id.

    Each text is one key with ASC or DESC. Raises FilterError.
    """
    keys = _parse_order(order_by, RUNS)
    start_time, run_id = Field(Kind.ATTRIBUTE, "start_time"), Field(Kind.ATTRIBUTE, "run_id")
    return _with_ties(keys, OrderKey(start_time, ascending=False), OrderKey(run_id))


def parse_experiments_order_by(order_by: Sequence[str]) -> tuple[OrderKey, ...]:
    """Return what experiments are sorted by, ties included. Raises FilterError."""
    keys = _parse_order(order_by or ("creation_time DESC", "experiment_id ASC"), EXPERIMENTS)
    experiment_id = Field(Kind.ATTRIBUTE, "experiment_id")
    return _with_ties(keys, OrderKey(experiment_id, ascending=False))


class _Parser:
    """Recursive descent, one filter each."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._tokens = Tokens(tokenize(text), text)
        self._vocabulary = vocabulary
        self._conditions = 0

    def parse(self) -> Node:
        node = self._any(0)
        token = self._tokens.next
        if token.kind is not TokenKind.END:
            raise self._tokens.error(f"expected AND or OR, found {found(token)}")
        return node

    def _any(self, depth: int) -> Node:
        operands = [self._all(depth)]
        while self._tokens.take_word("OR"):
            operands.append(self._all(depth))
        return operands[0] if len(operands) == 1 else Or(tuple(operands))

    def _all(self, depth: int) -> Node:
        operands = [self._unit(depth)]
        while self._tokens.take_word("AND"):
            operands.append(self._unit(depth))
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def _unit(self, depth: int) -> Node:
        opening = self._tokens.next
        if depth > MAX_DEPTH:
            raise self._tokens.error(f"parentheses and NOTs go deeper than {MAX_DEPTH}")
        if self._tokens.take_word("NOT"):
            return Not(self._unit(depth + 1))
        if self._tokens.take_word("("):
            node = self._any(depth + 1)
            self._close(opening)
            return node
        return self._comparison()

    def _close(self, opening: Token) -> None:
        if not self._tokens.take_word(")"):
            raise self._tokens.error(
                f"expected AND, OR or the ) that closes column {opening.column}, "
                f"found {found(self._tokens.next)}"
            )

    def _comparison(self) -> Comparison:
        token = self._tokens.next
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise self._tokens.error(f"more than {MAX_CONDITIONS} conditions in one filter")
        field = parse_field(token, self._tokens.text, self._vocabulary)
        self._tokens.take()
        value_type = self._vocabulary.type_of(field)
        operator = self._operator(token, field, value_type)
        if operator.endswith("NULL"):
            return Comparison(field, operator, None)
        value = parse_value(self._tokens, field, value_type, operator)
        return Comparison(field, operator, value)

    def _operator(self, left: Token, field: Field, value_type: ValueType) -> str:
        token = self._tokens.next
        operator = self._take_operator(left)
        possible = _operators(field, value_type, self._vocabulary)
        if operator.removeprefix("NOT ") not in possible:
            message = f"{short(left.text)} can be compared with {one_of(possible)}, not with "
            message += short(operator) + _hint(operator, left, field, value_type)
            raise self._tokens.error(message, token)
        return operator

    def _take_operator(self, left: Token) -> str:
        tokens = self._tokens
        for words in (("IS", "NULL"), ("IS", "NOT", "NULL"), ("IN",), ("LIKE",), ("ILIKE",)):
            if tokens.take_word(*words):
                return " ".join(words)
            if words[0] != "IS" and tokens.take_word("NOT", *words):
                return " ".join(("NOT", *words))
        if tokens.next.kind is TokenKind.OPERATOR:
            return tokens.take().text
        raise tokens.error(_no_operator(left, tokens.next))


def operators_of(field: Field) -> tuple[str, ...]:
    """Return what may follow a field of runs, as it is written."""
    possible = _operators(field, RUNS.type_of(field), RUNS)
    return (*possible, "NOT IN") if "IN" in possible else possible


def _operators(field: Field, value_type: ValueType, vocabulary: Vocabulary) -> tuple[str, ...]:
    if value_type is not ValueType.TEXT:
        return _ORDERED
    if field.key == "experiment_id" and field.kind is Kind.ATTRIBUTE:
        return ("=", "!=", "IN")
    if vocabulary.takes_list(field):
        return (*_TEXTUAL, "IN")
    if field.kind in (Kind.PARAM, Kind.TAG, Kind.EXPERIMENT_TAG):
        return (*_TEXTUAL, "IS NULL", "IS NOT NULL")
    return _TEXTUAL


def _hint(operator: str, left: Token, field: Field, value_type: ValueType) -> str:
    if operator in _MISSPELT:
        return f"; write {_MISSPELT[operator]} instead"
    if operator in _ORDERED and value_type is ValueType.TEXT:
        return "; its values are texts"
    if operator.endswith("NULL") and field.kind is Kind.METRIC:
        return f"; whether a metric was logged: {short(left.text)}.count > 0"
    return ""


def _no_operator(left: Token, token: Token) -> str:
    if token.kind is TokenKind.OTHER and token.column == left.end and left.rest is not None:
        return (
            f"{found(token)} cannot stand in a bare name; put the name in backticks, as in "
            f"{short(left.first)}.`{short(left.rest)}{short(token.text)}…`"
        )
    return f"expected an operator after {short(left.text)}, found {found(token)}"


def _parse_order(order_by: Sequence[str], vocabulary: Vocabulary) -> list[OrderKey]:
    keys: list[OrderKey] = []
    for text in order_by:
        key = _parse_order_key(text, vocabulary)
        if any(key.field == other.field for other in keys):
            raise FilterError(
                f"'{short(text)}' sorts by the same as a key before it", text=text, column=1
            )
        if len(keys) == MAX_ORDER_KEYS:
            raise FilterError(f"more than {MAX_ORDER_KEYS} keys to sort by", text=text, column=1)
        keys.append(key)
    return keys


def _parse_order_key(text: str, vocabulary: Vocabulary) -> OrderKey:
    tokens = Tokens(tokenize(text), text)
    token = tokens.next
    if token.kind is TokenKind.END:
        raise tokens.error("expected a key such as metrics.loss DESC, found the end")
    field = parse_field(token, text, vocabulary)
    if field.kind not in vocabulary.sortable:
        raise tokens.error(f"{short(token.text)} cannot be sorted by")
    tokens.take()
    direction = tokens.next
    if direction.kind is TokenKind.END:
        return OrderKey(field)
    tokens.take()
    if direction.text.upper() not in ("ASC", "DESC") or tokens.next.kind is not TokenKind.END:
        wrong = tokens.next if direction.text.upper() in ("ASC", "DESC") else direction
        hint = "; give several keys as several texts" if wrong.text == "," else ""
        raise tokens.error(f"expected ASC, DESC or the end, found {found(wrong)}{hint}", wrong)
    return OrderKey(field, ascending=direction.text.upper() == "ASC")


def _with_ties(keys: list[OrderKey], *ties: OrderKey) -> tuple[OrderKey, ...]:
    sorted_by = {key.field for key in keys}
    return (*keys, *(tie for tie in ties if tie.field not in sorted_by))
