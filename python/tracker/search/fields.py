"""The left side of a comparison, and what an order sorts by: a name token -> a `Field`."""

from __future__ import annotations

from typing import Final

from tracker.errors import FilterError
from tracker.search.lexer import Token, TokenKind
from tracker.search.syntax import Field, Kind
from tracker.search.vocabulary import (
    DATASET_KEYS,
    SUMMARIES,
    Vocabulary,
    nearest,
    one_of,
)

# `metrics.x` is the last value already: one suffix fewer that could hide a metric's own name.
_SUFFIXES: Final = tuple(summary for summary in SUMMARIES if summary != "last")


def parse_field(token: Token, text: str, vocabulary: Vocabulary) -> Field:
    """Return the field a token names. Raises FilterError."""
    if token.kind is TokenKind.STRING and token.text.startswith('"'):
        return _attribute(token.content, token, text, vocabulary)
    if token.kind is not TokenKind.NAME:
        raise _not_a_field(token, text, vocabulary)
    if token.rest is None:
        return _attribute(token.first, token, text, vocabulary)
    kind = vocabulary.prefixes.get(token.first)
    if kind is None:
        raise _unknown_prefix(token, text, vocabulary)
    if kind is Kind.METRIC:
        return _metric(token, text)
    if token.summary is not None:
        raise FilterError(
            f"expected an operator after {short(token.text.rpartition('.')[0])}",
            text=text,
            column=token.end - len(token.summary) - 1,
        )
    if kind is Kind.ATTRIBUTE:
        return _attribute(token.rest, token, text, vocabulary)
    if kind is Kind.DATASET and token.rest not in DATASET_KEYS:
        raise FilterError(
            f"a dataset is searched by its {one_of(DATASET_KEYS)}, not by '{short(token.rest)}'"
            + nearest(token.rest, DATASET_KEYS),
            text=text,
            column=token.column,
        )
    return Field(kind, token.rest)


def _attribute(name: str, token: Token, text: str, vocabulary: Vocabulary) -> Field:
    proper = vocabulary.attribute(name)
    if proper is not None:
        return Field(Kind.ATTRIBUTE, proper)
    if token.rest is None and name in vocabulary.prefixes:
        message = f"a name must follow '{name}.', with no space before it"
    else:
        message = f"there is no attribute '{short(name)}'"
        message += nearest(name, vocabulary.attributes) or _where_else(name, vocabulary)
    raise FilterError(message, text=text, column=token.column)


def _where_else(name: str, vocabulary: Vocabulary) -> str:
    proper = one_of(vocabulary.attributes)
    if Kind.PARAM not in vocabulary.prefixes.values():
        return f"; there are {proper}, and tags as tags.{short(name)}"
    name = short(name)
    return f"; write params.{name}, metrics.{name} or tags.{name}, or one of {proper}"


def _metric(token: Token, text: str) -> Field:
    assert token.rest is not None
    if token.quoted:
        if token.summary is None or token.summary in _SUFFIXES:
            return Field(Kind.METRIC, token.rest, token.summary or "last")
        raise FilterError(
            f"a metric has no '{short(token.summary)}', but {one_of(_SUFFIXES)}"
            + nearest(token.summary, _SUFFIXES),
            text=text,
            column=token.end - len(token.summary),
        )
    key, dot, suffix = token.rest.rpartition(".")
    if key and dot and suffix in _SUFFIXES:
        return Field(Kind.METRIC, key, suffix)
    return Field(Kind.METRIC, token.rest)


def _unknown_prefix(token: Token, text: str, vocabulary: Vocabulary) -> FilterError:
    kinds = dict.fromkeys(vocabulary.prefixes.values())
    usual = [f"{_usual_prefix(kind, vocabulary)}." for kind in kinds]
    hint = nearest(token.first, vocabulary.prefixes) or f"; names start with {one_of(usual)}"
    return FilterError(
        f"'{short(token.first)}.' is no prefix{hint}", text=text, column=token.column
    )


def _usual_prefix(kind: Kind, vocabulary: Vocabulary) -> str:
    words = [word for word, meaning in vocabulary.prefixes.items() if meaning is kind]
    return next((word for word in words if word.endswith("s")), words[0])


def _not_a_field(token: Token, text: str, vocabulary: Vocabulary) -> FilterError:
    message = f"expected a condition such as {vocabulary.example}, found {found(token)}"
    if token.kind is TokenKind.STRING:
        message += "; a name goes without quotes or in backticks, and stands on the left"
    return FilterError(message, text=text, column=token.column)


def found(token: Token) -> str:
    """Return how a message calls a token."""
    if token.kind is TokenKind.END:
        return "the end"
    return short(token.text) if token.kind is TokenKind.STRING else f"'{short(token.text)}'"


def short(text: str) -> str:
    """Return what fits into a message of a text that may be very long."""
    return text if len(text) <= 40 else text[:39] + "…"
