"""Rows -> runs. A page of runs costs a handful of queries, however many runs it has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from math import nan
from typing import Any

from tracker.entities import (
    Dataset,
    DatasetInput,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)
from tracker.store.sqlite.locations import Locations

COLUMNS = (
    "id, run_id, experiment, run_name, user_id, status, start_time, end_time, artifact_uri, "
    "lifecycle_stage"
)


def runs_of(connection: sqlite3.Connection, locations: Locations, ids: Sequence[int]) -> list[Run]:
    """Return the runs of these rows, in this order; rows that are gone are left out."""
    infos: dict[int, RunInfo] = {}
    for batch in _batches(ids):
        for row in connection.execute(f"SELECT {COLUMNS} FROM runs WHERE id IN ({batch})"):
            infos[row[0]] = _info(locations, row)
    data = {run: RunData({}, {}, {}, {}) for run in infos}
    for batch in _batches(list(infos)):
        _fill(connection, batch, data)
    inputs = _inputs(connection, list(infos))
    none = RunInputs()
    return [
        Run(infos[run], data[run], RunInputs(tuple(inputs[run])) if run in inputs else none)
        for run in ids
        if run in infos
    ]


def _info(locations: Locations, row: tuple[Any, ...]) -> RunInfo:
    return RunInfo(
        run_id=row[1],
        experiment_id=str(row[2]),
        run_name=row[3] or "",
        user_id=row[4] or "",
        status=row[5],
        start_time=row[6] or 0,
        end_time=row[7],
        artifact_uri=locations.to_read(row[8] or ""),
        lifecycle_stage=row[9],
    )


def _fill(connection: sqlite3.Connection, batch: str, data: dict[int, RunData]) -> None:
    params: dict[int, Any] = {run: found.params for run, found in data.items()}
    for run, key, value in connection.execute(
        f"SELECT run, key, value FROM params WHERE run IN ({batch})"
    ):
        params[run][key] = value
    tags: dict[int, Any] = {run: found.tags for run, found in data.items()}
    for run, key, value in connection.execute(
        f"SELECT run, key, value FROM tags WHERE run IN ({batch})"
    ):
        tags[run][key] = value
    metrics: dict[int, Any] = {run: found.metrics for run, found in data.items()}
    summaries: dict[int, Any] = {run: found.summaries for run, found in data.items()}
    for run, key, last, low, high, count, step, timestamp in connection.execute(
        "SELECT run, key, last, min, max, count, last_step, last_timestamp "
        f"FROM metrics WHERE run IN ({batch})"
    ):
        last = nan if last is None else last
        metrics[run][key] = last
        summaries[run][key] = MetricSummary(
            key,
            last,
            nan if low is None else low,
            nan if high is None else high,
            count,
            step,
            timestamp,
        )


def _inputs(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[DatasetInput]]:
    found: dict[int, list[DatasetInput]] = {}
    for batch in _batches(ids):
        tags: dict[tuple[int, int], dict[str, str]] = {}
        for run, dataset, key, value in connection.execute(
            f"SELECT run, dataset, key, value FROM input_tags WHERE run IN ({batch})"
        ):
            tags.setdefault((run, dataset), {})[key] = value
        for run, dataset, *columns in connection.execute(
            "SELECT run, dataset, name, digest, source_type, source, schema, profile FROM inputs "
            f"JOIN datasets ON datasets.id = inputs.dataset WHERE run IN ({batch})"
        ):
            used = DatasetInput(Dataset(*columns), tags.get((run, dataset), {}))
            found.setdefault(run, []).append(used)
    return found


def _batches(ids: Sequence[int], size: int = 10_000) -> Iterator[str]:
    """Yield row ids as lists for SQL's IN; integers of our own, so nothing needs binding."""
    for start in range(0, len(ids), size):
        yield ",".join(map(str, ids[start : start + size]))
