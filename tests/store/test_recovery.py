"""Processes that die: nothing that was logged is lost, no run stays RUNNING."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.store.processes import python, read_line, run_python, wait_until
from tracker.errors import StoreError
from tracker.store import Store, open_store
from tracker.store.sqlite.store import SqliteStore

LOGS = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = sys.argv[2] if len(sys.argv) > 2 else store.create_run("0").info.run_id
print(run_id, flush=True)
step = 0
while True:
    store.log_metric(run_id, "loss", step / 2, 1000 + step, step)
    store.log_metric(run_id, "other", -1.0, 1000 + step, step)
    print(step, flush=True)
    step += 1
"""


def last_of(process: subprocess.Popen[str], at_least: int) -> int:
    """Kill a process that prints what it logged; return the last number, once one is reached."""
    last = -1
    while last < at_least:
        last = int(read_line(process))
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    *printed, _ = process.stdout.read().split("\n")
    return int(printed[-1]) if printed else last


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "journals").glob("*.journal"))


@pytest.mark.parametrize("points", [1, 10, 3000])
def test_a_killed_process_loses_no_point_and_its_run_ends(tmp_path: Path, points: int) -> None:
    store = open_store(tmp_path)
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last = last_of(process, points)
        killed = time.time() * 1000
    run = store.get_run(run_id)
    assert run.info.status == "KILLED"
    assert run.info.end_time is not None
    assert run.info.start_time <= run.info.end_time <= killed + 1
    history = store.metric_history(run_id, "loss")
    assert history.steps.tolist() == list(range(history.total))
    assert history.values.tolist() == [step / 2 for step in range(history.total)]
    assert history.total in (last + 1, last + 2)  # it may have died before it printed
    assert run.data.summaries["loss"].count == history.total
    assert run.data.summaries["loss"].last_step == history.total - 1
    assert files(tmp_path) == []


def test_whoever_opens_the_store_next_finds_the_run_ended(tmp_path: Path) -> None:
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last_of(process, 5)
    connection = sqlite3.connect(tmp_path / "tracker.db")
    query = "SELECT status, (SELECT count(*) FROM metric_segments) FROM runs"
    assert connection.execute(query).fetchone() == ("RUNNING", 0)
    open_store(tmp_path)
    assert connection.execute(query).fetchone() == ("KILLED", 2)
    connection.close()
    assert open_store(tmp_path).get_run(run_id).data.metrics["other"] == -1.0


