"""Which names and values runs of a store have: what a filter's completion offers.

Stores that can tell from their indexes have a `known_names` of their own; of the others the newest
runs are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Protocol

from tracker.search.syntax import Field, Kind

if TYPE_CHECKING:
    from tracker.entities import Run
    from tracker.store.base import Store

MOST_KEYS = 1_000
"""Keys of each kind that are told."""
COUNTED = 1_000
"""Runs of a key are counted up to here: which are common is all that one wants to know."""
LOOKED_AT = 1_000
"""Newest runs that tell for a store without an index."""


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Texts with the number of runs that have each, the most common first; or numbers, sorted.

    Numbers are the smallest, the quartiles and the largest, each once.
    """

    texts: Sequence[tuple[str, int]] = ()
    numbers: Sequence[float] = ()


class KnownNames(Protocol):
    """What a store knows of its runs' names and values."""

    def keys(self) -> Mapping[Kind, Sequence[tuple[str, int]]]:
        """Return the keys of params, metrics and tags, each with the runs that have it (up to
        COUNTED), the most common first."""

    def values(self, field: Field, typed: str, limit: int) -> KnownValues:
        """Return the values of a field that contain what was typed, whatever its case."""


def known_names(store: Store) -> KnownNames:
    """Return what a store knows; reading it may take as long as a page of runs."""
    own = getattr(store, "known_names", None)
    if own is not None:
        found: KnownNames = own
        return found
    return NamesOfRuns(store.search_runs(None, max_results=LOOKED_AT))


class NamesOfRuns:
    """What some runs tell."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = list(runs)

    def keys(self) -> Mapping[Kind, Sequence[tuple[str, int]]]:
        """Return the keys of params, metrics and tags, the most common first."""
        counts: dict[Kind, Counter[str]] = {kind: Counter() for kind in _KEYS}
        for run in self._runs:
            for kind, keys in _KEYS.items():
                counts[kind].update(list(keys(run)))
        return {kind: most_common(count.items(), MOST_KEYS) for kind, count in counts.items()}

    def values(self, field: Field, typed: str, limit: int) -> KnownValues:
        """Return the values of a field that contain what was typed, whatever its case."""
        if field.kind is Kind.METRIC:
            if field.summary != "last":
                return KnownValues()
            found = (run.data.metrics.get(field.key) for run in self._runs)
            return KnownValues(numbers=quartiles(sorted(it for it in found if it is not None)))
        wanted = typed.lower()
        texts = (text for run in self._runs for text in _texts(run, field))
        count = Counter(text for text in texts if wanted in text.lower())
        return KnownValues(texts=most_common(count.items(), limit))


def most_common(counts: Iterable[tuple[str, int]], limit: int) -> list[tuple[str, int]]:
    """Return the pairs with the largest numbers, those with the same by name."""
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:limit]


def quartiles(values: Sequence[float]) -> list[float]:
    """Return the smallest, the quartiles and the largest of sorted values, each once."""
    finite = [value for value in values if isfinite(value)]
    if not finite:
        return []
    last = len(finite) - 1
    return list(dict.fromkeys(finite[last * quarter // 4] for quarter in range(5)))


def _texts(run: Run, field: Field) -> Iterable[str]:
    if field.kind is Kind.DATASET:
        for given in run.inputs.dataset_inputs:
            if field.key == "context":
                yield from given.tags.values()
            else:
                yield given.dataset.name if field.key == "name" else given.dataset.digest
        return
    if field.kind is Kind.ATTRIBUTE:
        text = getattr(run.info, field.key, None)
    else:
        text = (run.data.params if field.kind is Kind.PARAM else run.data.tags).get(field.key)
    if isinstance(text, str) and text:
        yield str(text)


_KEYS: Mapping[Kind, Callable[[Run], Iterable[str]]] = {
    Kind.PARAM: lambda run: run.data.params,
    Kind.METRIC: lambda run: run.data.metrics,
    Kind.TAG: lambda run: run.data.tags,
}
