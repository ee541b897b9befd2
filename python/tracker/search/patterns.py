"""LIKE and ILIKE patterns: `%` is any text, `_` any one character, everything else itself.

There is no escape, as in MLflow. Both engines below SQL's LIKE are avoided where they differ: LIKE
is case-sensitive, which SQLite's own is not, so it becomes a GLOB; ILIKE knows the cases of every
alphabet, which SQLite's own does only of ASCII.
"""

from __future__ import annotations

import re


def as_glob(pattern: str, *, ignore_case: bool = False) -> str:
    """Return SQLite's GLOB that matches the same texts as the pattern."""
    wildcards = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
    parts = []
    for character in pattern:
        either = _cases(character) if ignore_case else character
        parts.append(wildcards.get(character) or (f"[{either}]" if len(either) > 1 else either))
    return "".join(parts)


def as_regex(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Return the regular expression whose `fullmatch` agrees with `as_glob`."""
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


def _regex_of(character: str, ignore_case: bool) -> str:
    if character == "_":
        return "."
    either = _cases(character) if ignore_case else character
    return f"[{either}]" if len(either) > 1 else re.escape(character)
