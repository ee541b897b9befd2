"""Runs as people name them, for the widgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.diff import find_runs
from tracker.entities import Run
from tracker.errors import NotFound
from tracker.store.base import Store


def run_ids(store: Store, runs: str | Run | Sequence[str | Run]) -> tuple[str, ...]:
    """Return the ids of runs given as ids, beginnings of ids, names, `latest`, `previous` or `Run`.

    In a store without any run `latest` is nothing. Raises NotFound, InvalidValue.
    """
    wanted: Iterable[str | Run] = [runs] if isinstance(runs, (str, Run)) else runs
    return tuple(dict.fromkeys(found for one in wanted for found in _one(store, one)))


def _one(store: Store, run: str | Run) -> list[str]:
    if isinstance(run, Run):
        return [run.info.run_id]
    try:
        return [store.get_run(run).info.run_id]
    except NotFound:
        pass
    if run == "latest" and not store.search_runs(None, max_results=1):
        return []
    return [find_runs(store, [run])[0].info.run_id]
