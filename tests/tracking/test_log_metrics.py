from __future__ import annotations

import fractions
import math
import threading
import time
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracker
from tracker.entities import Metric
from tracker.errors import InvalidValue, NotFound
from tracker.store import Store


def points(key: str) -> list[tuple[int, float]]:
    run = tracker.last_active_run()
    assert run is not None
    history = tracker.Client().get_metric_history(run.info.run_id, key)
    return [(point.step, point.value) for point in history]


def test_points_are_kept_in_the_order_logged_with_their_steps() -> None:
    with tracker.start_run() as run:
        for step in (2, 0, 1):
            tracker.log_metric("loss", step / 10, step=step)
        tracker.log_metric("loss", 0.9)
    assert points("loss") == [(2, 0.2), (0, 0.0), (1, 0.1), (0, 0.9)]
    assert run.data.metrics["loss"] == 0.2


def test_the_time_is_now_or_the_one_given() -> None:
    before = time.time_ns() // 1_000_000
    with tracker.start_run() as run:
        tracker.log_metric("now", 1.0)
        tracker.log_metric("then", 1.0, timestamp=123_456)
    client = tracker.Client()
    (now,) = client.get_metric_history(run.info.run_id, "now")
    assert before <= now.timestamp <= time.time_ns() // 1_000_000
    assert client.get_metric_history(run.info.run_id, "then") == [Metric("then", 1.0, 123_456, 0)]


class Tensor:
    """Speaks like a tensor of torch that needs its gradient detached."""

    def __init__(self, value: float) -> None:
        self.value = value

    def detach(self) -> Tensor:
        return self

    def item(self) -> float:
        return self.value


class Variable:
    """Speaks like a tensor of TensorFlow."""

    def numpy(self) -> np.ndarray[tuple[()], np.dtype[np.float64]]:
        return np.array(2.5)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (True, 1.0),
        ("0.25", 0.25),
        ("nan", math.nan),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.bool_(True), 1.0),
        (np.array(1.5), 1.5),
        (np.array([[1.5]]), 1.5),
        (Decimal("0.5"), 0.5),
        (fractions.Fraction(1, 4), 0.25),
        (Tensor(2.0), 2.0),
        (Variable(), 2.5),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (math.nan, math.nan),
        (-0.0, -0.0),
        (5e-324, 5e-324),
    ],
)
def test_numbers_of_every_kind_are_taken(value: float, number: float) -> None:
    with tracker.start_run():
        tracker.log_metric("m", value)
        tracker.log_metrics({"n": value})
    for key in ("m", "n"):
        ((_, found),) = points(key)
        assert np.array(found).tobytes() == np.array(number).tobytes()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "NoneType"),
        ("high", "str"),
        ([1.0], "list"),
        ({}, "dict"),
        (1j, "complex"),
        (np.array([1.0, 2.0]), "numpy.ndarray"),
        (10**400, "int"),
    ],
)
def test_what_is_no_number_is_refused_by_name_and_type(value: float, kind: str) -> None:
    with tracker.start_run() as run:
        with pytest.raises(InvalidValue, match=rf"'acc'.*of type {kind}"):
            tracker.log_metric("acc", value)
        with pytest.raises(InvalidValue, match=rf"'acc'.*of type {kind}"):
            tracker.log_metrics({"fine": 1.0, "acc": value})
    assert run.data.metrics == {}


def test_steps_are_whole_numbers_of_any_kind() -> None:
    with tracker.start_run():
        for step in (np.int64(1), 2.0, "3", True, -(2**63), 2**63 - 1):
            tracker.log_metric("m", 1.0, step=step)  # type: ignore[arg-type]  # as MLflow takes it
        with pytest.raises(InvalidValue, match="'m' was logged at step 'x' of type str"):
            tracker.log_metric("m", 1.0, step="x")  # type: ignore[arg-type]  # the mistake
        with pytest.raises(InvalidValue, match="64"):
            tracker.log_metric("m", 1.0, step=2**63)
    assert [step for step, _ in points("m")] == [1, 2, 3, 1, -(2**63), 2**63 - 1]


