"""Text of a filter -> tokens with their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tracker.errors import FilterError

MAX_LENGTH: Final = 100_000
"""Characters in a filter; a thousand run ids in one IN list take about 36,000."""

KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE"})

_BACKTICKS = r"`(?:[^`]|``)*`"
# A backslash or a doubled quote keeps a string open, and both stay in the text as they are: this
# is what MLflow does. Whoever needs a quote in a text writes it between quotes of the other kind.
_SINGLE = r"'(?:[^'\\]|\\'|\\|'')*'"
_DOUBLE = r'"(?:[^"\\]|\\"|\\|"")*"'
# Possessive throughout: a number never gives digits back, so no text takes quadratic time.
_DIGITS = r"(?:\d++(?:\.\d*+)?+|\.\d++)"

_TOKEN = re.compile(
    rf"""
    (?P<name> (?P<first> {_BACKTICKS} | [^\W\d]\w* )
              (?: \. (?: (?P<bare> [\w.]+ )
                       | (?P<quoted> {_BACKTICKS} | {_SINGLE} | {_DOUBLE} )
                         (?: \. (?P<summary> \w+ ) )? ) )? )
  | (?P<string> {_SINGLE} | {_DOUBLE} )
  | (?P<number> {_DIGITS} (?: [eE] [+-]? \d++ )?+ (?! [\w.] ) )
  | (?P<duration> (?: {_DIGITS} (?> ms | [smhdw] ) )++ (?! [\w.] ) )
  | (?P<operator> [<>=!~]+ )
  | (?P<punctuation> [(),] )
  | (?P<other> [.\d] [\w.]* | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"\s*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class TokenKind(Enum):
    """What a token is. `OTHER` is anything that has no meaning of its own, `-` among them."""

    NAME = auto()
    KEYWORD = auto()
    STRING = auto()
    NUMBER = auto()
    DURATION = auto()
    OPERATOR = auto()
    PUNCTUATION = auto()
    OTHER = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a filter, `column` counted from 1.

    `text` is as written; keywords have it in upper case in `word`. A name comes apart into `first`
    (`metrics` of ``metrics.`a b`.max``), `rest` (`a b`), whether that was `quoted`, and `summary`.
    """

    kind: TokenKind
    text: str
    column: int
    word: str = ""
    first: str = ""
    rest: str | None = None
    quoted: bool = False
    summary: str | None = None

    @property
    def end(self) -> int:
        """The column right after the token."""
        return self.column + len(self.text)

    @property
    def content(self) -> str:
        """The text of a string without its quotes."""
        return self.text[1:-1]


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a filter, the last one an END. Raises FilterError."""
    _check_text(text)
    tokens = []
    position = _skip_space(text, 0)
    while position < len(text):
        token = _next_token(text, position)
        tokens.append(token)
        position = _skip_space(text, token.end - 1)
    tokens.append(Token(TokenKind.END, "", len(text) + 1))
    return tokens


def unquote(text: str) -> str:
    """Return a name without the backticks or quotes around it."""
    return text[1:-1] if text[:1] in ("`", "'", '"') else text


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise FilterError(
            f"the text is {len(text)} characters long; up to {MAX_LENGTH} can be searched for",
            text=text,
            column=MAX_LENGTH + 1,
        )
    if broken := _SURROGATE.search(text):
        raise FilterError(
            "half a surrogate pair is not a character", text=text, column=broken.start() + 1
        )


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match is not None
    return match.end()


def _next_token(text: str, position: int) -> Token:
    match = _TOKEN.match(text, position)
    assert match is not None
    found, column = match.group(), position + 1
    kind = match.lastgroup
    if match["name"] is not None:
        return _name_token(match, column)
    if kind == "other" and found in ("'", '"', "`"):
        raise FilterError(f"the {found} opened here is never closed", text=text, column=column)
    return Token(TokenKind[str(kind).upper()], found, column)


def _name_token(match: re.Match[str], column: int) -> Token:
    text = match.group()
    if text.upper() in KEYWORDS:
        return Token(TokenKind.KEYWORD, text, column, word=text.upper())
    quoted = match["quoted"]
    return Token(
        TokenKind.NAME,
        text,
        column,
        first=unquote(match["first"]),
        rest=match["bare"] if quoted is None else unquote(quoted),
        quoted=quoted is not None,
        summary=match["summary"],
    )
