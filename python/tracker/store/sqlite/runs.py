"""Runs: made, changed, removed. Every function works inside the caller's write transaction."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence

from tracker.entities import LifecycleStage, RunStatus
from tracker.errors import InvalidState, InvalidValue, NotFound
from tracker.store import limits
from tracker.store.names import random_name
from tracker.store.sqlite import experiments, facts, revision
from tracker.store.sqlite.locations import Locations
from tracker.store.sqlite.process import this_process

NAME_TAG = "mlflow.runName"
"""The tag that mirrors a run's name."""


def insert(
    connection: sqlite3.Connection,
    locations: Locations,
    experiment_id: str,
    *,
    run_name: str | None,
    user_id: str,
    start_time: int | None,
    tags: Mapping[str, str],
) -> int:
    """Return the row of a new RUNNING run of this process.

    Raises NotFound, InvalidState, InvalidValue.
    """
    experiment, location = _active_experiment(connection, experiment_id)
    checked = limits.check_tags(tags)
    name = _choose_name(run_name, checked)
    checked[NAME_TAG] = name[: limits.TAG_LENGTH]
    now = time.time_ns() // 1_000_000
    run_id = os.urandom(16).hex()
    stored = f"{locations.of_experiment(experiment, location)}/{run_id}/artifacts"
    owner = this_process()
    cursor = connection.execute(
        "INSERT INTO runs(run_id, experiment, run_name, user_id, status, start_time, artifact_uri, "
        "host, boot_id, pid, process_started, heartbeat_time, revision) "
        "VALUES (?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run_id,
            experiment,
            name,
            limits.check_text("user_id", user_id),
            now if start_time is None else limits.check_time("start_time", start_time),
            stored,
            owner.host,
            owner.boot_id,
            owner.pid,
            owner.started,
            now,
            revision.bump(connection),
        ),
    )
    run = cursor.lastrowid or 0
    facts.write_tags(connection, run, checked)
    return run


def _active_experiment(
    connection: sqlite3.Connection, experiment_id: str
) -> tuple[int, str | None]:
    experiment = experiments.row_id(connection, experiment_id)
    name, location, stage = connection.execute(
        "SELECT name, artifact_location, lifecycle_stage FROM experiments WHERE id = ?",
        (experiment,),
    ).fetchone()
    if stage != LifecycleStage.ACTIVE:
        raise InvalidState(
            f"Experiment '{name}' (id {experiment_id}) is deleted. Restore it, or use another."
        )
    return experiment, location


def _choose_name(run_name: str | None, tags: Mapping[str, str | None]) -> str:
    tagged = tags.get(NAME_TAG)
    if run_name and tagged and run_name != tagged:
        raise InvalidValue(
            f"The run was given two names: run_name={run_name!r} and the tag "
            f"{NAME_TAG}={tagged!r}. Give one of them."
        )
    return limits.check_text("run_name", run_name or tagged or random_name())


