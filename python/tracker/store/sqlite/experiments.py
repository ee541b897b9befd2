"""Experiments and their tags. Every function works inside the caller's transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.entities import Experiment, LifecycleStage
from tracker.errors import AlreadyExists, InvalidState, NotFound
from tracker.store import limits
from tracker.store.sqlite import revision
from tracker.store.sqlite.locations import Locations

COLUMNS = "id, name, artifact_location, lifecycle_stage, creation_time, last_update_time"


def insert(
    connection: sqlite3.Connection,
    locations: Locations,
    name: str,
    artifact_location: str | None,
    tags: Mapping[str, str],
) -> str:
    """Return the id of a new experiment. Raises AlreadyExists, InvalidValue."""
    limits.check_experiment_name(name)
    checked = limits.check_experiment_tags(tags)
    stored = artifact_location and locations.to_stored(limits.check_location(artifact_location))
    _refuse_taken_name(connection, name)
    now = time.time_ns() // 1_000_000
    cursor = connection.execute(
        "INSERT INTO experiments(name, artifact_location, creation_time, last_update_time, "
        "revision) VALUES (?, ?, ?, ?, ?)",
        (name, stored, now, now, revision.bump(connection)),
    )
    experiment = cursor.lastrowid or 0
    _write_tags(connection, experiment, checked)
    return str(experiment)


def row_id(connection: sqlite3.Connection, experiment_id: str) -> int:
    """Return the row that has this id. Raises NotFound."""
    if experiment_id.isascii() and experiment_id.isdecimal() and len(experiment_id) < 19:
        row = connection.execute(
            "SELECT id FROM experiments WHERE id = ?", (int(experiment_id),)
        ).fetchone()
        if row is not None:
            return int(row[0])
    raise NotFound(f"No experiment with id {limits.shorten(experiment_id)} exists.")


def get(connection: sqlite3.Connection, locations: Locations, experiment_id: str) -> Experiment:
    """Return the experiment, active or deleted. Raises NotFound."""
    return of_ids(connection, locations, [row_id(connection, experiment_id)])[0]


def find(connection: sqlite3.Connection, locations: Locations, name: str) -> Experiment | None:
    """Return the experiment of that name, active or deleted, or None."""
    row = connection.execute("SELECT id FROM experiments WHERE name = ?", (name,)).fetchone()
    return of_ids(connection, locations, row)[0] if row else None


def of_ids(
    connection: sqlite3.Connection, locations: Locations, ids: Sequence[int]
) -> list[Experiment]:
    """Return the experiments of these rows, in this order, their tags read in one query."""
    wanted = ",".join(map(str, ids))
    rows = {
        row[0]: row
        for row in connection.execute(f"SELECT {COLUMNS} FROM experiments WHERE id IN ({wanted})")
    }
    tags: dict[int, dict[str, str]] = {}
    for experiment, key, value in connection.execute(
        f"SELECT experiment, key, value FROM experiment_tags WHERE experiment IN ({wanted})"
    ):
        tags.setdefault(experiment, {})[key] = value
    return [_experiment(locations, rows[it], tags.get(it, {})) for it in ids if it in rows]


def _experiment(locations: Locations, row: tuple[Any, ...], tags: dict[str, str]) -> Experiment:
    experiment, name, location, stage, created, updated = row
    return Experiment(
        experiment_id=str(experiment),
        name=name,
        artifact_location=locations.to_read(locations.of_experiment(experiment, location)),
        lifecycle_stage=stage,
        creation_time=created,
        last_update_time=updated,
        tags=tags,
    )


def rename(connection: sqlite3.Connection, experiment_id: str, name: str) -> None:
    """Give an active experiment another name. Raises NotFound, AlreadyExists, InvalidState."""
    experiment = row_id(connection, experiment_id)
    limits.check_experiment_name(name)
    (old, stage) = connection.execute(
        "SELECT name, lifecycle_stage FROM experiments WHERE id = ?", (experiment,)
    ).fetchone()
    if stage != LifecycleStage.ACTIVE:
        raise InvalidState(
            f"Experiment '{old}' (id {experiment_id}) is deleted; restore it to rename it."
        )
    if name != old:
        _refuse_taken_name(connection, name)
        connection.execute("UPDATE experiments SET name = ? WHERE id = ?", (name, experiment))
        _touch(connection, experiment)


def move(connection: sqlite3.Connection, experiment_id: str, stage: str) -> None:
    """Delete or restore an experiment and its runs with it. Raises NotFound, InvalidValue."""
    experiment = row_id(connection, experiment_id)
    limits.check_stage(stage)
    now = time.time_ns() // 1_000_000
    deleted_time = now if stage == LifecycleStage.DELETED else None
    at = _touch(connection, experiment)
    connection.execute(
        "UPDATE experiments SET lifecycle_stage = ? WHERE id = ?", (str(stage), experiment)
    )
    connection.execute(
        "UPDATE runs SET lifecycle_stage = ?1, deleted_time = ?2, revision = ?3 "
        "WHERE experiment = ?4 AND lifecycle_stage <> ?1",
        (str(stage), deleted_time, at, experiment),
    )


def set_tags(
    connection: sqlite3.Connection, experiment_id: str, tags: Mapping[str, str | None]
) -> None:
    """Set tags; a value of None deletes the tag. Raises NotFound, InvalidValue."""
    experiment = row_id(connection, experiment_id)
    _write_tags(connection, experiment, limits.check_experiment_tags(tags))
    _touch(connection, experiment)


def count_runs(connection: sqlite3.Connection, stages: tuple[str, ...]) -> dict[str, int]:
    """Return the number of runs of each experiment that has any."""
    marks = ",".join("?" * len(stages))
    # The plus keeps SQLite to the index that is sorted by experiment.
    rows = connection.execute(
        f"SELECT experiment, count(*) FROM runs WHERE +lifecycle_stage IN ({marks}) "
        "GROUP BY experiment",
        stages,
    )
    return {str(experiment): count for experiment, count in rows}


def _write_tags(
    connection: sqlite3.Connection, experiment: int, tags: Mapping[str, str | None]
) -> None:
    for key, value in tags.items():
        if value is None:
            connection.execute(
                "DELETE FROM experiment_tags WHERE experiment = ? AND key = ?", (experiment, key)
            )
        else:
            connection.execute(
                "INSERT OR REPLACE INTO experiment_tags VALUES (?, ?, ?)", (experiment, key, value)
            )


def _refuse_taken_name(connection: sqlite3.Connection, name: str) -> None:
    row = connection.execute(
        "SELECT id, lifecycle_stage FROM experiments WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        return
    if row[1] == LifecycleStage.ACTIVE:
        raise AlreadyExists(f"Experiment(name={name}) already exists; its id is {row[0]}.")
    raise AlreadyExists(
        f"Experiment(name={name}) already exists in deleted state (id {row[0]}). "
        "Restore it, or choose another name."
    )


def _touch(connection: sqlite3.Connection, experiment: int) -> int:
    at = revision.bump(connection)
    connection.execute(
        "UPDATE experiments SET last_update_time = ?, revision = ? WHERE id = ?",
        (time.time_ns() // 1_000_000, at, experiment),
    )
    return at
