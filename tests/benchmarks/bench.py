"""One run of the benchmarks: its scratch folder, how much of it is wanted, whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.peers import installed_peers


class Prepared(NamedTuple):
    """A folder that was filled, and what was measured meanwhile."""

    folder: Path
    facts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how much to measure. `quick` looks whether it works, and judges nothing large."""

    folder: Path
    quick: bool
    peers: tuple[str, ...]
    _prepared: dict[str, Prepared] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, *, quick: bool) -> Bench:
        """Return a run of the benchmarks that keeps what it makes in `folder`."""
        return cls(folder, quick, tuple(installed_peers()))

    def scratch(self) -> Path:
        """Return a new, empty folder."""
        return Path(mkdtemp(dir=self.folder))

    def prepared(self, name: str, fill: Callable[[Path], dict[str, float]]) -> Prepared:
        """Return what `fill` makes of a new folder, made for the first who asks for that name."""
        if name not in self._prepared:
            folder = self.folder / name
            self._prepared[name] = Prepared(folder, fill(folder))
        return self._prepared[name]

    def rounds(self, count: int) -> int:
        """Return the number of rounds: `count`, or two to look whether it works."""
        return min(count, 2) if self.quick else count

    def size(self, full: int, quick: int) -> int:
        """Return how much to measure."""
        return quick if self.quick else full


def in_turn(
    rounds: int, ways: Iterable[str], measure: Callable[[str], float], unit: Unit = Unit.SECONDS
) -> dict[str, Figure]:
    """Return the figure of each way: A B C, A B C ..., one number each time.

    A first round, not counted, warms what the disk and the interpreter cache.
    """
    found: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(rounds + 1):
        for way, numbers in found.items():
            number = measure(way)
            if turn:
                numbers.append(number)
    return {way: Figure.of(numbers, unit) for way, numbers in found.items()}
