"""How values read to a person: numbers, durations, states, and text that may be hostile.

Whatever comes from a store passes through `clean` before anybody sees it: names and values are
other people's data, and neither a terminal escape nor a bidirectional override may reorder what
stands next to them.
"""

from __future__ import annotations

import math
import re

from tracker.entities import RunStatus

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_WHITESPACE = re.compile(r"\s+")

STATE_WORDS = {
    RunStatus.RUNNING: "running",
    RunStatus.SCHEDULED: "scheduled",
    RunStatus.FINISHED: "finished",
    RunStatus.FAILED: "failed",
    RunStatus.KILLED: "killed",
}


def clean(text: str, limit: int) -> str:
    """Return `text` on one line, without control characters, at most `limit` characters long."""
    # Only a little more than the limit is looked at: values may be megabytes long.
    line = _WHITESPACE.sub(" ", _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text[: 4 * limit]))
    line = line.strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def verbatim(line: str, limit: int) -> str:
    """Return a line of output with its blanks as they are, without control characters."""
    shown = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", line[: 4 * limit].expandtabs())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def printable(text: str) -> str:
    """Return a line of code as it is, but for characters that a screen would act on."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def state_word(status: str) -> str:
    """Return the state as a word; one that is not known reads as it is stored."""
    try:
        return STATE_WORDS[RunStatus(status)]
    except ValueError:
        return clean(status.lower(), 20)


def number(value: float) -> str:
    """Return about four significant digits, whole numbers in full while they are short."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == int(value) and abs(value) < 1e7:
        return str(int(value))
    if 1e-3 <= abs(value) < 1e7:
        digits = max(0, 3 - math.floor(math.log10(abs(value))))
        return _trimmed(f"{value:.{digits}f}")
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{_trimmed(mantissa)}e{int(exponent)}"


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def duration(milliseconds: int) -> str:
    """Return a time span in the two units that say the most."""
    seconds = max(0, milliseconds) / 1000
    if seconds < 0.9995:
        return f"{round(seconds * 1000)} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24} h"


def age(milliseconds: int, now: int) -> str:
    """Return how long ago a time was, in the one unit that says the most."""
    seconds = max(0, now - milliseconds) // 1000
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"
