"""Several processes, threads and forks on one store at once."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.store.processes import PATIENCE, python, read_line, run_python, wait_until
from tracker.entities import Metric
from tracker.store import open_store

POINTS = int(os.environ.get("TRACKER_TEST_POINTS", "100000"))
PROCESSES = 8

LOGS_SHARED = """
import json, sys, time
from tracker.store import open_store
folder, run_id, number, points = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
store = open_store(folder)
slowest, clock = 0, time.perf_counter_ns
for step in range(points):
    before = clock()
    store.log_metric(run_id, "shared", float(number), step, step)
    slowest = max(slowest, clock() - before)
own = store.create_run("0", run_name=f"own {number}").info.run_id
store.log_batch(own, params={f"p{i}": str(i) for i in range(10)})
store.log_metric(own, "loss", float(number), 1, 1)
store.update_run(own, status="FINISHED")
store.close()
print(json.dumps({"slowest_ms": slowest / 1e6}), flush=True)
"""


def test_processes_log_to_one_run_while_a_reader_polls(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run_id = store.create_run("0", run_name="shared").info.run_id
    seen, cursor, slowest = [], 0, []
    with ExitStack() as stack:
        processes = [
            stack.enter_context(python(LOGS_SHARED, tmp_path, run_id, number, POINTS))
            for number in range(PROCESSES)
        ]
        while any(process.poll() is None for process in processes):
            new = store.metric_history(run_id, "shared", since=cursor)
            assert new.since == cursor
            seen += list(zip(new.values.tolist(), new.steps.tolist(), strict=True))
            cursor = new.cursor
            store.search_runs(None, filter_string="metrics.shared >= 0", order_by=["params.p1"])
            time.sleep(0.01)
        for process in processes:
            output, complaint = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, complaint
            slowest.append(json.loads(output)["slowest_ms"])
    new = store.metric_history(run_id, "shared", since=cursor)
    seen += list(zip(new.values.tolist(), new.steps.tolist(), strict=True))
    expected = [(float(n), step) for n in range(PROCESSES) for step in range(POINTS)]
    assert sorted(seen) == expected
    whole = store.metric_history(run_id, "shared")
    assert sorted(zip(whole.values.tolist(), whole.steps.tolist(), strict=True)) == expected
    assert store.get_run(run_id).data.summaries["shared"].count == PROCESSES * POINTS
    assert store.search_runs(None).total == PROCESSES + 1
    print(f"slowest call of each process in ms: {[round(ms, 2) for ms in sorted(slowest)]}")


def test_a_store_without_shared_memory_serves_several_processes_too(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    program = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1] + "/tracker.db")
assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
"""
    run_python(program, tmp_path)
    store = open_store(tmp_path)
    run_id = store.create_run("0").info.run_id
    with ExitStack() as stack:
        processes = [
            stack.enter_context(python(LOGS_SHARED, tmp_path, run_id, number, 100))
            for number in range(3)
        ]
        while any(process.poll() is None for process in processes):
            store.search_runs(None, filter_string="metrics.shared >= 0")
            time.sleep(0.01)
        for process in processes:
            assert process.returncode == 0, process.communicate()[1]
    assert store.metric_history(run_id, "shared").total == 300
    assert not (tmp_path / "tracker.db-wal").exists()


