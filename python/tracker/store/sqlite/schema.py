"""The tables of a store, and how a file gets or already has them.

Times are milliseconds since 1970 UTC. `run` and `experiment` columns hold the integer `id` of the
row meant, never the public run id. The newest schema is made from the SQL below, whole; a file of
an earlier version is carried forward by the steps in `upgrading`.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from tracker.errors import StoreError, StoreTooNew

VERSION = 1
"""Of the schema below; a file says its own in `PRAGMA user_version`."""

APPLICATION_ID = 0x54524B52
"""What `PRAGMA application_id` of every store says: "TRKR" in ASCII."""

TABLES = """
CREATE TABLE experiments(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE NOT NULL,
    artifact_location TEXT,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active',
    creation_time INTEGER,
    last_update_time INTEGER,
    revision INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE experiment_tags(
    experiment INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY(experiment, key)
) WITHOUT ROWID;

CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    run_id TEXT UNIQUE NOT NULL,
    experiment INTEGER NOT NULL,
    run_name TEXT,
    user_id TEXT,
    status TEXT NOT NULL,
    start_time INTEGER,
    end_time INTEGER,
    lifecycle_stage TEXT NOT NULL DEFAULT 'active',
    deleted_time INTEGER,
    artifact_uri TEXT,      -- relative to the store's folder where it lies inside
    host TEXT,              -- host, boot_id, pid and process_started: the process that owns it
    boot_id TEXT,
    pid INTEGER,
    process_started,
    heartbeat_time INTEGER,
    revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_by_start ON runs(experiment, lifecycle_stage, start_time DESC, run_id);
CREATE INDEX runs_newest ON runs(lifecycle_stage, start_time DESC, run_id);
CREATE INDEX runs_by_revision ON runs(revision);
CREATE INDEX runs_running ON runs(id) WHERE status = 'RUNNING';
CREATE INDEX runs_given_up ON runs(id) WHERE status = 'KILLED' AND heartbeat_time IS NULL;

CREATE TABLE params(
    run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run, key)
) WITHOUT ROWID;
CREATE INDEX params_by_value ON params(key, value, run);
CREATE TABLE tags(
    run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run, key)
) WITHOUT ROWID;
CREATE INDEX tags_by_value ON tags(key, value, run);

-- What is known of a metric without its points. last, min, max: NULL stands for NaN.
CREATE TABLE metrics(
    run INTEGER NOT NULL, key TEXT NOT NULL,
    last REAL, min REAL, max REAL, count INTEGER NOT NULL,
    last_step INTEGER NOT NULL, last_timestamp INTEGER NOT NULL,
    PRIMARY KEY(run, key)
) WITHOUT ROWID;
CREATE INDEX metrics_by_last ON metrics(key, last, run);

-- One row for every journal ever opened. Points live in the journal's file until it is packed.
CREATE TABLE journals(
    id INTEGER PRIMARY KEY,
    journal_id TEXT UNIQUE NOT NULL,
    run INTEGER NOT NULL,
    host TEXT NOT NULL,     -- host, boot_id, pid and process_started: the process that writes it
    boot_id TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_started,
    heartbeat_time INTEGER NOT NULL,
    folded INTEGER NOT NULL DEFAULT 0,    -- bytes of its file that `metrics` has counted
    packed_time INTEGER                   -- NULL: its file holds the points
);
CREATE INDEX journals_by_run ON journals(run, id);
CREATE INDEX journals_open ON journals(id) WHERE packed_time IS NULL;

-- Packed points, columns compressed: a row for each metric of each journal, more for a large one.
CREATE TABLE metric_segments(
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL, key TEXT NOT NULL, journal_id TEXT NOT NULL,
    dataset_name TEXT, dataset_digest TEXT, model_id TEXT,
    count INTEGER NOT NULL, first_step INTEGER, last_step INTEGER, min REAL, max REAL,
    steps BLOB NOT NULL, timestamps BLOB NOT NULL, "values" BLOB NOT NULL
);
CREATE INDEX metric_segments_by_key ON metric_segments(run, key, journal_id);

CREATE TABLE datasets(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, digest TEXT NOT NULL, source_type TEXT NOT NULL, source TEXT NOT NULL,
    schema TEXT, profile TEXT,
    UNIQUE(name, digest)
);
CREATE TABLE inputs(
    run INTEGER NOT NULL, dataset INTEGER NOT NULL, PRIMARY KEY(run, dataset)
) WITHOUT ROWID;
CREATE TABLE input_tags(
    run INTEGER NOT NULL, dataset INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY(run, dataset, key)
) WITHOUT ROWID;

-- Runs removed for good, so that whoever follows `revision` hears of it.
CREATE TABLE removals(run_id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX removals_by_revision ON removals(revision);

CREATE TABLE state(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO state VALUES ('revision', 0);
"""

VIEWS = """
-- For people with only a sqlite3 shell: SELECT * FROM run_overview ORDER BY started DESC;
CREATE VIEW run_overview AS
SELECT runs.run_id, experiments.name AS experiment, runs.run_name, runs.status, runs.user_id,
       datetime(runs.start_time / 1000, 'unixepoch') AS started,
       round((runs.end_time - runs.start_time) / 1000.0, 3) AS seconds,
       (SELECT group_concat(key || '=' || value, ', ') FROM params WHERE run = runs.id) AS params,
       (SELECT group_concat(key || '=' || coalesce(last, 'NaN'), ', ')
        FROM metrics WHERE run = runs.id) AS metrics
FROM runs JOIN experiments ON experiments.id = runs.experiment
WHERE runs.lifecycle_stage = 'active';

CREATE VIEW metric_overview AS
SELECT runs.run_id, runs.run_name, metrics.key, metrics.last, metrics.min, metrics.max,
       metrics.count, metrics.last_step,
       datetime(metrics.last_timestamp / 1000, 'unixepoch') AS last_logged
FROM metrics JOIN runs ON runs.id = metrics.run
WHERE runs.lifecycle_stage = 'active';
"""


def find_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of an open file, 0 for an empty one.

    Raises StoreError where the file is another program's database, StoreTooNew.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application == APPLICATION_ID:
        if version > VERSION:
            raise StoreTooNew(
                f"{path} was written by a later version of tracker (its schema is {version}, this "
                f"tracker knows {VERSION}). Nothing was changed. Upgrade jupyterlab-tracker to "
                "open it."
            )
        return int(version)
    if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
        return 0
    raise StoreError(_foreign_file_message(connection, path))


def _foreign_file_message(connection: sqlite3.Connection, path: Path) -> str:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "alembic_version" in names and "experiments" in names:
        return (
            f"{path} looks like a database of MLflow's, but has not all of its tables. It was left "
            "untouched. Give tracker a folder, or a path such as sqlite:///.tracker/tracker.db."
        )
    return (
        f"{path} is an SQLite database of another program; it was left untouched. "
        "Give tracker a folder, or a file that does not exist yet."
    )


def create(connection: sqlite3.Connection) -> None:
    """Make all tables in an empty file. The caller holds the write transaction."""
    for statement in _statements(TABLES + VIEWS):
        connection.execute(statement)
    now = time.time_ns() // 1_000_000
    connection.execute(
        "INSERT INTO experiments(id, name, creation_time, last_update_time) VALUES (0, ?, ?, ?)",
        ("Default", now, now),
    )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> list[str]:
    """Split our own SQL; `executescript` would commit the caller's transaction."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
