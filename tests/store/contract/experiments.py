"""Experiments: made, found, renamed, deleted, searched."""

from __future__ import annotations

import time

import pytest

from tests.store.contract.abilities import Abilities
from tests.store.contract.filling import assert_points, log, new_run
from tracker.entities import (
    ViewType,
)
from tracker.errors import (
    AlreadyExists,
    FilterError,
    InvalidState,
    InvalidValue,
    NotFound,
)
from tracker.store import Store


class ExperimentContract(Abilities):
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
        assert first.total == second.total == (6 if self.tells_totals else None)
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
