"""Which runs of a sweep are hopeless: rules that compare a run with the others at one point."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tracker.errors import InvalidValue


@dataclass(slots=True)
class Curve:
    """A metric of one run so far, in the order logged; greater is better, NaN is worst."""

    steps: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, step: int, score: float) -> None:
        """Append a point."""
        self.steps.append(step)
        self.scores.append(-math.inf if math.isnan(score) else score)

    def position(self) -> int:
        """Return how far the run is: its greatest step, or where it logs none its points."""
        return max(self._positions(), default=-1)

    def best_until(self, position: int) -> float:
        """Return the best score up to a position."""
        pairs = zip(self._positions(), self.scores, strict=True)
        return max((score for place, score in pairs if place <= position), default=-math.inf)

    def _positions(self) -> Sequence[int]:
        return self.steps if any(self.steps) else range(len(self.steps))


class StoppingRule(Protocol):
    """Decides whether a run that is going on is worth going on."""

    def is_hopeless(self, curve: Curve, others: Sequence[Curve]) -> bool:
        """Return whether to stop the run of this curve, given those of all other runs."""


@dataclass(frozen=True, slots=True)
class MedianRule:
    """Stops a run whose best so far is worse than the median of the others' at the same step.

    It needs `warmup` points of the run and `others` runs that came as far (Golovin and others,
    Google Vizier, 2017, section 3.2.2).
    """

    warmup: int = 3
    others: int = 3

    def is_hopeless(self, curve: Curve, others: Sequence[Curve]) -> bool:
        """Return whether the run is in the worse half."""
        if len(curve.scores) < self.warmup:
            return False
        position = curve.position()
        peers = [other.best_until(position) for other in others if other.position() >= position]
        return len(peers) >= self.others and curve.best_until(position) < statistics.median(peers)


@dataclass(frozen=True, slots=True)
class HalvingRule:
    """Lets the best one in `factor` go on from each rung: after `first` points, `first * factor`...

    Asynchronous successive halving (Li and others, 2018): nobody waits for a rung to fill.
    """

    first: int = 3
    factor: int = 3

    def is_hopeless(self, curve: Curve, others: Sequence[Curve]) -> bool:
        """Return whether too many runs were better at the last rung that this one has passed."""
        passed = len(curve.scores)
        if passed < self.first:
            return False
        rung = self.first
        while rung * self.factor <= passed:
            rung *= self.factor
        mine = max(curve.scores[:rung])
        peers = [max(other.scores[:rung]) for other in others if len(other.scores) >= rung]
        kept = max(1, math.ceil((len(peers) + 1) / self.factor))
        return len(peers) + 1 >= self.factor and sum(peer > mine for peer in peers) >= kept


RULES: Final[Mapping[str, StoppingRule]] = {"median": MedianRule(), "halving": HalvingRule()}


def rule(wanted: Any) -> StoppingRule | None:
    """Return the rule of a name, a rule itself, or None. Raises InvalidValue."""
    if isinstance(wanted, str) and wanted in RULES:
        return RULES[wanted]
    if wanted is None or hasattr(wanted, "is_hopeless"):
        found: StoppingRule | None = wanted
        return found
    raise InvalidValue(
        f"early_stopping is {wanted!r}. There are {', '.join(map(repr, RULES))} and None, or an "
        "object with the method is_hopeless(curve, others)."
    )
