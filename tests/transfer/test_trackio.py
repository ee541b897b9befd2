"""trackio's databases, of today (see `make_data.py`) and of earlier versions, become runs."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.transfer.filling import files_of
from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.store import Store, open_store
from tracker.transfer import Outcome, Report, copy_runs, open_source, open_target

DATABASE = Path(__file__).with_name("data") / "trackio" / "vision.db"


def imported(place: Path, into: Path) -> tuple[Store, Report, dict[str, Run]]:
    store = open_store(into)
    report = copy_runs(open_source(place), open_target(store))
    return store, report, {it.info.run_name: it for it in store.search_runs(None)}


def test_all_that_was_logged_is_there(tmp_path: Path) -> None:
    before = DATABASE.read_bytes()
    store, report, runs = imported(DATABASE, tmp_path / ".tracker")
    assert report.is_complete
    assert report.found == f"2 runs of trackio's in {DATABASE}"
    one = runs["one"]
    assert store.get_experiment(one.info.experiment_id).name == "vision"
    assert one.data.params == {"lr": "0.1", "net/depth": "3"}
    loss = store.metric_history(one.info.run_id, "loss")
    assert loss.values.tolist() == [1 / (i + 1) for i in range(10)]
    assert loss.steps.tolist() == list(range(10))
    assert store.metric_history(one.info.run_id, "nested/a").values.tolist() == list(range(10))
    assert np.isnan(store.metric_history(one.info.run_id, "odd").values).all()
    assert one.data.metrics["large"] == float("-inf")
    assert files_of(one.info.artifact_uri)["trackio/history.jsonl"].count(b'"word": "w"') == 10
    assert runs["two"].data.metrics == {"loss": 5.0}
    assert DATABASE.read_bytes() == before
    _, report, _ = imported(DATABASE.parent, tmp_path / ".tracker")
    assert {it.outcome for it in report.items} == {Outcome.EQUAL}


OLD = """
CREATE TABLE metrics(id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL,
    run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL);
INSERT INTO metrics(timestamp, run_name, step, metrics) VALUES
    ('2025-08-01T10:00:00', 'a', 0, '{"loss": 1.5}'),
    ('2025-08-01T10:00:01', 'a', 1, '{"loss": 1}'),
    ('2025-08-01T10:00:00', 'broken', 0, '{"loss": '), ('whenever', 'b', 3, '{"loss": "NaN"}'),
    ('2025-08-01T10:00:00', 'odd', 'x', '{"loss": 2}');
"""


def made(path: Path, script: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def test_earlier_versions_tell_runs_apart_by_name_and_broken_ones_stop_no_other(
    tmp_path: Path,
) -> None:
    path = made(tmp_path / "project.db", OLD)
    store, report, runs = imported(path, tmp_path / ".tracker")
    assert runs.keys() == {"a", "b", "odd"}
    history = store.metric_history(runs["a"].info.run_id, "loss")
    assert (history.values.tolist(), history.steps.tolist()) == ([1.5, 1.0], [0, 1])
    assert (runs["a"].info.start_time, runs["a"].info.end_time) == (1754042400000, 1754042401000)
    assert [key.endswith(": broken") for key in report.problems] == [True]
    (odd,) = [it for it in report.items if it.run_name == "odd"]
    assert "'x', which is no whole number" in odd.left[0]


def test_a_view_of_a_stranger_is_never_asked(tmp_path: Path) -> None:
    endless = """
    CREATE VIEW metrics AS WITH RECURSIVE it(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM it)
    SELECT n AS id, 'a' AS run_name, '' AS timestamp, n AS step, '{}' AS metrics FROM it;
    """
    path = made(tmp_path / "project.db", endless)
    with pytest.raises(InvalidValue, match="Nothing that can be imported"):
        open_source(path)


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "vision.db"
    shutil.copy(DATABASE, path)
    with path.open("r+b") as file:
        file.seek(6000)
        file.write(b"\xff" * 20_000)
    try:
        _, report, _ = imported(path, tmp_path / ".tracker")
    except InvalidValue as error:
        assert "Nothing that can be imported" in str(error)
    else:
        assert not report.is_complete
