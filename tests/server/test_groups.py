"""Runs put into groups: the same answer from a store's own tables and from runs that were read."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.conftest import Ask
from tests.server.test_wire import SAMPLES, SHAPES, faults
from tracker.entities import Metric
from tracker.errors import InvalidValue
from tracker.search.syntax import Field, Kind
from tracker.server.runs.groups import answer_groups, parse_groups
from tracker.store import Store, open_store

VALUES = [math.nan, math.inf, -math.inf, 1e9, 1e9 + 1e-3, 0.25, -3.0]


def log(store: Store, name: str, start: int, *, value: float | None = None, **params: str) -> str:
    run_id = store.create_run("0", run_name=name, start_time=start).info.run_id
    metrics = [] if value is None else [Metric("loss", value, start)]
    store.log_batch(run_id, metrics=metrics, params=params, tags={"kind": params.get("kind", "")})
    store.update_run(run_id, status="FINISHED", end_time=start + 1)
    return run_id


def body(**change: object) -> dict[str, Any]:
    by = {"kind": "param", "key": "lr"}
    loss = {"key": "loss", "summary": "last"}
    return {"folder": "", "by": by, "metrics": [loss], **change}


@pytest.fixture(params=["sqlite", "mlruns"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store that groups by itself, and one whose runs are read for it."""
    kinds = {"sqlite": str(tmp_path / ".tracker"), "mlruns": f"file://{tmp_path / 'mlruns'}"}
    return open_store(kinds[request.param])


def groups_of(store: Store, **change: object) -> Any:
    return answer_groups(store, parse_groups(body(**change))[1])


def test_a_group_tells_count_mean_and_spread_of_all_runs_that_match(any_store: Store) -> None:
    for number, (rate, value) in enumerate([("0.1", 1.0), ("0.1", 3.0), ("0.01", 5.0)]):
        log(any_store, f"run {number}", 1000 + number, value=value, lr=rate)
    log(any_store, "without", 500, value=7.0)
    found = groups_of(any_store)
    assert (found["total"], found["runs"], found["is_all"]) == (3, 4, True)
    assert found["groups"] == [
        {
            "value": "0.01",
            "count": 1,
            "newest": 1002,
            "metrics": [{"count": 1, "mean": 5.0, "std": None}],
        },
        {
            "value": "0.1",
            "count": 2,
            "newest": 1001,
            "metrics": [{"count": 2, "mean": 2.0, "std": pytest.approx(math.sqrt(2))}],
        },
        {
            "value": None,
            "count": 1,
            "newest": 500,
            "metrics": [{"count": 1, "mean": 7.0, "std": None}],
        },
    ]


def test_groups_are_of_the_runs_in_the_list_and_of_no_others(any_store: Store) -> None:
    other = any_store.create_experiment("other")
    for lr in ("1", "1", "2"):
        log(any_store, "kept", 1000, value=1.0, lr=lr)
    binned = log(any_store, "binned", 1000, lr="1")
    any_store.update_run(binned, lifecycle_stage="deleted")
    any_store.create_run(other, run_name="elsewhere")

    def counts(**change: object) -> dict[str | None, int]:
        return {row["value"]: row["count"] for row in groups_of(any_store, **change)["groups"]}

    assert counts(experiment_ids=["0"]) == {"1": 2, "2": 1}
    assert counts() == {"1": 2, "2": 1, None: 1}
    assert counts(view="deleted") == {"1": 1}
    assert counts(filter="params.lr = '2'") == {"2": 1}
    assert counts(filter="metrics.loss > 5") == {}


def test_groups_are_sorted_as_asked_and_numbers_by_their_size(any_store: Store) -> None:
    for number, (rate, value) in enumerate(
        [("10", 1.0), ("9", 5.0), ("9", 5.0), ("1e-3", 3.0), ("none", 4.0)]
    ):
        log(any_store, f"run {number}", 1000 + number, value=value, lr=rate)
    log(any_store, "without", 1)

    def order(order_by: str, ascending: bool, limit: int = 200) -> list[str | None]:
        found = groups_of(any_store, order_by=order_by, ascending=ascending, limit=limit)
        assert found["total"] == 5
        return [row["value"] for row in found["groups"]]

    assert order("value", True) == ["1e-3", "9", "10", "none", None]
    assert order("value", False) == ["none", "10", "9", "1e-3", None]
    assert order("count", False)[0] == "9"
    assert order("mean", True) == ["10", "1e-3", "none", "9", None]
    assert order("mean", False) == ["9", "none", "1e-3", "10", None]
    assert order("newest", False, limit=2) == ["none", "1e-3"]


