"""Runs searched, ordered, paged, and followed as they change."""

from __future__ import annotations

import math
import time

import pytest

from tests.store.contract.abilities import Abilities
from tests.store.contract.filling import log, names, new_run
from tests.store.processes import PATIENCE
from tracker.errors import (
    FilterError,
    InvalidValue,
)
from tracker.store import Store


class SearchContract(Abilities):
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
        expected = ["a"] if self.finds_by_artifact_uri else []
        assert names(store, filter_string=f"artifact_uri = '{uri}'") == expected

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
            assert page.total == (11 if self.tells_totals else None)
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
        deadline = time.monotonic() + PATIENCE
        while run_id not in store.changes(start).run_ids:
            assert time.monotonic() < deadline, "no change was noticed"
            time.sleep(0.01)

    def test_changes_tell_of_experiments_and_removed_runs(self, store: Store) -> None:
        run_id = new_run(store)
        start = store.changes().revision
        store.create_experiment("vision")
        assert store.changes(start).experiments_changed
        if self.removes_for_good:
            store.delete_runs([run_id])
        else:
            store.update_run(run_id, lifecycle_stage="deleted")
        assert store.changes(start).run_ids == (run_id,)
