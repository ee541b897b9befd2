"""What every answer is made of: numbers and errors."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

Number = float | Literal["NaN", "Infinity", "-Infinity"]
"""JSON has no NaN; the three special floats travel as MLflow writes them."""


class ErrorAnswer(TypedDict):
    error_code: str
    message: str
    column: NotRequired[int]
    """Of a filter that cannot be understood: the 1-based place of the offending word."""
