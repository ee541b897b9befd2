"""What every answer is made of: numbers, errors, text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

Number = float | Literal["NaN", "Infinity", "-Infinity"]
"""JSON has no NaN; the three special floats travel as MLflow writes them."""


class ErrorAnswer(TypedDict):
    error_code: str
    message: str
    column: NotRequired[int]
    """Of a filter that cannot be understood: the 1-based place of the offending word."""


def encode(answer: Mapping[str, object]) -> str:
    """Return the answer as JSON text. Raises ValueError for a NaN that did not become text."""
    return json.dumps(answer, allow_nan=False, separators=(",", ":"))
