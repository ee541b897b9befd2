"""MLflow's newest database beside the real MLflow; nothing of it ever changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mlflow_databases import new_database
from tests.store.neighbours import (
    assert_same_histories,
    assert_same_run,
    log_to_mlflow,
    make_plan,
)
from tracker.entities import Metric, ViewType
from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.store import Store, open_store

RUNS = 60


@dataclass
class Neighbours:
    path: Path
    theirs: Any
    run_ids: list[str]

    @property
    def ours(self) -> Store:
        return open_store(f"sqlite:///{self.path}")


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from sqlalchemy import event

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    open_their_store: Any = SqlAlchemyStore
    theirs = open_their_store(new_database(path), str(path.parent / "mlruns"))
    # Some thousand commits need not reach the disk.
    theirs.engine.dispose()
    event.listen(theirs.engine, "connect", lambda it, _: it.execute("PRAGMA synchronous = OFF"))
    vision = theirs.create_experiment("vision <1>")
    run_ids = [log_to_mlflow(theirs, ["0", vision][i % 2], make_plan(i)) for i in range(RUNS)]
    for run_id in run_ids[::7]:
        theirs.delete_run(run_id)
    yield Neighbours(path, theirs, run_ids)
    theirs.engine.dispose()


def test_everything_is_equal_to_what_mlflow_reads(neighbours: Neighbours) -> None:
    from mlflow.entities import ViewType as TheirViewType

    ours, theirs = neighbours.ours, neighbours.theirs
    experiments = theirs.search_experiments(view_type=TheirViewType.ALL)
    for other in experiments:
        experiment = ours.get_experiment(other.experiment_id)
        for name in ("name", "artifact_location", "lifecycle_stage", "creation_time", "tags"):
            assert getattr(experiment, name) == getattr(other, name), name
    ids = [it.experiment_id for it in experiments]
    runs = ours.search_runs(ids, view_type=ViewType.ALL)
    found = theirs.search_runs(ids, "", TheirViewType.ALL, 1000)
    assert len(runs) == RUNS
    assert [it.info.run_id for it in runs] == [it.info.run_id for it in found]
    for run, other in zip(runs, found, strict=True):
        assert_same_run(run, with_infinities(other))
        assert_same_histories(ours, Histories(theirs), run.info.run_id, list(run.data.metrics))


LARGEST = 1.7976931348623157e308


def infinite(value: float) -> float:
    """MLflow keeps infinities as the largest numbers, and hands them out as such."""
    return value * 2 if abs(value) == LARGEST else value


def with_infinities(run: Any) -> Any:
    for key, value in run.data.metrics.items():
        run.data.metrics[key] = infinite(value)
    return run


class Histories:
    """MLflow's histories in the order logged: its database returns them in any."""

    def __init__(self, store: Any) -> None:
        self._engine = store.engine

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        connection = self._engine.raw_connection()
        rows = connection.execute(
            "SELECT CASE WHEN is_nan THEN NULL ELSE value END, timestamp, step FROM metrics "
            "WHERE run_uuid = ? AND key = ? ORDER BY rowid",
            (run_id, key),
        ).fetchall()
        connection.close()
        return [
            Metric(key, float("nan") if value is None else infinite(value), timestamp, step)
            for value, timestamp, step in rows
        ]


def test_searches_find_what_mlflow_finds(neighbours: Neighbours) -> None:
    from mlflow.entities import ViewType as TheirViewType

    ids = [it.experiment_id for it in neighbours.ours.search_experiments()]
    for text, order in [
        ("metrics.loss > 0", ["metrics.loss DESC"]),
        ("attributes.status = 'FINISHED'", ["attributes.end_time ASC"]),
        ("tags.`t.0` != ''", []),
        ("datasets.name = 'digits'", []),
        ("", ["attributes.start_time ASC"]),
    ]:
        theirs = neighbours.theirs.search_runs(ids, text, TheirViewType.ACTIVE_ONLY, 1000, order)
        ours = neighbours.ours.search_runs(ids, filter_string=text, order_by=order)
        assert {it.info.run_id for it in ours} == {it.info.run_id for it in theirs}, text


