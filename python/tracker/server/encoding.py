"""Answers as text. Apart from `wire`, whose shapes no server needs before it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping


def encode(answer: Mapping[str, object]) -> str:
    """Return the answer as JSON text. Raises ValueError for a NaN that did not become text."""
    return json.dumps(answer, allow_nan=False, separators=(",", ":"))
