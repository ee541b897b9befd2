"""What a filter's completion is told: names and values that runs have."""

from __future__ import annotations

import time

from tests.store.processes import PATIENCE
from tracker.entities import Metric
from tracker.search.syntax import Field, Kind
from tracker.store import Store
from tracker.store.known import KnownValues, known_names

MODEL = Field(Kind.PARAM, "model")


def fill(store: Store) -> None:
    """Three runs: two with a param of the same value, all with a metric."""
    for number, model in enumerate(("ridge", "lasso", "Ridge 50%")):
        run_id = store.create_run("0", run_name=f"run {number}").info.run_id
        points = [Metric("loss", 9.0, 1000, 0), Metric("loss", float(number), 2000, 1)]
        params = {"model": model} if number < 2 else {"model": model, "a b": "x"}
        store.log_batch(run_id, params=params, metrics=points, tags={"stage": "dev"})
        store.update_run(run_id, status="FINISHED")


def values(store: Store, field: Field, typed: str = "") -> KnownValues:
    return known_names(store).values(field, typed, 20)


class KnownContract:
    """The names and values that a store knows."""

    def test_the_most_common_keys_are_told_first(self, store: Store) -> None:
        fill(store)
        keys = known_names(store).keys()
        assert list(keys[Kind.PARAM]) == [("model", 3), ("a b", 1)]
        assert [key for key, _ in keys[Kind.METRIC]] == ["loss"]
        assert ("stage", 3) in keys[Kind.TAG]

    def test_values_are_found_by_any_part_whatever_its_case(self, store: Store) -> None:
        fill(store)
        assert sorted(values(store, MODEL).texts) == [("Ridge 50%", 1), ("lasso", 1), ("ridge", 1)]
        assert sorted(values(store, MODEL, "RIDGE").texts) == [("Ridge 50%", 1), ("ridge", 1)]
        assert list(values(store, MODEL, "0%").texts) == [("Ridge 50%", 1)]
        assert list(values(store, MODEL, "_").texts) == []
        assert list(values(store, Field(Kind.TAG, "stage")).texts) == [("dev", 3)]
        names = values(store, Field(Kind.ATTRIBUTE, "run_name"), "run 1").texts
        assert [name for name, _ in names] == ["run 1"]

    def test_of_numbers_those_between_which_they_lie_are_told(self, store: Store) -> None:
        fill(store)
        deadline = time.monotonic() + PATIENCE
        while list(values(store, Field(Kind.METRIC, "loss")).numbers) != [0.0, 1.0, 2.0]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert not values(store, Field(Kind.METRIC, "other")).numbers
        assert not values(store, Field(Kind.METRIC, "loss", "min")).numbers

    def test_an_empty_store_knows_no_names(self, store: Store) -> None:
        assert not any(known_names(store).keys().values())
        assert not values(store, MODEL).texts
