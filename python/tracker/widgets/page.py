"""A page of runs, as a table shows it: what is asked for, and what the store answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.rendering.runtable import Column, column, telling_columns
from tracker.store.base import Store
from tracker.tracking import session


@dataclass(frozen=True, slots=True)
class Page:
    """Runs of a search: `total` counts all of them, `token` is that of the next page."""

    runs: tuple[Run, ...]
    total: int
    token: str | None


def read_page(
    store: Store,
    *,
    filter_string: str = "",
    order_by: str = "",
    experiment_names: Sequence[str] | None = None,
    size: int,
    token: str | None = None,
) -> Page:
    """Return the runs of these experiments: of the active one for None, of all for ().

    Raises FilterError, InvalidValue, and NotFound for an experiment that is not there.
    """
    found = store.search_runs(
        _experiment_ids(store, experiment_names),
        filter_string=filter_string,
        order_by=[order_by] if order_by else (),
        max_results=size,
        page_token=token,
    )
    return Page(tuple(found), len(found) if found.total is None else found.total, found.token)


def _experiment_ids(store: Store, names: Sequence[str] | None) -> list[str] | None:
    if names is None:
        return [session.current_experiment_id(store)]
    found = {name: store.find_experiment(name) for name in names}
    missing = [name for name, experiment in found.items() if experiment is None]
    if missing:
        raise InvalidValue(f"There is no experiment named {missing[0]!r} in {store.uri}.")
    return [experiment.experiment_id for experiment in found.values() if experiment] or None


def columns_of(runs: Sequence[Run], names: Sequence[str]) -> list[Column]:
    """Return the columns that were asked for, or those that say the most. Raises InvalidValue."""
    try:
        return [column(name) for name in names] or telling_columns(runs)
    except ValueError as error:
        raise InvalidValue(str(error)) from None