def test_several_metrics_share_step_and_time() -> None:
    with tracker.start_run() as run:
        tracker.log_metrics({"a": 1, "b": 2.5}, step=7, timestamp=99)
    client = tracker.Client()
    found = [client.get_metric_history(run.info.run_id, key)[0] for key in "ab"]
    assert found == [Metric("a", 1.0, 99, 7), Metric("b", 2.5, 99, 7)]
    with pytest.raises(InvalidValue, match="given as a dict"):
        tracker.log_metrics([1.0])  # type: ignore[arg-type]  # the mistake under test


def test_more_metrics_than_mlflow_takes_at_once_are_fine() -> None:
    with tracker.start_run() as run:
        tracker.log_metrics({f"m{number}": float(number) for number in range(2500)})
    assert len(run.data.metrics) == 2500


def test_a_metric_of_another_run_is_logged_by_its_id() -> None:
    with tracker.start_run() as first:
        pass
    with tracker.start_run() as second:
        tracker.log_metric("m", 1.0, run_id=first.info.run_id)
        tracker.log_metrics({"n": 2.0}, run_id=first.info.run_id)
        tracker.log_metric("own", 3.0, run_id=second.info.run_id)
    assert tracker.get_run(first.info.run_id).data.metrics == {"m": 1.0, "n": 2.0}
    assert second.data.metrics == {"own": 3.0}
    with pytest.raises(NotFound):
        tracker.log_metric("m", 1.0, run_id="0123456789abcdef")


@pytest.mark.parametrize("key", ["", "a\nb", "../x", "/x", "x" * 251, 3])
def test_keys_that_cannot_be_are_refused(key: str) -> None:
    with tracker.start_run(), pytest.raises(InvalidValue, match="metric"):
        tracker.log_metric(key, 1.0)


def test_logging_without_a_run_starts_one(store: Store) -> None:
    tracker.log_metric("m", 1.0)
    run = tracker.active_run()
    assert run is not None
    tracker.log_metric("m", 2.0)
    tracker.end_run()
    assert [found.info.run_id for found in store.search_runs(["0"])] == [run.info.run_id]
    assert points("m") == [(0, 1.0), (0, 2.0)]


def test_asynchronous_logging_is_done_at_once() -> None:
    with tracker.start_run() as run:
        for operation in (
            tracker.log_metric("m", 1.0, synchronous=False),
            tracker.log_metrics({"n": 1.0}, synchronous=False),
            tracker.log_params({"p": 1}, synchronous=False),
            tracker.set_tag("t", 1, synchronous=False),
        ):
            assert operation is not None
            operation.wait()
        tracker.flush_async_logging()
        assert tracker.log_metric("m", 1.0) is None
    assert run.data.metrics == {"m": 1.0, "n": 1.0}


def test_threads_log_to_one_run_without_losing_a_point() -> None:
    with tracker.start_run() as run:
        run_id = run.info.run_id

        def work(number: int) -> None:
            for step in range(300):
                tracker.log_metric("m", float(number), step=step, run_id=run_id)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = points("m")
    assert len(found) == 1200
    assert {step for step, _ in found} == set(range(300))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    logged=st.lists(
        st.tuples(st.floats(), st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=20
    )
)
def test_any_float_at_any_step_reads_back_identically(logged: list[tuple[float, int]]) -> None:
    with tracker.start_run():
        for value, step in logged:
            tracker.log_metric("m", value, step=step)
    found = points("m")
    assert [step for step, _ in found] == [step for _, step in logged]
    values = np.array([value for _, value in found])
    # A NaN is one among many; which of them is not kept by any store that knows SQL.
    expected = np.array([value for value, _ in logged])
    assert np.array_equal(np.isnan(values), np.isnan(expected))
    assert (
        np.where(np.isnan(values), 0, values).tobytes()
        == np.where(np.isnan(expected), 0, expected).tobytes()
    )
