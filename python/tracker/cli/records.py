"""Runs and experiments as flat records: what programs get, and what tables are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from tracker.entities import Experiment, PagedList, Run, ViewType
from tracker.errors import InvalidValue, NotFound
from tracker.rest.links import is_link
from tracker.store import Store

SHORT_ID = 8
"""Characters of a run's id that people see; more where those are not unique."""
_PAGE = 1000


def find_run(store: Store, reference: str) -> Run:
    """Return the run of that id, beginning of an id, or name. Raises NotFound, InvalidValue."""
    try:
        return store.get_run(reference)
    except NotFound:
        pass
    found = [run for text in _filters(reference) for run in _all(store, text, 3)]
    unique = {run.info.run_id: run for run in found}
    if not unique:
        raise NotFound(f"There is no run {reference!r}: no id begins so, and no run has that name.")
    if len(unique) > 1:
        ids = ", ".join(sorted(unique)[:2])
        raise InvalidValue(f"{reference!r} means several runs ({ids} ...). Give more of the id.")
    return found[0]


def _filters(reference: str) -> list[str]:
    filters = []
    if len(reference) >= 4 and reference.isalnum():
        filters.append(f"attributes.run_id LIKE '{reference}%'")
    quote = "'" if "'" not in reference else '"'
    if quote not in reference and "\\" not in reference:
        filters.append(f"attributes.run_name = {quote}{reference}{quote}")
    return filters


def _all(store: Store, filter_string: str, limit: int) -> PagedList[Run]:
    return store.search_runs(
        None, filter_string=filter_string, view_type=ViewType.ALL, max_results=limit
    )


def find_experiment(store: Store, reference: str) -> Experiment:
    """Return the experiment of that name, else of that id. Raises NotFound."""
    by_name = store.find_experiment(reference)
    if by_name is not None:
        return by_name
    try:
        return store.get_experiment(reference)
    except (NotFound, InvalidValue):
        raise NotFound(
            f"There is no experiment {reference!r}. `tracker experiments list` shows all."
        ) from None


def iter_runs(
    store: Store,
    experiment_ids: Sequence[str] | None,
    *,
    filter_string: str = "",
    order_by: Sequence[str] = (),
    view_type: ViewType = ViewType.ACTIVE_ONLY,
    limit: int | None = None,
) -> Iterator[Run]:
    """Yield the runs of all pages, at most `limit`. Raises FilterError, InvalidValue."""

    def pages() -> Iterator[Run]:
        token = None
        while True:
            page = store.search_runs(
                experiment_ids,
                filter_string=filter_string,
                order_by=order_by,
                view_type=view_type,
                max_results=_PAGE if limit is None else max(1, min(limit, _PAGE)),
                page_token=token,
                count=False,
            )
            yield from page
            token = page.token
            if token is None:
                return

    return islice(pages(), limit)


def experiment_names(store: Store) -> Mapping[str, str]:
    """Return the name of each experiment id, deleted ones too."""
    names: dict[str, str] = {}
    token = None
    while True:
        page = store.search_experiments(view_type=ViewType.ALL, page_token=token)
        names |= {experiment.experiment_id: experiment.name for experiment in page}
        token = page.token
        if token is None:
            return names


def run_record(run: Run, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what programs get of a run. Times are ms since 1970; metrics are last values."""
    info, data = run.info, run.data
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "experiment": names.get(info.experiment_id, ""),
        "status": str(info.status),
        "lifecycle_stage": str(info.lifecycle_stage),
        "user_id": info.user_id,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "artifact_uri": info.artifact_uri,
        "params": dict(data.params),
        "metrics": dict(data.metrics),
        "tags": {key: value for key, value in data.tags.items() if not is_link(key)},
    }


def flat_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with `params.lr` and the like as columns of their own."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    return flat


def timestamp(milliseconds: int | None) -> str:
    """Return a time in the machine's own zone, '' where there is none."""
    if milliseconds is None:
        return ""
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone()
    except (OverflowError, ValueError, OSError):  # whoever set it meant something else
        return str(milliseconds)
    return moment.isoformat(sep=" ", timespec="seconds")
