"""Runs, their params, tags and data sets."""

from __future__ import annotations

import pytest

from tests.store.contract.abilities import Abilities
from tests.store.contract.filling import MISSING, assert_points, log, new_run
from tracker.entities import (
    Dataset,
    DatasetInput,
    Metric,
    RunStatus,
    ViewType,
)
from tracker.errors import (
    InvalidState,
    InvalidValue,
    NotFound,
    ParamConflict,
    StoreError,
)
from tracker.store import Store


class RunContract(Abilities):
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
        store.log_metric(run_id, "loss", 2.0, 2000, 1)
        assert_points(store.metric_history(run_id, "loss"), [1.0, 2.0])

    def test_runs_are_removed_for_good(self, store: Store) -> None:
        kept, gone = new_run(store), new_run(store)
        for run_id in (kept, gone):
            store.log_batch(run_id, params={"a": "1"}, tags={"b": "2"})
            log(store, run_id, "loss", [1.0, 2.0])
        if not self.removes_for_good:
            with pytest.raises(StoreError, match="bin"):
                store.delete_runs([gone, MISSING, gone])
            assert store.get_run(gone).data.params == {"a": "1"}
            store.delete_runs([MISSING])
            return
        store.delete_runs([gone, MISSING, gone])
        with pytest.raises(NotFound):
            store.get_run(gone)
        with pytest.raises(NotFound):
            store.log_metric(gone, "loss", 1.0, 1, 1)
        assert store.get_run(kept).data.params == {"a": "1"}
        assert_points(store.metric_history(kept, "loss"), [1.0, 2.0])

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

    def test_data_sets_are_recorded_once_with_all_their_tags(self, store: Store) -> None:
        run_id, other = new_run(store), new_run(store)
        digits = Dataset("digits", "abc123", "local", "/data/digits.csv", '{"x": 1}', None)
        context = "mlflow.data.context"
        store.log_inputs(run_id, [DatasetInput(digits, {context: "training"})])
        store.log_inputs(run_id, [DatasetInput(digits, {"split": "a"})])
        store.log_inputs(other, [DatasetInput(digits)])
        (found,) = store.get_run(run_id).inputs.dataset_inputs
        assert found.dataset == digits
        added = {"split": "a"} if self.merges_tags_of_inputs else {}
        assert found.tags == {context: "training", **added}
        assert store.get_run(other).inputs.dataset_inputs == (DatasetInput(digits),)
        new_run(store)
        users = store.search_runs(None, filter_string="datasets.name = 'digits'")
        assert {run.info.run_id for run in users} == {run_id, other}

    def test_a_data_set_too_long_to_keep_is_refused(self, store: Store) -> None:
        run_id = new_run(store)
        with pytest.raises(InvalidValue):
            store.log_inputs(run_id, [DatasetInput(Dataset("d", "x" * 37, "local", "s"))])
        assert store.get_run(run_id).inputs.dataset_inputs == ()
