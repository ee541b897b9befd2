"""No room left: a clear error, nothing stored before is lost, and it goes on when there is room."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.store.processes import run_python
from tracker.errors import StoreError
from tracker.store import open_store
from tracker.store.sqlite.store import SqliteStore


def test_a_full_disk_is_told_in_words_and_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    run = store.create_run("0")
    run_id = run.info.run_id
    connection = store._database.connection()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    large = {f"p{i}": "x" * 6000 for i in range(50)}
    with pytest.raises(StoreError, match="disk is full.*safe"):
        store.log_batch(run_id, params=large)
    assert store.get_run(run_id) == run
    connection.execute("PRAGMA max_page_count = 1000000")
    store.log_batch(run_id, params=large)
    assert store.get_run(run_id).data.params == large


LOGS_UNTIL_FULL = """
import resource, signal, sys
from tracker.errors import StoreError
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = store.create_run("0").info.run_id
store.log_metric(run_id, "loss", 0.0, 0, 0)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
step = 1
try:
    while True:
        store.log_metric(run_id, "loss", 0.0, 0, step)
        step += 1
except StoreError as error:
    print(run_id, step, "Cannot keep the points" in str(error))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.log_metric(run_id, "loss", 0.0, 0, step)
store.update_run(run_id, status="FINISHED")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on the size of files there")
def test_points_until_the_disk_was_full_are_there_and_so_are_those_after(tmp_path: Path) -> None:
    run_id, logged, told = run_python(LOGS_UNTIL_FULL, tmp_path).split()
    assert told == "True"
    store = open_store(tmp_path)
    history = store.metric_history(run_id, "loss")
    assert history.steps.tolist() == list(range(int(logged) + 1))
    assert history.total > 1000
    assert store.get_run(run_id).info.status == "FINISHED"