def test_a_live_run_of_another_process_stays_running(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        read_line(process)
        assert store.get_run(run_id).info.status == "RUNNING"
        assert store.search_runs(None, filter_string="status = 'RUNNING'").total == 1
    assert store.search_runs(None, filter_string="status = 'RUNNING'").total == 0


def test_a_run_lives_on_while_another_process_logs_to_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with python(LOGS, tmp_path) as owner:
        run_id = read_line(owner)
        with python(LOGS, tmp_path, run_id) as helper:
            assert read_line(helper) == run_id
            last_of(owner, 10)
            read_line(helper)
            assert store.get_run(run_id).info.status == "RUNNING"
            last_of(helper, 10)
        run = store.get_run(run_id)
    assert run.info.status == "KILLED"
    assert run.data.summaries["loss"].count == store.metric_history(run_id, "loss").total >= 20


def test_a_run_resumed_elsewhere_belongs_to_who_resumed_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last_of(process, 3)
    assert store.update_run(run_id, status="RUNNING").info.status == "RUNNING"
    assert store.get_run(run_id).info.status == "RUNNING"
    before = store.metric_history(run_id, "loss").total
    store.log_metric(run_id, "loss", 9.0, 1, 1)
    assert store.metric_history(run_id, "loss").values.tolist()[before:] == [9.0]


def test_points_logged_to_an_ended_run_are_packed_when_their_process_is_gone(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path)
    run_id = store.create_run("0").info.run_id
    ended = store.update_run(run_id, status="FINISHED")
    with python(LOGS, tmp_path, run_id) as process:
        read_line(process)
        last_of(process, 10)
    run = store.get_run(run_id)
    assert run.info == ended.info
    assert run.data.summaries["loss"].count == store.metric_history(run_id, "loss").total >= 11
    assert files(tmp_path) == []


ENDS = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
while True:
    run_id = store.create_run("0").info.run_id
    for step in range(300):
        store.log_metric(run_id, "loss", step / 2, 1000 + step, step)
    print(run_id, flush=True)
    store.update_run(run_id, status="FINISHED")
    print("ended", flush=True)
"""


@pytest.mark.parametrize("moment", range(int(os.environ.get("TRACKER_TEST_KILLS", "8"))))
def test_a_process_killed_while_it_packs_loses_nothing(tmp_path: Path, moment: int) -> None:
    with python(ENDS, tmp_path) as process:
        run_ids = []
        for _ in range(1 + moment % 3):
            run_ids.append(read_line(process))
            if len(run_ids) <= moment % 3:
                assert read_line(process) == "ended"
        time.sleep(moment * 0.0002)  # no waiting for anything: another moment to die in each time
        process.kill()
        process.wait()
    store = open_store(tmp_path)
    found = {run.info.run_id: run for run in store.search_runs(None)}
    assert set(run_ids) <= set(found)
    for run in found.values():
        assert run.info.status in ("FINISHED", "KILLED")
        history = store.metric_history(run.info.run_id, "loss")
        if run.info.run_id in run_ids:
            assert history.total == 300
        assert history.steps.tolist() == list(range(history.total))
        if history.total:
            assert run.data.summaries["loss"].count == history.total
    assert files(tmp_path) == []


def test_a_journal_that_was_packed_but_not_removed_is_not_packed_twice(tmp_path: Path) -> None:
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last_of(process, 10)
    (journal,) = (tmp_path / "journals").glob("*.journal")
    content = journal.read_bytes()
    store = open_store(tmp_path)
    total = store.metric_history(run_id, "loss").total
    store.close()
    journal.write_bytes(content)
    folder = tmp_path.rename(tmp_path.with_name("moved"))
    store = open_store(folder)
    assert files(folder) == []
    assert store.metric_history(run_id, "loss").total == total
    assert store.get_run(run_id).data.summaries["loss"].count == total


def test_a_journal_whose_registration_was_lost_is_found_again(tmp_path: Path) -> None:
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last_of(process, 10)
    connection = sqlite3.connect(tmp_path / "tracker.db")
    connection.execute("DELETE FROM journals")
    connection.execute("DELETE FROM metrics")
    connection.commit()
    connection.close()
    store = open_store(tmp_path)
    assert store.metric_history(run_id, "loss").total >= 11
    assert store.get_run(run_id).data.summaries["loss"].count >= 11


def test_a_journal_that_somebody_removed_costs_its_points_only(tmp_path: Path) -> None:
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last_of(process, 10)
    for path in (tmp_path / "journals").iterdir():
        path.unlink()
    store = open_store(tmp_path)
    assert store.get_run(run_id).info.status == "KILLED"
    assert store.metric_history(run_id, "loss").total == 0


def test_a_run_whose_journal_was_removed_under_it_can_end(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    for path in (tmp_path / "journals").iterdir():
        path.unlink()
    (tmp_path / "journals").rmdir()
    assert store.update_run(run_id, status="FINISHED").info.status == "FINISHED"
    store.log_metric(run_id, "loss", 2.0, 2, 2)
    assert store.metric_history(run_id, "loss").values.tolist() == [2.0]


def test_an_interrupt_after_counting_does_not_count_twice(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    store.get_run(run_id)
    live = store._journals._live[run_id]
    live.folded, live.definitions = 0, None  # as if the commit had been the last thing to happen
    store.log_metric(run_id, "loss", 2.0, 2, 2)
    store.get_run(run_id)
    assert store.update_run(run_id, status="FINISHED").data.summaries["loss"].count == 2


def test_a_torn_journal_keeps_all_that_is_whole(tmp_path: Path) -> None:
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last = last_of(process, 100)
    (journal,) = (tmp_path / "journals").glob("*.journal")
    data = bytearray(journal.read_bytes().rstrip(b"\0"))
    data[-40:] = os.urandom(40)
    journal.write_bytes(data)
    store = open_store(tmp_path)
    history = store.metric_history(run_id, "loss")
    assert last - 1 <= history.total <= last + 2
    assert history.steps.tolist() == list(range(history.total))
    assert store.get_run(run_id).data.summaries["loss"].count == history.total


def test_a_journal_that_was_never_finished_is_removed_after_a_while(tmp_path: Path) -> None:
    (tmp_path / "journals").mkdir()
    fresh, old = (tmp_path / "journals" / f"{name}.0.draft" for name in "ab")
    fresh.touch()
    old.touch()
    os.utime(old, (0, 0))
    open_store(tmp_path)
    assert fresh.exists() and not old.exists()


def test_summaries_follow_the_points_of_another_process(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        read_line(process)
        wait_until(lambda: "loss" in store.get_run(run_id).data.metrics, "a summary")


def test_leaving_without_closing_anything_keeps_all(tmp_path: Path) -> None:
    program = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = store.create_run("0").info.run_id
store.log_metric(run_id, "loss", 1.0, 1, 1)
print(run_id)
"""
    with python(program, tmp_path) as process:
        run_id = read_line(process)
        process.wait()
    assert files(tmp_path) == []
    store: Store = open_store(tmp_path)
    assert store.get_run(run_id).info.status == "KILLED"
    assert store.metric_history(run_id, "loss").values.tolist() == [1.0]


def test_points_logged_to_an_ended_run_are_packed_once_no_more_come(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    run_id = store.create_run("0").info.run_id
    store.update_run(run_id, status="FINISHED")
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    store._beat()
    assert len(files(tmp_path)) == 1
    store._beat()
    assert files(tmp_path) == []
    store.log_metric(run_id, "loss", 2.0, 2, 2)
    assert store.metric_history(run_id, "loss").values.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("run_id", ["../../victim/journals/abc", "/abc", "a.b", ""])
def test_a_store_made_by_a_stranger_cannot_reach_journals_of_another(
    tmp_path: Path, run_id: str
) -> None:
    victim = open_store(tmp_path / "victim")
    ours = victim.create_run("0").info.run_id
    victim.log_metric(ours, "loss", 1.0, 1, 1)
    (journal,) = (tmp_path / "victim" / "journals").glob("*.journal")
    open_store(tmp_path / "evil").create_run("0")
    open_store(tmp_path / "evil").close()
    connection = sqlite3.connect(tmp_path / "evil" / "tracker.db")
    connection.execute("UPDATE runs SET run_id = ?, pid = 1, process_started = 1", (run_id,))
    connection.execute(
        "INSERT INTO journals(journal_id, run, host, boot_id, pid, process_started, heartbeat_time)"
        " SELECT ?, id, host, boot_id, 1, 1, 0 FROM runs",
        (journal.name.split(".")[1],),
    )
    connection.commit()
    connection.close()
    (tmp_path / "evil").rename(tmp_path / "opened")
    store = open_store(tmp_path / "opened")
    store.search_runs(None)
    with pytest.raises(StoreError, match="cannot be one of its files"):
        store.metric_history(run_id, "loss")
    assert journal.exists()
    assert victim.metric_history(ours, "loss").total == 1


def pretend(folder: Path, statement: str) -> None:
    """Change a store as only another machine could."""
    connection = sqlite3.connect(folder / "tracker.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_silent_process_elsewhere_is_given_up_and_taken_back_when_it_returns(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    (here,) = {os.uname().nodename}
    for table in ("runs", "journals"):
        pretend(tmp_path, f"UPDATE {table} SET host = 'elsewhere'")
    assert store.get_run(run_id).info.status == "RUNNING"
    for table in ("runs", "journals"):
        pretend(tmp_path, f"UPDATE {table} SET heartbeat_time = heartbeat_time - 300000")
    assert store.get_run(run_id).info.status == "KILLED"
    assert len(files(tmp_path)) == 1
    for table in ("runs", "journals"):
        pretend(tmp_path, f"UPDATE {table} SET host = '{here}'")
    store._beat()
    info = store.get_run(run_id).info
    assert (info.status, info.end_time) == ("RUNNING", None)
    store.log_metric(run_id, "loss", 2.0, 2, 2)
    assert store.metric_history(run_id, "loss").values.tolist() == [1.0, 2.0]


def test_a_process_elsewhere_silent_for_hours_has_its_points_packed(tmp_path: Path) -> None:
    with python(LOGS, tmp_path) as process:
        run_id = read_line(process)
        last_of(process, 10)
    for table in ("runs", "journals"):
        pretend(tmp_path, f"UPDATE {table} SET host = 'elsewhere', heartbeat_time = 0")
    store = open_store(tmp_path)
    assert store.get_run(run_id).info.status == "KILLED"
    assert files(tmp_path) == []
    assert store.metric_history(run_id, "loss").total >= 11


def test_a_run_that_somebody_ended_stays_ended(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    run_id = store.create_run("0").info.run_id
    program = """
import sys
from tracker.store import open_store
open_store(sys.argv[1]).update_run(sys.argv[2], status="KILLED")
"""
    run_python(program, tmp_path, run_id)
    store._beat()
    assert store.get_run(run_id).info.status == "KILLED"
