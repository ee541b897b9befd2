"""The exponential moving average of a curve, as TensorBoard draws it."""

from __future__ import annotations

import math
from collections.abc import Sequence


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Return the debiased exponential moving average, `weight` from 0 (as it is) to below 1.

    `s = weight * s + (1 - weight) * value`, divided by `1 - weight ** n` so that it does not begin
    at 0. What is not finite stays as it is and moves nothing.
    """
    smoothed, mean, count = [], 0.0, 0
    for value in values:
        if not math.isfinite(value):
            smoothed.append(value)
            continue
        mean = weight * mean + (1 - weight) * value
        count += 1
        smoothed.append(mean / (1 - weight**count) if weight else value)
    return smoothed
