"""Points of metrics, what is known of them without reading them, cursors, samples."""

from __future__ import annotations

import math

import pytest

from tests.store.contract.abilities import Abilities
from tests.store.contract.filling import as_in_a_database, assert_points, log, new_run
from tracker.entities import (
    Metric,
)
from tracker.errors import (
    InvalidValue,
)
from tracker.store import Store


class MetricContract(Abilities):
    def test_points_read_back_in_the_order_logged(self, store: Store) -> None:
        run_id = new_run(store)
        store.log_metric(run_id, "loss", 0.5, 2000, 7)
        store.log_metric(run_id, "other", 1.0, 2000, 7)
        store.log_metric(run_id, "loss", 0.25, 1000, 3)
        history = store.metric_history(run_id, "loss")
        order = 1 if self.keeps_the_order_logged else -1
        assert history.values.tolist() == [0.5, 0.25][::order]
        assert history.steps.tolist() == [7, 3][::order]
        assert history.timestamps.tolist() == [2000, 1000][::order]
        assert (history.total, history.since, history.key) == (2, 0, "loss")
        assert store.metric_history(run_id, "nothing").total == 0

    def test_points_stay_as_they_are_when_the_run_ends(self, store: Store) -> None:
        run_id = new_run(store)
        values = [math.sin(i) for i in range(500)]
        log(store, run_id, "loss", values)
        before = store.metric_history(run_id, "loss")
        store.update_run(run_id, status="FINISHED")
        after = store.metric_history(run_id, "loss")
        assert before.values.tolist() == after.values.tolist() == values
        assert before.steps.tolist() == after.steps.tolist() == list(range(500))
        assert before.timestamps.tolist() == after.timestamps.tolist()

    @pytest.mark.parametrize("ended", [False, True])
    def test_every_float_and_64_bit_step_reads_back_identically(
        self, store: Store, ended: bool
    ) -> None:
        run_id = new_run(store)
        values = [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1]
        steps = [0, 1, -1, 2**63 - 1, -(2**63), 42, 2**40, -7]
        for value, step in zip(values, steps, strict=True):
            store.log_metric(run_id, "odd", value, 1, step)
        if ended:
            store.update_run(run_id, status="FINISHED")
        history = store.metric_history(run_id, "odd")
        logged = list(zip(steps, values, strict=True))
        found = list(zip(history.steps.tolist(), history.values.tolist(), strict=True))
        if not self.keeps_the_order_logged:
            logged.sort()
        if not self.keeps_every_float:
            logged = [(step, as_in_a_database(value)) for step, value in logged]
        assert [(step, v.hex()) for step, v in found] == [(step, v.hex()) for step, v in logged]

    @pytest.mark.parametrize("step", [2**63, -(2**63) - 1])
    def test_a_step_beyond_64_bits_is_refused(self, store: Store, step: int) -> None:
        run_id = new_run(store)
        with pytest.raises(InvalidValue):
            store.log_metric(run_id, "loss", 1.0, 1, step)
        with pytest.raises(InvalidValue):
            store.log_batch(run_id, metrics=[Metric("loss", 1.0, 1), Metric("loss", 1.0, 1, step)])
        assert store.metric_history(run_id, "loss").total == 0

    def test_points_come_in_batches_too(self, store: Store) -> None:
        run_id = new_run(store)
        points = [Metric(f"m{i % 3}", float(i), 1000 + i, i) for i in range(30)]
        store.log_batch(run_id, metrics=points)
        assert_points(store.metric_history(run_id, "m1"), [float(i) for i in range(1, 30, 3)])

    def test_the_run_knows_last_least_and_greatest(self, store: Store) -> None:
        run_id = new_run(store)
        for value, timestamp, step in [(3.0, 10, 0), (1.0, 20, 2), (2.0, 5, 1), (math.nan, 0, 0)]:
            store.log_metric(run_id, "loss", value, timestamp, step)
        data = store.get_run(run_id).data
        summary = data.summaries["loss"]
        assert data.metrics == {"loss": 1.0}
        assert (summary.last, summary.min, summary.max, summary.count) == (1.0, 1.0, 3.0, 4)
        assert (summary.last_step, summary.last_timestamp) == (2, 20)
        assert store.update_run(run_id, status="FINISHED").data.summaries["loss"] == summary
        assert store.search_runs(None)[0].data.summaries["loss"] == summary

    def test_of_equal_steps_the_later_then_the_greater_point_is_the_last(
        self, store: Store
    ) -> None:
        run_id = new_run(store)
        for value, timestamp in [(1.0, 10), (9.0, 5), (2.0, 10), (1.5, 10)]:
            store.log_metric(run_id, "loss", value, timestamp, 0)
            store.get_run(run_id)  # a store may count up to here
        assert store.get_run(run_id).data.metrics == {"loss": 2.0}

    def test_a_metric_of_nan_alone_is_nan_throughout(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [math.nan, math.nan])
        summary = store.update_run(run_id, status="FINISHED").data.summaries["loss"]
        assert all(math.isnan(value) for value in (summary.last, summary.min, summary.max))
        assert summary.count == 2

    def test_infinities_are_the_extremes(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [math.inf, 1.0, -math.inf, math.nan])
        summary = store.get_run(run_id).data.summaries["loss"]
        assert (summary.min, summary.max) == (-math.inf, math.inf)

    def test_a_cursor_brings_only_what_is_new_also_after_the_end(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0, 2.0])
        first = store.metric_history(run_id, "loss")
        nothing = store.metric_history(run_id, "loss", since=first.cursor)
        assert (nothing.total, len(nothing.values), nothing.since) == (2, 0, first.cursor)
        log(store, run_id, "loss", [3.0], first_step=2)
        second = store.metric_history(run_id, "loss", since=nothing.cursor)
        assert_points(second, [3.0])
        log(store, run_id, "loss", [4.0], first_step=3)
        store.update_run(run_id, status="FINISHED")
        third = store.metric_history(run_id, "loss", since=second.cursor)
        assert_points(third, [4.0])
        assert (third.since, third.total) == (second.cursor, 4)

    @pytest.mark.parametrize("cursor", [7, -1, 2**52, 2**53 - 1])
    def test_an_unknown_cursor_brings_everything_and_says_so(
        self, store: Store, cursor: int
    ) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0, 2.0])
        history = store.metric_history(run_id, "loss", since=cursor)
        assert_points(history, [1.0, 2.0])
        assert history.since == 0

    def test_a_sample_keeps_first_last_and_extremes_in_step_order(self, store: Store) -> None:
        run_id = new_run(store)
        values = [0.0] * 1000
        values[333], values[777] = 50.0, -50.0
        log(store, run_id, "loss", values)
        sample = store.sample_metric(run_id, "loss", max_points=20)
        assert len(sample.values) <= 20
        assert (sample.total, sample.steps[0], sample.steps[-1]) == (1000, 0, 999)
        assert {50.0, -50.0} <= set(sample.values.tolist())
        assert (sample.steps[1:] > sample.steps[:-1]).all()
        log(store, run_id, "loss", [8.0], first_step=1000)
        assert_points(store.metric_history(run_id, "loss", since=sample.cursor), [8.0])

    def test_a_sample_of_few_points_is_all_of_them_within_the_bounds(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [float(i) for i in range(10)])
        assert_points(store.sample_metric(run_id, "loss", max_points=10), list(range(10)))
        part = store.sample_metric(run_id, "loss", max_points=10, start_step=3, end_step=5)
        assert_points(part, [3.0, 4.0, 5.0])
        assert store.sample_metric(run_id, "none", max_points=10).total == 0
        with pytest.raises(InvalidValue):
            store.sample_metric(run_id, "loss", max_points=0)

    def test_what_was_read_never_changes(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0])
        store.log_batch(run_id, tags={"a": "1"})
        run, history = store.get_run(run_id), store.metric_history(run_id, "loss")
        log(store, run_id, "loss", [5.0] * 100, first_step=1)
        store.log_batch(run_id, tags={"a": "2"}, params={"p": "1"})
        store.update_run(run_id, status="FINISHED")
        assert (run.data.tags["a"], run.info.status, run.data.params) == ("1", "RUNNING", {})
        assert run.data.metrics == {"loss": 1.0}
        assert history.values.tolist() == [1.0]
