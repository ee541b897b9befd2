from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

import tracker
from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.tracking import system

EXPECTED = {
    "cpu_utilization_percentage",
    "system_memory_usage_megabytes",
    "system_memory_usage_percentage",
    "disk_usage_percentage",
    "disk_usage_megabytes",
    "disk_available_megabytes",
    "network_receive_megabytes",
    "network_transmit_megabytes",
}


def wait_for(run: Run, is_enough: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        metrics = dict(tracker.get_run(run.info.run_id).data.metrics)
        if is_enough(metrics):
            return metrics
        threading.Event().wait(0.02)
    raise AssertionError(f"only {metrics}")


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tracker-system"]


@pytest.fixture(autouse=True)
def quick() -> None:
    tracker.set_system_metrics_sampling_interval(0.02)


def test_a_run_that_asks_for_them_gets_system_metrics() -> None:
    with tracker.start_run(log_system_metrics=True) as run:
        metrics = wait_for(run, bool)
        assert len(watchers()) == 1
    assert {f"system/{key}" for key in EXPECTED} <= metrics.keys()
    assert 0 < metrics["system/system_memory_usage_percentage"] <= 100
    assert watchers() == []


def test_steps_count_samples_and_go_on_in_a_resumed_run() -> None:
    key = "system/disk_usage_percentage"
    with tracker.start_run(log_system_metrics=True) as run:
        wait_for(run, lambda metrics: key in metrics)
    with tracker.start_run(run.info.run_id, log_system_metrics=True):
        before = len(tracker.Client().get_metric_history(run.info.run_id, key))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if len(tracker.Client().get_metric_history(run.info.run_id, key)) > before:
                break
    steps = [p.step for p in tracker.Client().get_metric_history(run.info.run_id, key)]
    assert steps == list(range(len(steps)))
    assert len(steps) > before


def test_the_node_is_part_of_the_key() -> None:
    tracker.set_system_metrics_node_id("node-1")
    with tracker.start_run(log_system_metrics=True) as run:
        wait_for(run, lambda metrics: "system/node-1/cpu_utilization_percentage" in metrics)


def test_all_runs_get_them_where_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker.enable_system_metrics_logging()
    with tracker.start_run() as run:
        assert len(watchers()) == 1
    with tracker.start_run(log_system_metrics=False):
        assert watchers() == []
    tracker.disable_system_metrics_logging()
    with tracker.start_run():
        assert watchers() == []
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true")
    monkeypatch.delenv("TRACKER_ENABLE_SYSTEM_METRICS_LOGGING")
    with tracker.start_run():
        assert len(watchers()) == 1
    assert run.info.run_id


def test_several_samples_are_logged_as_their_mean() -> None:
    first = {"cpu": 1.0, "network_receive_megabytes": 1.0}
    second = {"cpu": 4.0, "network_receive_megabytes": 5.0, "gpu": 7.0}
    assert system._mean([first, second]) == {
        "cpu": 2.5,
        "network_receive_megabytes": 5.0,
        "gpu": 7.0,
    }


@pytest.mark.parametrize("value", ["0", "-1", "often", "nan"])
def test_odd_settings_are_told(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_SYSTEM_METRICS_SAMPLING_INTERVAL", value)
    with pytest.raises(InvalidValue, match="SYSTEM_METRICS_SAMPLING_INTERVAL"):
        tracker.start_run(log_system_metrics=True)
    assert tracker.active_run() is None
    assert tracker.search_runs(output_format="list") == []
