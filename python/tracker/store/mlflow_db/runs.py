"""Rows of MLflow's tables -> runs and experiments."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracker.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    LifecycleStage,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunStatus,
)
from tracker.store.mlflow_db.schema import Schema
from tracker.store.mlflow_db.summaries import Summaries
from tracker.store.mlflow_db.values import batches, text, whole
from tracker.store.moved_artifacts import current_location

NAME_TAG = "mlflow.runName"
ARTIFACTS = "mlruns"
"""The folder beside the database in which MLflow keeps artifacts unless told otherwise."""


def all_experiments(
    connection: sqlite3.Connection, schema: Schema, folder: Path
) -> list[Experiment]:
    """Return every experiment; `folder` is that of the database."""
    column = schema.column
    tags = _experiment_tags(connection, schema)
    rows = connection.execute(
        "SELECT experiment_id, name, artifact_location, "
        f"{column('experiments', 'lifecycle_stage')}, {column('experiments', 'creation_time')}, "
        f"{column('experiments', 'last_update_time')} FROM experiments"
    )
    return [
        Experiment(
            experiment_id=text(experiment_id),
            name=text(name),
            artifact_location=current_location(
                text(location), folder / ARTIFACTS / _plain(experiment_id), depth=1
            ),
            lifecycle_stage=_stage(stage),
            creation_time=whole(created),
            last_update_time=whole(updated),
            tags=tags.get(text(experiment_id), {}),
        )
        for experiment_id, name, location, stage, created, updated in rows
    ]


def _experiment_tags(connection: sqlite3.Connection, schema: Schema) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    if schema.has("experiment_tags"):
        for experiment_id, key, value in connection.execute(
            "SELECT experiment_id, key, value FROM experiment_tags"
        ):
            found.setdefault(text(experiment_id), {})[text(key)] = text(value)
    return found


class RunReader:
    """Reads runs of one database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._summaries = Summaries()

    def read(
        self, connection: sqlite3.Connection, schema: Schema, run_ids: Sequence[str]
    ) -> list[Run]:
        """Return the runs of these ids, in this order; ids that are not there are left out."""
        infos = self._infos(connection, schema, run_ids)
        params = _pairs(connection, "params", run_ids)
        tags = _pairs(connection, "tags", run_ids)
        inputs = _inputs(connection, schema, run_ids)
        summaries = self._summaries.of_runs(connection, schema, list(infos))
        found = []
        for run_id in run_ids:
            if run_id not in infos:
                continue
            its_tags = tags.get(run_id, {})
            found.append(
                Run(
                    _named(infos[run_id], its_tags),
                    RunData(
                        {key: it.last for key, it in summaries[run_id].items()},
                        params.get(run_id, {}),
                        its_tags,
                        dict(summaries[run_id]),
                    ),
                    RunInputs(tuple(inputs.get(run_id, ()))),
                )
            )
        return found

    def _infos(
        self, connection: sqlite3.Connection, schema: Schema, run_ids: Sequence[str]
    ) -> dict[str, RunInfo]:
        found = {}
        for marks, part in batches(run_ids):
            for row in connection.execute(
                "SELECT run_uuid, experiment_id, name, user_id, status, start_time, end_time, "
                f"artifact_uri, {schema.column('runs', 'lifecycle_stage')} FROM runs "
                f"WHERE run_uuid IN ({marks})",
                part,
            ):
                found[text(row[0])] = self._info(row)
        return found

    def _info(self, row: tuple[Any, ...]) -> RunInfo:
        run_id, experiment_id, name, user_id, status, start, end, uri, stage = row
        usual = self._folder / ARTIFACTS / _plain(experiment_id) / _plain(run_id) / "artifacts"
        return RunInfo(
            run_id=text(run_id),
            experiment_id=text(experiment_id),
            run_name=text(name),
            user_id=text(user_id),
            status=text(status) or RunStatus.RUNNING,
            start_time=whole(start) or 0,
            end_time=whole(end),
            artifact_uri=current_location(text(uri), usual, depth=3),
            lifecycle_stage=_stage(stage),
        )


def _named(info: RunInfo, tags: dict[str, str]) -> RunInfo:
    """Return the run with the name that its tag tells, where its column is empty as before 1.30."""
    if info.run_name or not tags.get(NAME_TAG):
        return info
    from dataclasses import replace

    return replace(info, run_name=tags[NAME_TAG])


def _plain(part: object) -> str:
    """Return an id as the name of one folder, whatever it says."""
    name = text(part).replace("/", "_").replace("\\", "_").replace("\0", "_")
    return "_" if name in ("", ".", "..") else name


def _stage(stage: object) -> str:
    return LifecycleStage.DELETED if stage == "deleted" else LifecycleStage.ACTIVE


def _pairs(
    connection: sqlite3.Connection, table: str, run_ids: Sequence[str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for marks, part in batches(run_ids):
        for run_id, key, value in connection.execute(
            f"SELECT run_uuid, key, value FROM {table} WHERE run_uuid IN ({marks})", part
        ):
            found.setdefault(run_id, {})[text(key)] = text(value)
    return found


def _inputs(
    connection: sqlite3.Connection, schema: Schema, run_ids: Sequence[str]
) -> dict[str, list[DatasetInput]]:
    if not (schema.has("inputs") and schema.has("datasets") and schema.has("input_tags")):
        return {}
    found: dict[str, list[DatasetInput]] = {}
    for marks, part in batches(run_ids):
        rows = connection.execute(
            "SELECT destination_id, input_uuid, datasets.name, digest, dataset_source_type, "
            "dataset_source, dataset_schema, dataset_profile FROM inputs "
            "JOIN datasets ON dataset_uuid = source_id WHERE source_type = 'DATASET' "
            f"AND destination_type = 'RUN' AND destination_id IN ({marks}) ORDER BY inputs.rowid",
            part,
        ).fetchall()
        tags = _input_tags(connection, [row[1] for row in rows])
        for run_id, input_id, name, digest, kind, source, shape, profile in rows:
            dataset = Dataset(
                text(name), text(digest), text(kind), text(source), shape or None, profile or None
            )
            found.setdefault(run_id, []).append(DatasetInput(dataset, tags.get(input_id, {})))
    return found


def _input_tags(
    connection: sqlite3.Connection, input_ids: Sequence[str]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for marks, part in batches(input_ids):
        for input_id, key, value in connection.execute(
            f"SELECT input_uuid, name, value FROM input_tags WHERE input_uuid IN ({marks})", part
        ):
            found.setdefault(input_id, {})[text(key)] = text(value)
    return found
