"""A search takes one way in a small experiment and another in a large one, to the same runs."""

from __future__ import annotations

import sqlite3
import time
from random import Random

import pytest

from tests.search.generated import make_run, mlflow_order, own_filter
from tests.search.rows import add_runs, new_tables
from tracker.entities import Run
from tracker.search import parse_order_by, parse_runs_filter, predicate, sort
from tracker.store.sqlite.finding import find, in_experiments, runs_query

RUNS = 6_000


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [make_run(Random(number), number) for number in range(RUNS)]


@pytest.fixture(scope="module")
def tables(runs: list[Run]) -> sqlite3.Connection:
    connection = new_tables()
    add_runs(connection, runs)
    connection.execute("INSERT INTO experiments(id, name) VALUES (1, 'small')")
    connection.execute("UPDATE runs SET experiment = 1 WHERE id % 100 = 0")
    return connection


@pytest.mark.parametrize(("experiment_ids", "first", "every"), [(None, 1, 1), (["1"], 100, 100)])
@pytest.mark.parametrize("seed", range(12))
def test_both_ways_find_the_runs_that_python_finds(
    runs: list[Run],
    tables: sqlite3.Connection,
    experiment_ids: list[str] | None,
    first: int,
    every: int,
    seed: int,
) -> None:
    random = Random(seed)
    text, order_by = own_filter(random, [run.info.run_id for run in runs]), mlflow_order(random)
    among = in_experiments(tables, experiment_ids)
    page = find(tables, runs_query(text, order_by, 500, None, ""), ["active"], among)

    fits = predicate(parse_runs_filter(text), time.time_ns() // 1_000_000)
    rows = {run.info.run_id: row for row, run in enumerate(runs, start=1)}
    chosen = filter(fits, runs[first - 1 :: every])
    expected = [rows[run.info.run_id] for run in sort(chosen, parse_order_by(order_by), 0)]
    assert (page.total, page.ids) == (len(expected), expected[:500])
