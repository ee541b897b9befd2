"""Points of metrics: sampled when first asked for, then only what is new."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.server.conftest import Ask
from tracker.entities import Metric
from tracker.server.runs import history
from tracker.store import Store


def start_run(store: Store, values: Iterable[float], key: str = "loss") -> str:
    run_id = store.create_run("0").info.run_id
    log(store, run_id, values, key=key)
    return run_id


def log(
    store: Store, run_id: str, values: Iterable[float], *, first: int = 0, key: str = "loss"
) -> None:
    points = [Metric(key, value, 1000 + step, step) for step, value in enumerate(values, first)]
    store.log_batch(run_id, metrics=points)


async def ask_series(ask: Ask, *series: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    body = {"folder": "", "series": list(series), **fields}
    answer = await ask("metrics", "history", body=body)
    rows: list[dict[str, Any]] = answer["series"]
    return rows


async def test_a_short_series_comes_whole(ask: Ask, store: Store) -> None:
    run_id = start_run(store, [3.0, 2.0, 1.0])
    (row,) = await ask_series(ask, {"run_id": run_id, "key": "loss"})
    assert (row["run_id"], row["key"], row["since"], row["total"]) == (run_id, "loss", 0, 3)
    assert row["steps"] == [0, 1, 2]
    assert row["timestamps"] == [1000, 1001, 1002]
    assert row["values"] == [3.0, 2.0, 1.0]


async def test_a_long_series_comes_sampled_with_its_extremes(ask: Ask, store: Store) -> None:
    values = [float(step % 7) for step in range(20_000)]
    values[12_345] = 99.0
    run_id = start_run(store, values)
    for max_points in (10, 1000, 5000):
        (row,) = await ask_series(ask, {"run_id": run_id, "key": "loss"}, max_points=max_points)
        assert len(row["steps"]) == len(row["values"]) == len(row["timestamps"]) <= max_points
        assert (row["total"], row["since"]) == (20_000, 0)
        assert 99.0 in row["values"]
        assert (row["steps"][0], row["steps"][-1]) == (0, 19_999)
        assert row["steps"] == sorted(row["steps"])
    (row,) = await ask_series(ask, {"run_id": run_id, "key": "loss"})
    assert len(row["steps"]) <= 1000


async def test_a_cursor_brings_only_what_is_new(ask: Ask, store: Store) -> None:
    run_id = start_run(store, [3.0, 2.0])
    (first,) = await ask_series(ask, {"run_id": run_id, "key": "loss"})
    asked = {"run_id": run_id, "key": "loss", "since": first["cursor"]}
    (none,) = await ask_series(ask, asked)
    assert (none["steps"], none["since"], none["cursor"]) == ([], first["cursor"], first["cursor"])
    log(store, run_id, [1.0, 0.5], first=2)
    (new,) = await ask_series(ask, asked)
    assert (new["steps"], new["values"]) == ([2, 3], [1.0, 0.5])
    assert (new["since"], new["total"]) == (first["cursor"], 4)
    store.update_run(run_id, status="FINISHED")
    (same,) = await ask_series(ask, asked)
    assert (same["steps"], same["since"]) == ([2, 3], first["cursor"])


async def test_too_much_that_is_new_comes_as_a_fresh_sample(
    ask: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "NEW_POINTS_LIMIT", 50)
    run_id = start_run(store, [0.0])
    (first,) = await ask_series(ask, {"run_id": run_id, "key": "loss"})
    log(store, run_id, map(float, range(1, 51)), first=1)
    asked = {"run_id": run_id, "key": "loss", "since": first["cursor"]}
    (new,) = await ask_series(ask, asked, max_points=10)
    assert (len(new["steps"]), new["since"]) == (50, first["cursor"])
    log(store, run_id, [51.0], first=51)
    (fresh,) = await ask_series(ask, asked, max_points=10)
    assert (fresh["since"], fresh["total"]) == (0, 52)
    assert len(fresh["steps"]) <= 10
    assert (fresh["steps"][0], fresh["steps"][-1]) == (0, 51)


@pytest.mark.parametrize("since", [4, 1000, 2**52, 2**63 - 1])
async def test_a_cursor_that_the_store_does_not_know_brings_everything_again(
    ask: Ask, store: Store, since: int
) -> None:
    run_id = start_run(store, [3.0, 2.0, 1.0])
    (row,) = await ask_series(ask, {"run_id": run_id, "key": "loss", "since": since})
    assert (row["since"], row["steps"]) == (0, [0, 1, 2])
    assert row["cursor"] < since


async def test_a_cursor_of_nothing_brings_everything(ask: Ask, store: Store) -> None:
    run_id = start_run(store, [])
    (empty,) = await ask_series(ask, {"run_id": run_id, "key": "loss"})
    assert (empty["steps"], empty["total"], empty["cursor"]) == ([], 0, 0)
    log(store, run_id, [1.0])
    (row,) = await ask_series(ask, {"run_id": run_id, "key": "loss", "since": empty["cursor"]})
    assert (row["steps"], row["since"]) == ([0], 0)


async def test_runs_that_are_gone_are_left_out(ask: Ask, store: Store) -> None:
    run_id = start_run(store, [1.0])
    rows = await ask_series(
        ask,
        {"run_id": "0" * 32, "key": "loss"},
        {"run_id": run_id, "key": "loss"},
        {"run_id": "0" * 32, "key": "loss", "since": 3},
        {"run_id": run_id, "key": "nobody logged this"},
    )
    assert [(row["key"], row["steps"]) for row in rows] == [
        ("loss", [0]),
        ("nobody logged this", []),
    ]


async def test_many_series_share_the_points_of_one_answer(
    ask: Ask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "POINTS_BUDGET", 400)
    run_id = start_run(store, map(float, range(500)))
    one = {"run_id": run_id, "key": "loss"}
    assert len((await ask_series(ask, one))[0]["steps"]) <= 400
    rows = await ask_series(ask, *[one] * 8)
    assert sum(len(row["steps"]) for row in rows) <= 400
    assert all((row["steps"][0], row["steps"][-1]) == (0, 499) for row in rows)


async def test_a_part_of_a_series_is_sampled_on_its_own(ask: Ask, store: Store) -> None:
    values = [float(step % 7) for step in range(20_000)]
    values[12_345] = 99.0
    run_id = start_run(store, values)
    part = {"run_id": run_id, "key": "loss", "start_step": 12_340, "end_step": 12_349}
    (row,) = await ask_series(ask, part, max_points=10)
    assert row["steps"] == list(range(12_340, 12_350))
    assert row["values"] == values[12_340:12_350]
    assert (row["total"], row["since"]) == (20_000, 0)
    (row,) = await ask_series(ask, {**part, "end_step": 19_000}, max_points=10)
    assert len(row["steps"]) <= 10
    assert (row["steps"][0], row["steps"][-1]) == (12_340, 19_000)
    assert 99.0 in row["values"]
    (row,) = await ask_series(ask, {"run_id": run_id, "key": "loss", "start_step": 19_998})
    assert row["steps"] == [19_998, 19_999]
    (row,) = await ask_series(ask, {**part, "start_step": 30_000, "end_step": 40_000})
    assert row["steps"] == []
