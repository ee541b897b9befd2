"""LIKE and ILIKE patterns: `%` is any text, `_` any one character, everything else itself.

There is no escape, as in MLflow. SQLite's own LIKE ignores the case of ASCII letters only. So LIKE
becomes a GLOB, which is case-sensitive, and ILIKE beyond ASCII a GLOB that lists both cases.
"""

from __future__ import annotations

import re
from typing import Final

_WILDCARDS: Final = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}


def as_sql_pattern(pattern: str, *, ignore_case: bool = False) -> tuple[str, str]:
    """Return the operator of SQLite, and its pattern, that match what the pattern matches."""
    if ignore_case and pattern.isascii():
        return "LIKE", pattern
    return "GLOB", "".join(_glob_of(character, ignore_case) for character in pattern)


def as_regex(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Return the regular expression whose `fullmatch` agrees with `as_sql_pattern`."""
    pieces = re.split("%+", pattern)
    last = len(pieces) - 1
    text = ""
    for number, piece in enumerate(pieces):
        body = "".join(_regex_of(character, ignore_case) for character in piece)
        if number == 0:
            text += body
        elif number == last:
            text += f".*{body}"
        else:
            # Atomic: the first place where a middle piece fits is as good as any later one, and
            # without going back no pattern takes more than quadratic time.
            text += f"(?>.*?{body})"
    return re.compile(text, re.DOTALL)


def _cases(character: str) -> str:
    """Return the character and its other cases; of ASCII letters only those in ASCII."""
    upper, lower = character.upper(), character.lower()
    forms = {character, upper, lower, lower.upper(), upper.lower(), character.title()}
    single = sorted(form for form in forms if len(form) == 1)
    if character.isascii():
        single = [form for form in single if form.isascii()]
    return "".join(single)


def _glob_of(character: str, ignore_case: bool) -> str:
    either = _cases(character) if ignore_case else character
    return _WILDCARDS.get(character) or (f"[{either}]" if len(either) > 1 else either)


def _regex_of(character: str, ignore_case: bool) -> str:
    if character == "_":
        return "."
    either = _cases(character) if ignore_case else character
    return f"[{either}]" if len(either) > 1 else re.escape(character)
