"""Threads, ends at any moment, and what every error carries."""

from __future__ import annotations

import time
from threading import Thread

import pytest

from tests.store.contract.filling import MISSING, assert_points, log, new_run
from tracker.errors import (
    TrackerError,
)
from tracker.store import Store


class SharingContract:
    def test_threads_log_to_one_run_without_losing_a_point(self, store: Store) -> None:
        run_id = new_run(store)

        def work(number: int) -> None:
            for i in range(500):
                store.log_metric(run_id, "shared", float(i), i, i)
                store.log_metric(run_id, f"own {number}", float(i), i, i)
            store.log_batch(run_id, params={f"p{number}": "1"}, tags={"t": str(number)})

        threads = [Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run = store.update_run(run_id, status="FINISHED")
        assert run.data.summaries["shared"].count == 2000
        assert len(run.data.params) == 4
        for number in range(4):
            own = store.metric_history(run_id, f"own {number}")
            assert own.steps.tolist() == list(range(500))

    def test_a_run_that_ends_while_threads_log_keeps_every_point(self, store: Store) -> None:
        run_id = new_run(store)
        logged: list[int] = []
        finished = False

        def work() -> None:
            while not finished:
                store.log_metric(run_id, "loss", 1.0, 1, len(logged))
                logged.append(1)

        thread = Thread(target=work)
        thread.start()
        while len(logged) < 100:
            time.sleep(0.001)
        for status in ("FINISHED", "RUNNING", "FINISHED", "RUNNING", "FINISHED"):
            store.update_run(run_id, status=status)
        finished = True
        thread.join()
        history = store.metric_history(run_id, "loss")
        assert sorted(history.steps.tolist()) == list(range(len(logged)))
        assert store.get_run(run_id).data.summaries["loss"].count == len(logged)

    def test_a_closed_store_can_be_used_again(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0])
        store.close()
        store.close()
        log(store, run_id, "loss", [2.0], first_step=1)
        assert_points(store.metric_history(run_id, "loss"), [1.0, 2.0])

    def test_errors_are_our_own_and_carry_mlflows_code(self, store: Store) -> None:
        with pytest.raises(TrackerError) as missing:
            store.get_run(MISSING)
        assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        with pytest.raises(TrackerError) as taken:
            store.create_experiment("Default")
        assert taken.value.error_code == "RESOURCE_ALREADY_EXISTS"
