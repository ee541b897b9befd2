"""A server that is gone, comes back, or answers into the void: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.store.contract.filling import log
from tests.store.processes import run_python, wait_until
from tests.store.rest.between import once
from tests.store.rest.conftest import Mlflow, Ours
from tracker.entities import Dataset, DatasetInput, Metric
from tracker.errors import NotFound, ParamConflict, StoreError
from tracker.remote.errors import Unreachable
from tracker.store import Store, open_store
from tracker.store.rest import syncing


def sent(store: Store) -> None:
    """Wait until the server has all, by reading."""
    store.search_runs([])
    assert syncing.look(store.uri, _folder(store)).is_clear


def _folder(store: Store) -> Path:
    (folder,) = (folder for server, folder in syncing.servers() if server == store.uri)
    return folder


def test_a_run_that_is_begun_offline_is_made_at_the_server_with_all_that_was_logged(
    ours: Ours, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    ours.front.stop()
    run = store.create_run("0", run_name="on a train", user_id="ada", start_time=5)
    run_id = run.info.run_id
    log(store, run_id, "loss", [float(i) for i in range(2500)])
    store.log_batch(run_id, params={"lr": "0.1"}, tags={"a": "1", "b": "2"})
    store.log_batch(run_id, tags={"a": None})
    store.log_inputs(run_id, [DatasetInput(Dataset("digits", "d1", "local", "/data"))])
    ended = store.update_run(run_id, status="FINISHED", end_time=77)
    assert ended == store.get_run(run_id)
    assert (ended.data.params, ended.data.metrics) == ({"lr": "0.1"}, {"loss": 2499.0})
    assert store.metric_history(run_id, "loss").total == 2500
    assert run_id in caplog.text and "does not answer" in caplog.text

    ours.front.start()
    found = store.get_run(run_id)
    assert found.info.run_id != run_id and found.info.run_id in caplog.text
    (there,) = ours.runs
    assert (there.info.run_name, there.info.user_id, there.info.start_time) == (
        "on a train",
        "ada",
        5,
    )
    assert (there.info.status, there.info.end_time) == ("FINISHED", 77)
    assert there.data.params == {"lr": "0.1"}
    assert "a" not in there.data.tags and there.data.tags["b"] == "2"
    assert there.inputs.dataset_inputs[0].dataset.name == "digits"
    history = ours.behind.metric_history(there.info.run_id, "loss")
    assert history.steps.tolist() == list(range(2500))
    assert store.metric_history(run_id, "loss").total == 2500


def test_what_is_logged_while_the_server_restarts_arrives_once(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    for part in range(4):
        log(store, run_id, "loss", [1.0] * 700, first_step=700 * part)
        (ours.front.start if part % 2 else ours.front.stop)()
    store.update_run(run_id, status="FINISHED")
    sent(store)
    history = ours.behind.metric_history(run_id, "loss")
    assert sorted(history.steps.tolist()) == list(range(2800))
    assert ours.behind.get_run(run_id).info.status == "FINISHED"


def test_a_real_server_that_is_killed_and_restarted_in_the_middle_loses_nothing(
    mlflow: Mlflow,
) -> None:
    store = open_store(mlflow.uri)
    run_id = store.create_run("0").info.run_id
    log(store, run_id, "loss", [0.5] * 3000)
    wait_until(lambda: len(mlflow.points()) > 0, "the first points")
    mlflow.kill()
    log(store, run_id, "loss", [0.5] * 1000, first_step=3000)
    store.log_batch(run_id, params={"lr": "0.1"})
    offline = store.create_run("0", run_name="offline").info.run_id
    assert store.update_run(run_id, status="FINISHED").info.status == "FINISHED"
    mlflow.start()
    assert store.metric_history(run_id, "loss").total == 4000
    assert mlflow.points() == [(step, 0.5) for step in range(4000)]
    run = store.get_run(run_id)
    assert (run.info.status, run.data.params) == ("FINISHED", {"lr": "0.1"})
    names = [it.info.run_name for it in store.search_runs(None)]
    assert sorted(names) == sorted(["offline", run.info.run_name])
    assert store.get_run(offline).info.run_id != offline
    store.close()


def test_points_whose_answer_was_lost_are_not_sent_twice(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    ours.front.loses = once("log-batch")
    log(store, run_id, "loss", [1.0, float("nan"), float("inf")])
    store.log_batch(run_id, metrics=[Metric("acc", 0.5, 7, 1)], params={"lr": "0.1"})
    with pytest.raises(Unreachable):
        store.search_runs(None)
    assert len(ours.behind.metric_history(run_id, "loss").steps) == 3
    log(store, run_id, "loss", [2.0], first_step=3)
    sent(store)
    assert ours.behind.metric_history(run_id, "loss").steps.tolist() == [0, 1, 2, 3]
    assert ours.behind.metric_history(run_id, "acc").total == 1


def test_a_run_whose_creation_was_not_confirmed_is_not_made_twice(ours: Ours, store: Store) -> None:
    ours.front.loses = once("runs/create")
    run_id = store.create_run("0", run_name="only one").info.run_id
    store.log_metric(run_id, "loss", 0.5, 1, 1)
    sent(store)
    (there,) = ours.runs
    assert (there.info.run_name, there.data.metrics) == ("only one", {"loss": 0.5})
    assert store.get_run(run_id).info.run_id == there.info.run_id
    assert store.get_run(run_id).data.tags == {"mlflow.runName": "only one"}


@pytest.mark.parametrize("seed", range(3))
def test_whichever_answers_are_lost_everything_arrives_once(
    ours: Ours, store: Store, seed: int
) -> None:
    chance = random.Random(seed)
    ours.front.loses = lambda path: chance.random() < 0.4
    for number in range(4):
        run_id = store.create_run("0", run_name=f"run {number}").info.run_id
        for part in range(4):
            log(store, run_id, "loss", [0.5] * 150, first_step=150 * part)
            store.log_batch(run_id, params={f"p{part}": "1"}, tags={"t": str(part), f"t{part}": ""})
            store.log_batch(run_id, tags={f"t{part}": None})
            with suppress(StoreError):
                assert store.metric_history(run_id, "loss").total == 150 * (part + 1)
        store.update_run(run_id, status="FINISHED")
    ours.front.loses = lambda path: False
    sent(store)
    assert sorted(run.info.run_name for run in ours.runs) == [f"run {i}" for i in range(4)]
    for run in ours.runs:
        history = ours.behind.metric_history(run.info.run_id, "loss")
        assert sorted(history.steps.tolist()) == list(range(600))
        assert run.data.params == {f"p{part}": "1" for part in range(4)}
        assert run.data.tags["t"] == "3" and not {"t0", "t1", "t2", "t3"} & set(run.data.tags)
        assert run.info.status == "FINISHED"


def test_an_experiment_that_is_new_offline_is_found_or_made_by_its_name(
    ours: Ours, store: Store
) -> None:
    known = store.create_experiment("known")
    assert store.find_experiment("known") is not None
    there_already = ours.behind.create_experiment("there already")
    ours.front.stop()
    remembered = store.find_experiment("known")
    assert remembered is not None and remembered.experiment_id == known
    assert store.find_experiment("there already") is None
    for name in ("there already", "brand new"):
        experiment_id = store.create_experiment(name, tags={"t": "1"})
        assert store.get_experiment(experiment_id).name == name
        store.create_run(experiment_id, run_name=name)
    ours.front.start()
    sent(store)
    by_name = {run.info.run_name: run.info.experiment_id for run in ours.runs}
    assert by_name["there already"] == there_already
    assert ours.behind.get_experiment(by_name["brand new"]).tags == {"t": "1"}


def test_children_of_a_run_begun_offline_find_their_parent(ours: Ours, store: Store) -> None:
    ours.front.stop()
    parent = store.create_run("0", run_name="parent").info.run_id
    store.create_run("0", run_name="child", tags={"mlflow.parentRunId": parent})
    ours.front.start()
    sent(store)
    runs = {run.info.run_name: run for run in ours.runs}
    its_id = runs["parent"].info.run_id
    assert runs["child"].data.tags["mlflow.parentRunId"] == its_id != parent


def test_offline_the_store_says_what_it_cannot_answer(ours: Ours, store: Store) -> None:
    run_id = ours.behind.create_run("0").info.run_id
    ours.front.stop()
    with pytest.raises(StoreError, match="does not answer"):
        store.search_runs(None)
    with pytest.raises(StoreError, match="does not answer"):
        store.get_run(run_id)
    with pytest.raises(StoreError, match="does not answer"):
        store.search_experiments()


def test_params_are_checked_offline_too(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, params={"lr": "0.1"})
    ours.front.stop()
    with pytest.raises(ParamConflict):
        store.log_batch(run_id, params={"lr": "0.2"})
    ours.front.start()


def test_a_run_that_is_only_here_can_be_removed(ours: Ours, store: Store) -> None:
    ours.front.stop()
    run_id = store.create_run("0").info.run_id
    store.delete_runs([run_id])
    ours.front.start()
    with pytest.raises(NotFound):
        store.get_run(run_id)
    assert ours.runs == []


LOGGING = """
import os, signal, sys
from tracker.store import open_store

