"""What every store must do, as tests over a fixture `store`: an empty store of one's own.

A store's test file derives a class from `StoreContract` and brings the fixture:

    class TestSqliteStore(StoreContract):
        @pytest.fixture
        def store(self, tmp_path): ...
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from threading import Thread

import pytest

from tracker.entities import (
    Dataset,
    DatasetInput,
    Metric,
    MetricHistory,
    RunStatus,
    ViewType,
)
from tracker.errors import (
    AlreadyExists,
    FilterError,
    InvalidState,
    InvalidValue,
    NotFound,
    ParamConflict,
    TrackerError,
)
from tracker.store import Store

MISSING = "0123456789abcdef0123456789abcdef"
BAD_KEYS = ["", "x" * 251, "/a", "a/", "a//b", "../a", "a/../b", ".", "..", "a\nb", "a?", "\ud800"]


def new_run(store: Store, **kwargs: object) -> str:
    return store.create_run("0", **kwargs).info.run_id  # type: ignore[arg-type] # any argument


def log(store: Store, run_id: str, key: str, values: Sequence[float], first_step: int = 0) -> None:
    for step, value in enumerate(values, first_step):
        store.log_metric(run_id, key, value, 1000 + step, step)


def names(store: Store, **kwargs: object) -> list[str]:
    return [run.info.run_name for run in store.search_runs(None, **kwargs)]  # type: ignore[arg-type] # any argument


def assert_points(history: MetricHistory, values: Sequence[float]) -> None:
    assert history.values.tolist() == pytest.approx(values, nan_ok=True)
    assert len(history.steps) == len(history.timestamps) == len(values)


class StoreContract:
    # -- experiments ------------------------------------------------------------------------

    def test_a_new_store_has_the_default_experiment(self, store: Store) -> None:
        default = store.get_experiment("0")
        assert (default.name, default.lifecycle_stage) == ("Default", "active")
        assert store.find_experiment("Default") == default

    def test_an_experiment_is_found_by_id_and_by_name(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision", tags={"team": "a", "mlflow.note": "x"})
        experiment = store.get_experiment(experiment_id)
        assert store.find_experiment("vision") == experiment
        assert (experiment.experiment_id, experiment.name) == (experiment_id, "vision")
        assert experiment.tags == {"team": "a", "mlflow.note": "x"}
        assert experiment.creation_time is not None
        assert abs(time.time() * 1000 - experiment.creation_time) < 60_000

    def test_experiment_ids_are_never_reused(self, store: Store) -> None:
        ids = [store.create_experiment(f"e{i}") for i in range(5)]
        assert len({"0", *ids}) == 6
        assert all(experiment_id.isdecimal() for experiment_id in ids)

    def test_a_taken_experiment_name_is_refused(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision")
        with pytest.raises(AlreadyExists, match="vision"):
            store.create_experiment("vision")
        store.update_experiment(experiment_id, lifecycle_stage="deleted")
        with pytest.raises(AlreadyExists, match="deleted"):
            store.create_experiment("vision")

    @pytest.mark.parametrize("name", ["", "  ", "x" * 501, "\ud800"])
    def test_a_bad_experiment_name_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_experiment(name)

    @pytest.mark.parametrize("experiment_id", ["99", "-1", "x", "", "0 ", "٣", "9" * 40])
    def test_an_unknown_experiment_is_not_found(self, store: Store, experiment_id: str) -> None:
        with pytest.raises(NotFound):
            store.get_experiment(experiment_id)
        with pytest.raises(NotFound):
            store.create_run(experiment_id)
        with pytest.raises(NotFound):
            store.update_experiment(experiment_id, name="y")
        assert store.find_experiment("nobody") is None

    def test_an_experiment_can_be_renamed(self, store: Store) -> None:
        experiment_id = store.create_experiment("old")
        store.update_experiment(experiment_id, name="new")
        assert store.get_experiment(experiment_id).name == "new"
        assert store.find_experiment("old") is None
        with pytest.raises(AlreadyExists):
            store.update_experiment(experiment_id, name="Default")

    def test_deleting_an_experiment_takes_its_runs_along_and_restoring_brings_them_back(
        self, store: Store
    ) -> None:
        experiment_id = store.create_experiment("vision")
        run_id = store.create_run(experiment_id).info.run_id
        store.update_experiment(experiment_id, lifecycle_stage="deleted")
        assert store.get_experiment(experiment_id).lifecycle_stage == "deleted"
        assert store.get_run(run_id).info.lifecycle_stage == "deleted"
        with pytest.raises(InvalidState):
            store.create_run(experiment_id)
        with pytest.raises(InvalidState):
            store.update_experiment(experiment_id, name="other")
        store.update_experiment(experiment_id, lifecycle_stage="active")
        assert store.get_run(run_id).info.lifecycle_stage == "active"

    def test_points_of_a_run_whose_experiment_was_deleted_are_refused(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision")
        run_id = store.create_run(experiment_id).info.run_id
        log(store, run_id, "loss", [1.0])
        store.update_experiment(experiment_id, lifecycle_stage="deleted")
        with pytest.raises(InvalidState):
            store.log_metric(run_id, "loss", 2.0, 1, 1)
        assert_points(store.metric_history(run_id, "loss"), [1.0])

    def test_experiment_tags_are_set_and_deleted(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision", tags={"a": "1", "b": "2"})
        store.set_experiment_tags(experiment_id, {"a": "one", "b": None, "c": "3"})
        assert store.get_experiment(experiment_id).tags == {"a": "one", "c": "3"}
        with pytest.raises(InvalidValue):
            store.set_experiment_tags(experiment_id, {"a": "x" * 20_001})

    def test_experiments_are_listed_newest_first_in_pages(self, store: Store) -> None:
        for i in range(5):
            store.create_experiment(f"e{i}", tags={"number": str(i)})
        first = store.search_experiments(max_results=4)
        second = store.search_experiments(max_results=4, page_token=first.token)
        found = [experiment.name for experiment in (*first, *second)]
        assert sorted(found) == ["Default", "e0", "e1", "e2", "e3", "e4"]
        assert second.token is None
        assert first.total == second.total == 6
        created = [experiment.creation_time or 0 for experiment in (*first, *second)]
        assert created == sorted(created, reverse=True)

    def test_experiments_are_searched_by_name_tag_and_stage(self, store: Store) -> None:
        kept = store.create_experiment("vision-a", tags={"team": "red"})
        gone = store.create_experiment("vision-b", tags={"team": "red"})
        store.update_experiment(gone, lifecycle_stage="deleted")

        def ids(filter_string: str, view_type: ViewType) -> list[str]:
            found = store.search_experiments(filter_string=filter_string, view_type=view_type)
            return sorted(experiment.experiment_id for experiment in found)

        assert ids("name LIKE 'vision%'", ViewType.ACTIVE_ONLY) == [kept]
        assert ids("tags.team = 'red'", ViewType.ALL) == sorted([kept, gone])
        assert ids("", ViewType.DELETED_ONLY) == [gone]
        with pytest.raises(FilterError):
            store.search_experiments(filter_string="color = 'red'")

    def test_runs_are_counted_by_experiment(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision")
        store.create_experiment("empty")
        new_run(store)
        kept, gone = (store.create_run(experiment_id).info.run_id for _ in range(2))
        store.update_run(gone, lifecycle_stage="deleted")
        assert kept
        assert store.count_runs() == {"0": 1, experiment_id: 1}
        assert store.count_runs(ViewType.ALL) == {"0": 1, experiment_id: 2}

    # -- runs -------------------------------------------------------------------------------

    def test_a_new_run_is_running_and_says_where_its_artifacts_go(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision")
        run = store.create_run(experiment_id, user_id="ada", start_time=1234, tags={"a": "1"})
        info = run.info
        assert (info.status, info.start_time, info.end_time) == ("RUNNING", 1234, None)
        assert (info.user_id, info.experiment_id) == ("ada", experiment_id)
        assert info.artifact_uri.endswith(f"/{info.run_id}/artifacts")
        assert info.artifact_uri.startswith(store.get_experiment(experiment_id).artifact_location)
        assert run.data.tags == {"a": "1", "mlflow.runName": info.run_name}
        assert store.get_run(info.run_id) == run

    def test_runs_without_a_name_get_one_each(self, store: Store) -> None:
        found = {store.create_run("0").info.run_name for _ in range(20)}
        assert len(found) > 15
        for name in found:
            adjective, animal, number = name.split("-")
            assert adjective.isalpha() and animal.isalpha() and 0 <= int(number) < 1000

    def test_random_names_leave_the_seed_of_the_user_alone(self, store: Store) -> None:
        import random

        random.seed(1)
        state = random.getstate()
        new_run(store)
        assert random.getstate() == state

    def test_run_name_and_its_tag_mirror_each_other(self, store: Store) -> None:
        run = store.create_run("0", tags={"mlflow.runName": "by tag"})
        run_id = run.info.run_id
        assert run.info.run_name == "by tag"
        store.update_run(run_id, run_name="by update")
        assert store.get_run(run_id).data.tags["mlflow.runName"] == "by update"
        store.log_batch(run_id, tags={"mlflow.runName": "by set_tag"})
        assert store.get_run(run_id).info.run_name == "by set_tag"
        with pytest.raises(InvalidValue):
            store.create_run("0", run_name="a", tags={"mlflow.runName": "b"})

    def test_an_unknown_run_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.get_run(MISSING)
        with pytest.raises(NotFound):
            store.update_run(MISSING, status="FINISHED")
        with pytest.raises(NotFound):
            store.log_metric(MISSING, "loss", 1.0, 1, 1)
        with pytest.raises(NotFound):
            store.log_batch(MISSING, params={"a": "1"})
        with pytest.raises(NotFound):
            store.log_inputs(MISSING, [])
        with pytest.raises(NotFound):
            store.metric_history(MISSING, "loss")
        with pytest.raises(NotFound):
            store.sample_metric(MISSING, "loss", max_points=10)

    @pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
    def test_a_final_status_ends_the_run_now(self, store: Store, status: str) -> None:
        run_id = new_run(store)
        info = store.update_run(run_id, status=status).info
        assert info.status == status
        assert info.end_time is not None
        assert info.end_time >= info.start_time
        assert store.get_run(run_id).info == info

    def test_an_end_time_is_kept_as_given(self, store: Store) -> None:
        run_id = new_run(store, start_time=5)
        assert store.update_run(run_id, status="FINISHED", end_time=77).info.end_time == 77
        assert store.update_run(run_id, end_time=78).info.end_time == 78

    def test_a_run_can_be_resumed(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0])
        store.update_run(run_id, status=RunStatus.FINISHED)
        assert store.update_run(run_id, status=RunStatus.RUNNING).info.status == "RUNNING"
        log(store, run_id, "loss", [2.0], first_step=1)
        run = store.update_run(run_id, status=RunStatus.FINISHED)
        assert run.data.metrics == {"loss": 2.0}
        assert run.data.summaries["loss"].count == 2
        assert_points(store.metric_history(run_id, "loss"), [1.0, 2.0])

    @pytest.mark.parametrize("status", ["running", "DONE", "", "FINISHED "])
    def test_an_unknown_status_is_refused_and_changes_nothing(
        self, store: Store, status: str
    ) -> None:
        run = store.create_run("0")
        with pytest.raises(InvalidValue, match="FINISHED"):
            store.update_run(run.info.run_id, status=status, run_name="other")
        assert store.get_run(run.info.run_id) == run

    def test_a_deleted_run_is_hidden_and_refuses_more(self, store: Store) -> None:
        run_id = new_run(store)
        log(store, run_id, "loss", [1.0])
        store.update_run(run_id, lifecycle_stage="deleted")
        assert store.get_run(run_id).info.lifecycle_stage == "deleted"
        assert len(store.search_runs(None)) == 0
        assert len(store.search_runs(None, view_type=ViewType.DELETED_ONLY)) == 1
        with pytest.raises(InvalidState, match="deleted"):
            store.log_metric(run_id, "loss", 2.0, 1, 1)
        with pytest.raises(InvalidState):
            store.log_batch(run_id, tags={"a": "1"})
        with pytest.raises(InvalidState):
            store.log_inputs(run_id, [])
        store.update_run(run_id, lifecycle_stage="active")
        store.log_metric(run_id, "loss", 2.0, 1, 1)
        assert_points(store.metric_history(run_id, "loss"), [1.0, 2.0])

    def test_runs_are_removed_for_good(self, store: Store) -> None:
        kept, gone = new_run(store), new_run(store)
        for run_id in (kept, gone):
            store.log_batch(run_id, params={"a": "1"}, tags={"b": "2"})
            log(store, run_id, "loss", [1.0, 2.0])
        store.delete_runs([gone, MISSING, gone])
        with pytest.raises(NotFound):
            store.get_run(gone)
        with pytest.raises(NotFound):
            store.log_metric(gone, "loss", 1.0, 1, 1)
        assert store.get_run(kept).data.params == {"a": "1"}
        assert_points(store.metric_history(kept, "loss"), [1.0, 2.0])

    # -- params and tags --------------------------------------------------------------------

    def test_params_and_tags_read_back_as_they_were(self, store: Store) -> None:
        run_id = new_run(store)
        odd = {"lr": "0.1", "a/b c.d-e:f": "", "größe": "ß\x00\n\t\u2028'\"`%_", "n": "🦊" * 100}
        store.log_batch(run_id, params=odd, tags=dict(odd))
        data = store.get_run(run_id).data
        assert data.params == odd
        assert {key: data.tags[key] for key in odd} == odd

    def test_a_param_never_changes(self, store: Store) -> None:
        run_id = new_run(store)
        store.log_batch(run_id, params={"lr": "0.1"})
        store.log_batch(run_id, params={"lr": "0.1", "depth": "3"})
        with pytest.raises(ParamConflict) as caught:
            store.log_batch(run_id, params={"new": "1", "lr": "0.2"}, tags={"t": "1"})
        assert (caught.value.key, caught.value.old, caught.value.new) == ("lr", "0.1", "0.2")
        data = store.get_run(run_id).data
        assert data.params == {"lr": "0.1", "depth": "3"}
        assert "t" not in data.tags

    def test_tags_are_overwritten_and_deleted(self, store: Store) -> None:
        run_id = new_run(store, tags={"a": "1", "b": "2"})
        store.log_batch(run_id, tags={"a": "one", "b": None, "never set": None})
        tags = store.get_run(run_id).data.tags
        assert tags["a"] == "one"
        assert "b" not in tags and "never set" not in tags

    def test_long_values_are_cut(self, store: Store) -> None:
        run_id = new_run(store)
        store.log_batch(run_id, params={"p": "x" * 7000}, tags={"t": "y" * 9000})
        data = store.get_run(run_id).data
        assert (len(data.params["p"]), len(data.tags["t"])) == (6000, 8000)
        store.log_batch(run_id, params={"p": "x" * 7000})

    @pytest.mark.parametrize(
        "key",
        ["", "x" * 251, "/a", "a/", "a//b", "../a", "a/../b", ".", "..", "a\nb", "a?", "\ud800"],
    )
    def test_a_bad_key_is_refused_and_nothing_is_stored(self, store: Store, key: str) -> None:
        run = store.create_run("0")
        run_id = run.info.run_id
        with pytest.raises(InvalidValue):
            store.log_batch(run_id, params={"good": "1", key: "2"})
        with pytest.raises(InvalidValue):
            store.log_batch(run_id, params={"good": "1"}, tags={key: "2"})
        with pytest.raises(InvalidValue):
            store.log_metric(run_id, key, 1.0, 1, 1)
        with pytest.raises(InvalidValue):
            store.log_batch(run_id, params={"good": "1"}, metrics=[Metric(key, 1.0, 1)])
        assert store.get_run(run_id) == run

    def test_half_a_surrogate_pair_is_refused(self, store: Store) -> None:
        run = store.create_run("0")
        with pytest.raises(InvalidValue, match="surrogate"):
            store.log_batch(run.info.run_id, params={"a": "\ud800"})
        with pytest.raises(InvalidValue, match="surrogate"):
            store.log_batch(run.info.run_id, tags={"a": "\udfff"})
        assert store.get_run(run.info.run_id) == run

    # -- metrics ----------------------------------------------------------------------------

    def test_points_read_back_in_the_order_logged(self, store: Store) -> None:
        run_id = new_run(store)
        store.log_metric(run_id, "loss", 0.5, 2000, 7)
        store.log_metric(run_id, "other", 1.0, 2000, 7)
        store.log_metric(run_id, "loss", 0.25, 1000, 3)
        history = store.metric_history(run_id, "loss")
        assert history.values.tolist() == [0.5, 0.25]
        assert history.steps.tolist() == [7, 3]
        assert history.timestamps.tolist() == [2000, 1000]
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
        assert [v.hex() for v in history.values.tolist()] == [v.hex() for v in values]
        assert history.steps.tolist() == steps

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

    # -- data sets --------------------------------------------------------------------------

    def test_data_sets_are_recorded_once_with_all_their_tags(self, store: Store) -> None:
        run_id, other = new_run(store), new_run(store)
        digits = Dataset("digits", "abc123", "local", "/data/digits.csv", '{"x": 1}', None)
        context = "mlflow.data.context"
        store.log_inputs(run_id, [DatasetInput(digits, {context: "training"})])
        store.log_inputs(run_id, [DatasetInput(digits, {"split": "a"})])
        store.log_inputs(other, [DatasetInput(digits)])
        (found,) = store.get_run(run_id).inputs.dataset_inputs
        assert found.dataset == digits
        assert found.tags == {context: "training", "split": "a"}
        assert store.get_run(other).inputs.dataset_inputs == (DatasetInput(digits),)
        new_run(store)
        users = store.search_runs(None, filter_string="datasets.name = 'digits'")
        assert {run.info.run_id for run in users} == {run_id, other}

    def test_a_data_set_too_long_to_keep_is_refused(self, store: Store) -> None:
        run_id = new_run(store)
        with pytest.raises(InvalidValue):
            store.log_inputs(run_id, [DatasetInput(Dataset("d", "x" * 37, "local", "s"))])
        assert store.get_run(run_id).inputs.dataset_inputs == ()

    # -- searching --------------------------------------------------------------------------

    def test_runs_come_newest_first_ties_by_id(self, store: Store) -> None:
        for name, start in [("b", 2), ("c", 3), ("a", 1)]:
            new_run(store, run_name=name, start_time=start)
        tied = sorted(new_run(store, run_name="d", start_time=4) for _ in range(4))
        found = store.search_runs(None)
        assert [run.info.run_id for run in found[:4]] == tied
        assert [run.info.run_name for run in found[4:]] == ["c", "b", "a"]

    def test_runs_are_searched_in_the_experiments_asked_for(self, store: Store) -> None:
        experiment_id = store.create_experiment("vision")
        new_run(store, run_name="a")
        store.create_run(experiment_id, run_name="b")
        assert [run.info.run_name for run in store.search_runs([experiment_id])] == ["b"]
        assert len(store.search_runs([experiment_id, "0"])) == 2
        assert len(store.search_runs([])) == 0
        assert len(store.search_runs(["99", "nonsense"])) == 0

    def test_runs_are_filtered_by_params_metrics_tags_and_attributes(self, store: Store) -> None:
        for i in range(4):
            run_id = new_run(store, run_name=f"r{i}", start_time=i, tags={"even": str(i % 2 == 0)})
            store.log_batch(run_id, params={"lr": f"0.{i}"})
            store.log_metric(run_id, "loss", float(i), 1, 1)
        assert names(store, filter_string="metrics.loss >= 2") == ["r3", "r2"]
        assert names(store, filter_string="params.lr = '0.1'") == ["r1"]
        assert names(store, filter_string="tags.even = 'True' AND metrics.loss < 2") == ["r0"]
        assert names(store, filter_string="attributes.run_name LIKE 'r%'", max_results=1) == ["r3"]
        assert names(store, filter_string="status = 'FINISHED'") == []
        with pytest.raises(FilterError) as caught:
            store.search_runs(None, filter_string="metrics.loss > 'abc'")
        assert caught.value.column > 0

    def test_runs_are_filtered_by_where_their_artifacts_are(self, store: Store) -> None:
        run = store.create_run("0", run_name="a")
        new_run(store, run_name="b")
        uri = run.info.artifact_uri
        assert names(store, filter_string=f"artifact_uri = '{uri}'") == ["a"]

    def test_missing_and_nan_come_last_whichever_way_runs_are_ordered(self, store: Store) -> None:
        for name, value in [("two", 2.0), ("nan", math.nan), ("none", None), ("one", 1.0)]:
            run_id = new_run(store, run_name=name)
            if value is not None:
                store.log_metric(run_id, "loss", value, 1, 1)
        assert names(store, order_by=["metrics.loss ASC"]) == ["one", "two", "nan", "none"]
        assert names(store, order_by=["metrics.loss DESC"]) == ["two", "one", "nan", "none"]

    def test_pages_hold_every_run_once(self, store: Store) -> None:
        expected = [new_run(store, start_time=i % 3) for i in range(11)]
        found: list[str] = []
        token: str | None = None
        while True:
            page = store.search_runs(None, max_results=4, page_token=token)
            assert page.total == 11
            found += [run.info.run_id for run in page]
            token = page.token
            if token is None:
                break
        assert sorted(found) == sorted(expected)

    def test_a_page_that_ends_with_the_last_run_has_no_token(self, store: Store) -> None:
        for _ in range(4):
            new_run(store)
        assert store.search_runs(None, max_results=4).token is None
        assert store.search_runs(None, max_results=2).token is not None

    @pytest.mark.parametrize("token", ["x", "bm90IGpzb24=", "e30=", "eyJvZmZzZXQiOiAtMX0=", "é"])
    def test_a_bad_page_token_is_refused(self, store: Store, token: str) -> None:
        with pytest.raises(InvalidValue, match="page token"):
            store.search_runs(None, page_token=token)

    @pytest.mark.parametrize("max_results", [0, -1, 50_001, True, 1.5])
    def test_a_bad_page_size_is_refused(self, store: Store, max_results: int) -> None:
        with pytest.raises(InvalidValue, match="max_results"):
            store.search_runs(None, max_results=max_results)
        with pytest.raises(InvalidValue, match="max_results"):
            store.search_experiments(max_results=max_results)

    # -- following --------------------------------------------------------------------------

    def test_changes_name_the_runs_that_changed(self, store: Store) -> None:
        quiet = new_run(store)
        start = store.changes().revision
        assert store.changes(start).run_ids == ()
        busy = new_run(store)
        store.log_batch(busy, params={"a": "1"})
        changes = store.changes(start)
        assert changes.run_ids == (busy,)
        assert changes.revision > start
        assert not changes.experiments_changed
        store.update_run(quiet, status="FINISHED")
        assert store.changes(changes.revision).run_ids == (quiet,)

    def test_new_points_become_a_change_by_themselves(self, store: Store) -> None:
        run_id = new_run(store)
        start = store.changes().revision
        log(store, run_id, "loss", [1.0])
        deadline = time.monotonic() + 5
        while run_id not in store.changes(start).run_ids:
            assert time.monotonic() < deadline, "no change was noticed in 5 seconds"
            time.sleep(0.01)

    def test_changes_tell_of_experiments_and_removed_runs(self, store: Store) -> None:
        run_id = new_run(store)
        start = store.changes().revision
        store.create_experiment("vision")
        assert store.changes(start).experiments_changed
        store.delete_runs([run_id])
        assert store.changes(start).run_ids == (run_id,)

    # -- all together -----------------------------------------------------------------------

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