def test_a_tag_makes_groups_too_and_summaries_are_told_apart(any_store: Store) -> None:
    run_id = log(any_store, "first", 1000, value=4.0, kind="a")
    any_store.log_batch(
        run_id, metrics=[Metric("loss", 2.0, 1001, 1), Metric("loss", 3.0, 1002, 2)]
    )
    metrics = [{"key": "loss", "summary": one} for one in ("last", "min", "max")]
    by = {"kind": "tag", "key": "kind"}
    [group] = groups_of(any_store, by=by, metrics=metrics)["groups"]
    assert group["value"] == "a"
    assert [row["mean"] for row in group["metrics"]] == [3.0, 2.0, 4.0]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=6))
def test_spread_is_exact_for_large_numbers_that_differ_little(values: list[float]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        store = open_store(folder)
        for value in values:
            log(store, "run", 1000, value=value, lr="1")
        [group] = groups_of(store)["groups"]
        store.close()
    numbers = [value for value in values if not math.isnan(value)]
    [spread] = group["metrics"]
    if not numbers:
        assert spread is None
        return
    assert spread["count"] == len(numbers)
    if all(map(math.isfinite, numbers)):
        assert spread["mean"] == pytest.approx(fmean(numbers), rel=1e-12, abs=1e-9)
        if len(numbers) > 1:
            assert spread["std"] == pytest.approx(stdev(numbers), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"by": None}, "by"),
        ({"by": {"kind": "metric", "key": "loss"}}, "kind"),
        ({"by": {"kind": "param"}}, "key"),
        ({"metrics": "loss"}, "metrics"),
        ({"metrics": [{"key": "loss", "summary": "last"}] * 13}, "metrics"),
        ({"metrics": [{"key": "loss", "summary": "count; DROP TABLE runs"}]}, "summary"),
        ({"metrics": [3]}, "metrics"),
        ({"order_by": "name"}, "order_by"),
        ({"ascending": "yes"}, "ascending"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"view": "everything"}, "view"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidValue, match=f"'{named}'"):
        parse_groups(body(**change))


def test_a_query_has_all_that_was_asked() -> None:
    folder, query = parse_groups(SAMPLES["GroupsRequest"])
    assert folder == "study/notebooks"
    assert query.by == Field(Kind.PARAM, "alpha")
    assert query.metrics == (Field(Kind.METRIC, "loss", "min"),)
    assert (query.order, query.ascending, query.limit) == ("mean", True, 200)


async def test_the_route_answers_in_the_shape_of_the_wire(ask: Ask, refusal: Ask) -> None:
    nothing = await ask("runs", "groups", body=body())
    assert nothing == {"groups": [], "total": 0, "runs": 0, "is_all": True}
    status, error = await refusal("runs", "groups", body=body(by={}))
    assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


async def test_keys_and_values_are_never_part_of_the_question(
    ask: Ask, refusal: Ask, store: Store
) -> None:
    value = "' OR 1=1 --"
    run_id = store.create_run("0").info.run_id
    store.log_batch(run_id, tags={"kind": value}, metrics=[Metric("loss", math.inf, 1000)])
    answer = await ask("runs", "groups", body=body(by={"kind": "tag", "key": "kind"}))
    assert faults(answer, SHAPES["GroupsAnswer"], "answer") == []
    assert [row["value"] for row in answer["groups"]] == [value]
    assert answer["groups"][0]["metrics"] == [{"count": 1, "mean": "Infinity", "std": None}]
    hostile = {"kind": "tag", "key": "a`b\"c'; DROP TABLE runs --"}
    answer = await ask("runs", "groups", body=body(by=hostile))
    assert [row["value"] for row in answer["groups"]] == [None]
    status, error = await refusal("runs", "groups", body=body(filter="params. = 3"))
    assert (status, error["column"]) == (400, 1)