store = open_store(sys.argv[1])
run_id = sys.argv[2] if len(sys.argv) > 2 else store.create_run("0", run_name="killed").info.run_id
for step in range(3000):
    store.log_metric(run_id, "loss", float(step), step, step)
store.log_batch(run_id, params={"lr": "0.1"}, tags={"t": "1"})
if len(sys.argv) == 2:
    os.kill(os.getpid(), signal.SIGKILL)
os._exit(0)
"""


def test_a_client_killed_while_the_server_is_gone_leaves_all_to_tracker_sync(ours: Ours) -> None:
    ours.front.stop()
    killed = subprocess.run([sys.executable, "-c", LOGGING, ours.uri], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    failed = subprocess.run(
        [sys.executable, "-m", "tracker", "sync"], capture_output=True, text=True
    )
    assert failed.returncode == 1 and "waiting" in failed.stdout, failed.stdout + failed.stderr
    ours.front.start()
    done = subprocess.run([sys.executable, "-m", "tracker", "sync"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3000 points" in done.stdout and "1 new runs" in done.stdout
    (run,) = ours.runs
    assert (run.info.status, run.info.run_name) == ("KILLED", "killed")
    assert abs((run.info.end_time or 0) - time.time() * 1000) < 60_000
    assert run.info.run_id in done.stdout
    assert run.data.params == {"lr": "0.1"}
    history = ours.behind.metric_history(run.info.run_id, "loss")
    assert history.steps.tolist() == list(range(3000))
    again = subprocess.run(
        [sys.executable, "-m", "tracker", "sync"], capture_output=True, text=True
    )
    assert again.returncode == 0 and "sent nothing" in again.stdout


def test_a_run_that_somebody_else_ended_is_not_killed_afterwards(ours: Ours) -> None:
    killed = subprocess.run([sys.executable, "-c", LOGGING, ours.uri], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (run,) = ours.runs
    ours.behind.update_run(run.info.run_id, status="FAILED", end_time=run.info.start_time + 5)
    store = open_store(ours.uri)
    store.search_runs([])
    found = store.get_run(run.info.run_id)
    assert (found.info.status, found.info.end_time) == ("FAILED", run.info.start_time + 5)
    assert store.metric_history(run.info.run_id, "loss").total == 3000
    store.close()


def test_two_processes_log_to_one_run_and_the_next_sends_what_one_left(
    ours: Ours, store: Store
) -> None:
    run_id = store.create_run("0").info.run_id
    run_python(LOGGING, ours.uri, run_id)
    log(store, run_id, "own", [1.0, 2.0])
    sent(store)
    assert ours.behind.metric_history(run_id, "loss").steps.tolist() == list(range(3000))
    assert ours.behind.metric_history(run_id, "own").total == 2
    assert ours.behind.get_run(run_id).info.status == "RUNNING"


def test_a_forked_child_logs_to_its_parents_run(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    log(store, run_id, "loss", [0.0])
    pid = os.fork()
    if not pid:
        log(store, run_id, "loss", [1.0, 2.0], first_step=1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    log(store, run_id, "loss", [3.0], first_step=3)
    assert sorted(store.metric_history(run_id, "loss").steps.tolist()) == [0, 1, 2, 3]


def test_logging_does_not_wait_for_a_server_that_does_not_answer(ours: Ours, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    ours.front.stop()
    begun = time.perf_counter()
    log(store, run_id, "loss", [1.0] * 1000)
    assert time.perf_counter() - begun < 30  # each call would wait for a second and more
    ours.front.start()


def test_what_waits_is_sent_by_itself(ours: Ours) -> None:
    store = open_store(ours.uri)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    wait_until(
        lambda: ours.behind.metric_history(run_id, "loss").total == 1, "the point at the server"
    )
    store.close()
