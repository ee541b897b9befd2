"""Names and texts as a filter writes them, quoted only where they must be."""

from __future__ import annotations

from functools import lru_cache

from tracker.errors import FilterError
from tracker.search.fields import parse_field
from tracker.search.lexer import TokenKind, tokenize
from tracker.search.parser import operators_of
from tracker.search.syntax import Field, Kind
from tracker.search.vocabulary import RUNS

PREFIXES = {
    Kind.ATTRIBUTE: "attributes",
    Kind.PARAM: "params",
    Kind.METRIC: "metrics",
    Kind.TAG: "tags",
    Kind.DATASET: "datasets",
}
_QUOTES = ("", "`", "'", '"')

__all__ = ["PREFIXES", "operators_of", "read_field", "write_field", "write_text"]


@lru_cache(maxsize=10_000)
def write_field(kind: Kind, key: str) -> str | None:
    """Return what names a field of runs in a filter, None where the grammar has no way to."""
    for quote in _QUOTES:
        text = f"{PREFIXES[kind]}.{quote}{key}{quote}"
        if read_field(text) == Field(kind, key):
            return text
    return None


def read_field(text: str) -> Field | None:
    """Return the field of runs that a text names, None where it is no name of one."""
    try:
        tokens = tokenize(text)
        if len(tokens) != 2 or tokens[0].text != text:
            return None
        return parse_field(tokens[0], text, RUNS)
    except FilterError:
        return None


def write_text(text: str) -> str | None:
    """Return a text as a filter compares with it, None where the grammar has no way to."""
    if text.endswith("\\"):
        return None  # a quote after it would belong to the text
    for quote in ("'", '"'):
        if quote in text:
            continue
        try:
            tokens = tokenize(f"{quote}{text}{quote}")
        except FilterError:
            return None
        if tokens[0].kind is TokenKind.STRING and tokens[0].content == text:
            return tokens[0].text
    return None
