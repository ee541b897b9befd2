"""Searching runs of the store that is recorded to, as a list or a DataFrame."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, overload

from tracker.entities import PagedList, Run, ViewType
from tracker.errors import InvalidValue
from tracker.tracking import session
from tracker.tracking.experiments import all_pages
from tracker.tracking.losses import warn

if TYPE_CHECKING:
    import pandas as pd

    from tracker.store.base import Store

MAX_RESULTS = 100_000
"""Runs that a search returns at most where nobody says otherwise."""


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = ...,
    filter_string: str = ...,
    run_view_type: int = ...,
    max_results: int = ...,
    order_by: Sequence[str] | None = ...,
    output_format: Literal["pandas"] = ...,
    search_all_experiments: bool = ...,
    experiment_names: Sequence[str] | None = ...,
) -> pd.DataFrame: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = ...,
    filter_string: str = ...,
    run_view_type: int = ...,
    max_results: int = ...,
    order_by: Sequence[str] | None = ...,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = ...,
    experiment_names: Sequence[str] | None = ...,
) -> list[Run]: ...


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = MAX_RESULTS,
    order_by: Sequence[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """Return the runs that match, newest first by default, as a DataFrame or a list of runs.

    Searched are the experiments given by id or name; without either the active one, or all. The
    DataFrame has run_id, experiment_id, status, artifact_uri, start_time and end_time (UTC), then
    a column for each metric, param and tag: ``metrics.loss``, ``params.lr``, ``tags.team``.
    Raises FilterError, InvalidValue.
    """
    if output_format not in ("pandas", "list"):
        raise InvalidValue(f"Unsupported output format: {output_format}. It is 'pandas' or 'list'.")
    store = session.current_store()
    ids = _experiments(store, experiment_ids, experiment_names, search_all_experiments)

    runs = search_all(store, ids, filter_string, run_view_type, max_results, order_by or ())
    if output_format == "list":
        return runs
    from tracker.tracking.frames import runs_frame

    return runs_frame(runs)


def search_all(
    store: Store,
    experiment_ids: Sequence[str] | None,
    filter_string: str = "",
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = MAX_RESULTS,
    order_by: Sequence[str] = (),
) -> list[Run]:
    """Return the runs of all pages of a search; experiments None means all, [] none."""

    def page(size: int, token: str | None) -> PagedList[Run]:
        return store.search_runs(
            experiment_ids,
            filter_string=filter_string or "",
            view_type=ViewType(view_type),
            order_by=order_by,
            max_results=size,
            page_token=token,
            count=False,
        )

    if experiment_ids == []:
        return []
    with _without_garbage_collection():
        return all_pages(page, max_results)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Make many objects that all stay: looking for garbage among them takes as long again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _experiments(
    store: Store, ids: Sequence[str] | None, names: Sequence[str] | None, search_all: bool
) -> list[str] | None:
    """Return the ids of the experiments to search; None stands for all of them."""
    if ids and names:
        raise InvalidValue("Only experiment_ids or experiment_names can be used, but not both")
    if ids:
        return [str(experiment_id) for experiment_id in ids]
    if names:
        return [found for name in names for found in _id_of(store, name)]
    return None if search_all else [session.current_experiment_id(store)]


def _id_of(store: Store, name: str) -> list[str]:
    found = store.find_experiment(name)
    if found is None:
        warn(f"There is no experiment named '{name}'; it is left out of the search.")
        return []
    return [found.experiment_id]
