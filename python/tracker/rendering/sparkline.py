"""A curve in the height of a line of text: as block characters and as an SVG path.

Both take the points of one metric in step order. What is not finite leaves a gap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one metric, `steps` and `values` of equal length, in step order."""

    steps: Sequence[int]
    values: Sequence[float]

    @property
    def is_drawable(self) -> bool:
        """Whether there are two finite points, the least that makes a line."""
        return sum(map(math.isfinite, self.values)) >= 2


def blocks(curve: Curve, width: int = 16) -> str:
    """Return at most `width` block characters, each the mean of the points it stands for."""
    if not curve.is_drawable:
        return ""
    low, high = _range(curve.values)
    size = len(curve.values)
    cells = min(width, size)
    text = ""
    for cell in range(cells):
        part = curve.values[cell * size // cells : (cell + 1) * size // cells]
        finite = [value for value in part if math.isfinite(value)]
        text += _block(_mean(finite), low, high) if finite else " "
    return text


def _mean(values: Sequence[float]) -> float:
    # Divided first: the sum of two large values may be infinite.
    return sum(value / len(values) for value in values)


def _block(value: float, low: float, high: float) -> str:
    return BLOCKS[round(_share(value, low, high) * (len(BLOCKS) - 1))]


def svg_path(curve: Curve, width: float, height: float) -> str:
    """Return the `d` of a path inside `width` x `height`, y pointing down; "" if not drawable."""
    if not curve.is_drawable:
        return ""
    xs = _places(curve)
    low, high = _range(curve.values)
    words: list[str] = []
    pen_down = False
    for x, value in zip(xs, curve.values, strict=True):
        if math.isfinite(value):
            y = height * (1 - _share(value, low, high))
            # The empty stroke makes a dot of a point that stands alone between gaps.
            words.append(
                f"L{width * x:.1f} {y:.1f}" if pen_down else f"M{width * x:.1f} {y:.1f}l0 0"
            )
        pen_down = math.isfinite(value)
    return "".join(words)


def end_point(curve: Curve, width: float, height: float) -> tuple[float, float]:
    """Return where the last finite point of a drawable curve lies in the same picture."""
    low, high = _range(curve.values)
    drawn = zip(_places(curve), curve.values, strict=True)
    x, value = [(x, value) for x, value in drawn if math.isfinite(value)][-1]
    return width * x, height * (1 - _share(value, low, high))


def _places(curve: Curve) -> list[float]:
    """Return each point's place from 0 to 1: by step, or by order where the steps do not grow."""
    first, last = curve.steps[0], curve.steps[-1]
    if last > first:
        return [(step - first) / (last - first) for step in curve.steps]
    size = max(1, len(curve.values) - 1)
    return [index / size for index in range(len(curve.values))]


def _range(values: Sequence[float]) -> tuple[float, float]:
    finite = [value for value in values if math.isfinite(value)]
    return min(finite), max(finite)


def _share(value: float, low: float, high: float) -> float:
    """Return where the value lies between low (0) and high (1); the middle where they are one."""
    # Halved, because the distance between two finite floats may be infinite.
    span = high / 2 - low / 2
    if span == 0:
        return 0.5
    return min(1.0, max(0.0, (value / 2 - low / 2) / span))
