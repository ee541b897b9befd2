"""Params, tags and data sets of a run. Every function works inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from tracker.entities import DatasetInput
from tracker.errors import InvalidValue, ParamConflict
from tracker.store import limits

_TEXT_LIMITS = {"name": 500, "digest": 36, "schema": 1_048_575, "source": 65_535}


def write_params(
    connection: sqlite3.Connection, run_id: str, run: int, params: Mapping[str, str]
) -> None:
    """Store params; the same value again is fine. Raises ParamConflict before it writes any."""
    present = dict(connection.execute("SELECT key, value FROM params WHERE run = ?", (run,)))
    for key, value in params.items():
        old = present.get(key, value)
        if old != value:
            raise ParamConflict(run_id, key, old, value)
    connection.executemany(
        "INSERT INTO params VALUES (?, ?, ?)",
        [(run, key, value) for key, value in params.items() if key not in present],
    )


def write_tags(connection: sqlite3.Connection, run: int, tags: Mapping[str, str | None]) -> None:
    """Store tags over older ones; a value of None deletes the tag."""
    written = [(run, key, value) for key, value in tags.items() if value is not None]
    if written:
        connection.executemany("INSERT OR REPLACE INTO tags VALUES (?, ?, ?)", written)
    if len(written) < len(tags):
        connection.executemany(
            "DELETE FROM tags WHERE run = ? AND key = ?",
            [(run, key) for key, value in tags.items() if value is None],
        )


def write_inputs(connection: sqlite3.Connection, run: int, inputs: Sequence[DatasetInput]) -> None:
    """Store which data sets a run read. Raises InvalidValue."""
    for dataset_input in inputs:
        dataset = _dataset_row(connection, dataset_input)
        connection.execute("INSERT OR IGNORE INTO inputs VALUES (?, ?)", (run, dataset))
        tags = limits.check_tags(dataset_input.tags)
        connection.executemany(
            "INSERT OR REPLACE INTO input_tags VALUES (?, ?, ?, ?)",
            [(run, dataset, key, value) for key, value in tags.items()],
        )


def _dataset_row(connection: sqlite3.Connection, dataset_input: DatasetInput) -> int:
    dataset = dataset_input.dataset
    for field in ("name", "digest", "source_type", "source", "schema", "profile"):
        value = getattr(dataset, field)
        if value is None and field in ("schema", "profile"):
            continue
        limits.check_text(f"The {field} of a data set", value)
        if len(value) > _TEXT_LIMITS.get(field, 16_777_215):
            raise InvalidValue(
                f"The {field} of data set {limits.shorten(dataset.name)} has {len(value)} "
                f"characters; {_TEXT_LIMITS[field]} are allowed."
            )
    connection.execute(
        "INSERT OR IGNORE INTO datasets(name, digest, source_type, source, schema, profile) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            dataset.name,
            dataset.digest,
            dataset.source_type,
            dataset.source,
            dataset.schema,
            dataset.profile,
        ),
    )
    (row_id,) = connection.execute(
        "SELECT id FROM datasets WHERE name = ? AND digest = ?", (dataset.name, dataset.digest)
    ).fetchone()
    return int(row_id)