def row_id(connection: sqlite3.Connection, run_id: str) -> int:
    """Return the row of a run, active or deleted. Raises NotFound."""
    row = connection.execute("SELECT id FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    if row is None:
        raise NotFound(f"Run with id={run_id} not found.")
    return int(row[0])


def active_row_id(connection: sqlite3.Connection, run_id: str) -> int:
    """Return the row of a run that may be logged to. Raises NotFound, InvalidState."""
    row = connection.execute(
        "SELECT id, lifecycle_stage FROM runs WHERE run_id = ?", (run_id,)
    ).fetchone()
    if row is None:
        raise NotFound(f"Run with id={run_id} not found.")
    if row[1] != LifecycleStage.ACTIVE:
        raise InvalidState(
            f"The run {run_id} must be in the 'active' state. Current state is {row[1]}. "
            "Restore the run to log to it."
        )
    return int(row[0])


def changed_columns(
    status: str | None,
    end_time: int | None,
    run_name: str | None,
    lifecycle_stage: str | None,
) -> dict[str, object]:
    """Return the columns that an update sets. Raises InvalidValue."""
    changed: dict[str, object] = {}
    if status is not None:
        changed |= _status_columns(status, end_time)
    elif end_time is not None:
        changed["end_time"] = limits.check_time("end_time", end_time)
    if run_name:
        changed["run_name"] = limits.check_text("run_name", run_name)
    if lifecycle_stage is not None:
        changed |= _stage_columns(lifecycle_stage)
    return changed


def write(connection: sqlite3.Connection, run: int, columns: Mapping[str, object]) -> None:
    """Set columns of a run, the tag that mirrors its name, and give it the next revision."""
    name = columns.get("run_name")
    if isinstance(name, str):
        facts.write_tags(connection, run, {NAME_TAG: name[: limits.TAG_LENGTH]})
    names = "".join(f"{name} = ?, " for name in columns)
    connection.execute(
        f"UPDATE runs SET {names}revision = ? WHERE id = ?",
        (*columns.values(), revision.bump(connection), run),
    )


def write_facts(
    connection: sqlite3.Connection,
    run_id: str,
    params: Mapping[str, str],
    tags: Mapping[str, str | None],
) -> None:
    """Set params and tags of a run, and its name where a tag is that.

    Raises NotFound, InvalidState, ParamConflict.
    """
    run = active_row_id(connection, run_id)
    facts.write_params(connection, run_id, run, params)
    facts.write_tags(connection, run, tags)
    name = tags.get(NAME_TAG)
    write(connection, run, {} if name is None else {"run_name": name})


def touch(connection: sqlite3.Connection, run: int) -> None:
    """Give a run the next revision because something that hangs on it changed."""
    connection.execute(
        "UPDATE runs SET revision = ? WHERE id = ?", (revision.bump(connection), run)
    )


def disown(connection: sqlite3.Connection, run: int) -> None:
    """Make a run nobody's: no process's death ends it."""
    owner = ("host", "boot_id", "pid", "process_started", "heartbeat_time")
    write(connection, run, dict.fromkeys(owner))


def _status_columns(status: str, end_time: int | None) -> dict[str, object]:
    known = limits.check_status(status)
    now = time.time_ns() // 1_000_000
    columns: dict[str, object] = {"status": str(known)}
    if end_time is not None:
        columns["end_time"] = limits.check_time("end_time", end_time)
    elif known.is_terminated:
        columns["end_time"] = now
    if known is RunStatus.RUNNING:
        owner = this_process()
        columns |= {
            "host": owner.host,
            "boot_id": owner.boot_id,
            "pid": owner.pid,
            "process_started": owner.started,
            "heartbeat_time": now,
        }
    return columns


def _stage_columns(stage: str) -> dict[str, object]:
    is_deleted = limits.check_stage(stage) is LifecycleStage.DELETED
    now = time.time_ns() // 1_000_000
    return {"lifecycle_stage": str(stage), "deleted_time": now if is_deleted else None}


def delete(connection: sqlite3.Connection, run_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Remove runs for good and return run and id of their open journals; unknown ids pass."""
    open_journals: list[tuple[str, str]] = []
    removed: list[str] = []
    for run_id in dict.fromkeys(run_ids):
        row = connection.execute("SELECT id FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            continue
        removed.append(run_id)
        open_journals += [
            (run_id, journal_id)
            for (journal_id,) in connection.execute(
                "SELECT journal_id FROM journals WHERE run = ? AND packed_time IS NULL", row
            )
        ]
        for table in (
            "params", "tags", "metrics", "metric_segments", "journals", "inputs", "input_tags"
        ):  # fmt: skip
            connection.execute(f"DELETE FROM {table} WHERE run = ?", row)
        connection.execute("DELETE FROM runs WHERE id = ?", row)
    if removed:
        revision.remember_removals(connection, removed, revision.bump(connection))
    return open_journals