FORKS = """
import os, sys, threading
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = store.create_run("0", run_name="parent").info.run_id
store.log_metric(run_id, "loss", 0.0, 0, 0)
stop = threading.Event()
def work():
    number = 0
    while not stop.is_set():
        store.log_batch(run_id, tags={"busy": str(number)})
        store.log_metric(run_id, "busy", 1.0, 1, number)
        number += 1
thread = threading.Thread(target=work)
thread.start()
children = []
for number in range(1, 21):
    pid = os.fork()
    if pid == 0:
        store.log_metric(run_id, "loss", float(number), 0, number)
        own = store.create_run("0", run_name=f"child {number}").info.run_id
        store.log_metric(own, "loss", float(number), 1, 1)
        store.update_run(own, status="FINISHED")
        os._exit(0)
    children.append(pid)
    store.log_metric(run_id, "loss", -1.0, 0, 100 + number)
statuses = [os.waitpid(pid, 0)[1] for pid in children]
stop.set()
thread.join()
store.update_run(run_id, status="FINISHED")
print(run_id, statuses.count(0))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forked_children_log_to_the_same_run_and_to_their_own(tmp_path: Path) -> None:
    run_id, succeeded = run_python(FORKS, tmp_path).split()
    assert succeeded == "20"
    store = open_store(tmp_path)
    history = store.metric_history(run_id, "loss")
    assert sorted(history.steps.tolist()) == [*range(21), *range(101, 121)]
    assert store.get_run(run_id).data.summaries["loss"].count == 41
    children = store.search_runs(None, filter_string="run_name LIKE 'child%'")
    assert [run.info.status for run in children] == ["FINISHED"] * 20
    assert store.get_run(run_id).info.status == "FINISHED"


def test_a_cursor_of_another_process_is_not_mistaken(tmp_path: Path) -> None:
    """Two live writers have no common order: only who gave such a cursor knows what it means."""
    store = open_store(tmp_path)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "shared", 0.0, 0, 0)
    program = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
store.log_metric(sys.argv[2], "shared", 1.0, 1, 1)
print(store.metric_history(sys.argv[2], "shared").cursor, flush=True)
sys.stdin.readline()
"""
    with python(program, tmp_path, run_id) as process:
        theirs = int(read_line(process))
        answer = store.metric_history(run_id, "shared", since=theirs)
        assert (answer.since, answer.values.tolist()) == (0, [0.0, 1.0])
        store.log_metric(run_id, "shared", 2.0, 2, 2)
        new = store.metric_history(run_id, "shared", since=answer.cursor)
        assert (new.since, new.values.tolist()) == (answer.cursor, [2.0])
        assert 0 < theirs < 2**53


def test_a_cursor_outlives_the_process_that_gave_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 0.0, 0, 0)
    program = """
import sys
from tracker.store import open_store
print(open_store(sys.argv[1]).metric_history(sys.argv[2], "loss").cursor)
"""
    cursor = int(run_python(program, tmp_path, run_id))
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    store.update_run(run_id, status="FINISHED")
    answer = store.metric_history(run_id, "loss", since=cursor)
    assert (answer.since, answer.values.tolist()) == (cursor, [1.0])


def test_a_run_deleted_elsewhere_refuses_points_here(tmp_path: Path) -> None:
    from tracker.errors import InvalidState, NotFound

    store = open_store(tmp_path)
    deleted, removed = (store.create_run("0").info.run_id for _ in range(2))
    for run_id in (deleted, removed):
        store.log_metric(run_id, "loss", 1.0, 1, 1)
    program = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
store.update_run(sys.argv[2], lifecycle_stage="deleted")
store.delete_runs([sys.argv[3]])
"""
    run_python(program, tmp_path, deleted, removed)

    def refused(run_id: str, error: type[Exception]) -> bool:
        try:
            store.log_metric(run_id, "loss", 2.0, 2, 2)
        except error:
            return True
        return False

    wait_until(lambda: refused(deleted, InvalidState), "news of the deletion")
    wait_until(lambda: refused(removed, NotFound), "news of the removal")


def test_metrics_of_data_sets_and_models_are_kept_apart_and_read_together(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run_id = store.create_run("0").info.run_id
    points = [
        Metric("loss", 1.0, 1, 1),
        Metric("loss", 2.0, 2, 2, dataset_name="train", dataset_digest="abc"),
        Metric("loss", 3.0, 3, 3),
        Metric("loss", 4.0, 4, 4, model_id="m-1"),
    ]
    store.log_batch(run_id, metrics=points)
    first = store.metric_history(run_id, "loss")
    assert sorted(first.values.tolist()) == [1.0, 2.0, 3.0, 4.0]
    store.log_batch(run_id, metrics=[Metric("loss", 5.0, 5, 5)])
    assert store.metric_history(run_id, "loss", since=first.cursor).values.tolist() == [5.0]
    store.update_run(run_id, status="FINISHED")
    assert store.metric_history(run_id, "loss", since=first.cursor).values.tolist() == [5.0]
    assert sorted(store.metric_history(run_id, "loss").values.tolist()) == [1, 2, 3, 4, 5]