def test_pages_hold_every_run_once(neighbours: Neighbours) -> None:
    for filter_string in ("", "metrics.loss.count > 0"):
        found: list[str] = []
        token: str | None = None
        while True:
            page = neighbours.ours.search_runs(
                None, filter_string=filter_string, max_results=7, page_token=token
            )
            found += [run.info.run_id for run in page]
            token = page.token
            if token is None:
                break
        assert len(found) == len(set(found)) == page.total


def test_what_mlflow_logs_meanwhile_is_seen(neighbours: Neighbours) -> None:
    from mlflow import entities as theirs

    run_id = log_to_mlflow(neighbours.theirs, "0", make_plan(1000))
    ours = neighbours.ours
    start = ours.changes().revision
    assert ours.changes(start).run_ids == ()
    before = ours.metric_history(run_id, "new")
    count = len(ours.search_runs(None, view_type=ViewType.ALL))
    for step in range(3):
        neighbours.theirs.log_metric(run_id, theirs.Metric("new", step, 1, step))
    assert ours.get_run(run_id).data.summaries["new"].count == 3
    history = ours.metric_history(run_id, "new", since=before.cursor)
    assert history.values.tolist() == [0.0, 1.0, 2.0]
    neighbours.theirs.log_metric(run_id, theirs.Metric("new", 9, 1, 9))
    more = ours.metric_history(run_id, "new", since=history.cursor)
    assert (more.values.tolist(), more.since, more.total) == ([9.0], 3, 4)
    changes = ours.changes(start)
    assert changes.run_ids == (run_id,)
    assert not changes.experiments_changed
    assert len(ours.search_runs(None, view_type=ViewType.ALL)) == count
    sample = ours.sample_metric(run_id, "new", max_points=2)
    assert sample.steps.tolist() == [0, 9]


def test_every_way_to_write_is_refused_and_says_what_to_do(neighbours: Neighbours) -> None:
    ours, run_id = neighbours.ours, neighbours.run_ids[0]
    ways: list[Callable[[], object]] = [
        lambda: ours.create_experiment("new"),
        lambda: ours.update_experiment("0", name="other"),
        lambda: ours.set_experiment_tags("0", {"a": "1"}),
        lambda: ours.create_run("0"),
        lambda: ours.update_run(run_id, status="FINISHED"),
        lambda: ours.delete_runs([run_id]),
        lambda: ours.log_metric(run_id, "loss", 1.0, 1, 1),
        lambda: ours.log_batch(run_id, params={"a": "1"}),
        lambda: ours.log_inputs(run_id, []),
    ]
    for write in ways:
        with pytest.raises(StoreError, match="set another tracking URI"):
            write()


def test_bad_questions_are_refused(neighbours: Neighbours) -> None:
    ours = neighbours.ours
    with pytest.raises(NotFound):
        ours.get_run("0" * 32)
    with pytest.raises(InvalidValue):
        ours.search_runs(None, max_results=0)
    with pytest.raises(InvalidValue):
        ours.search_runs(None, filter_string="loss ~ 3")


@pytest.mark.parametrize("journal_mode", ["DELETE", "WAL"])
def test_not_a_byte_changes(neighbours: Neighbours, tmp_path: Path, journal_mode: str) -> None:
    path = tmp_path / "mlflow.db"
    source, copy = sqlite3.connect(neighbours.path), sqlite3.connect(path)
    source.backup(copy)
    copy.execute(f"PRAGMA journal_mode = {journal_mode}")
    copy.close()
    source.close()
    before = (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    store = open_store(f"sqlite:///{path}")
    for run in store.search_runs(None, filter_string="metrics.loss.max > 0"):
        store.metric_history(run.info.run_id, "loss")
    store.search_experiments()
    store.changes(store.changes().revision)
    with pytest.raises(StoreError):
        store.create_run("0")
    store.close()
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before


def test_a_database_that_another_process_has_open_for_writing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    for table in ("params", "tags", "metrics"):
        writer.execute(f"CREATE TABLE {table}(key, value, timestamp, run_uuid)")
    writer.execute("CREATE TABLE experiments(experiment_id INTEGER, name, artifact_location)")
    writer.execute(
        "CREATE TABLE runs(run_uuid, experiment_id, name, user_id, status, start_time, end_time, "
        "artifact_uri)"
    )
    store = open_store(f"sqlite:///{path}")
    writer.execute("INSERT INTO experiments VALUES (0, 'Default', 'x')")
    assert store.get_experiment("0").name == "Default"
    writer.close()
