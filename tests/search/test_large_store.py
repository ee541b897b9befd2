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
from tracker.store.paging import token_at
from tracker.store.sqlite.finding import find, in_experiments, runs_query

RUNS = 6_000
FAR_BELOW = token_at(2_000)


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
    query = runs_query(text, order_by, 500, None, "")
    page = find(tables, query, ["active"], among)

    fits = predicate(parse_runs_filter(text), time.time_ns() // 1_000_000)
    rows = {run.info.run_id: row for row, run in enumerate(runs, start=1)}
    chosen = filter(fits, runs[first - 1 :: every])
    expected = [rows[run.info.run_id] for run in sort(chosen, parse_order_by(order_by), 0)]
    assert (page.total, page.ids) == (len(expected), expected[:500])
    for limit, offset in [(10, 0), (30, 40), (500, 0), (500, 500)]:
        asked = query._replace(limit=limit, offset=offset)
        part = find(tables, asked, ["active"], among, count=False)
        assert part.ids == expected[offset : offset + limit]
        assert (part.token is None) == (offset + limit >= len(expected))


ORDERS = [
    ["metrics.loss DESC"],
    ["metrics.loss ASC"],
    ["params.lr ASC"],
    ["params.lr DESC", "metrics.loss ASC"],
    ["params.lr ASC", "attributes.start_time DESC"],
    ["tags.kind ASC", "params.lr DESC"],
    ["attributes.run_name ASC"],
    ["attributes.run_name DESC"],
    ["attributes.start_time ASC"],
    [],
]
TEXTS = [
    "",
    "metrics.loss > 0",
    "params.lr != '0.1'",
    "attributes.status = 'FINISHED'",
    "attributes.run_name LIKE '%a%'",
]


@pytest.mark.parametrize("order_by", ORDERS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_page_that_is_not_counted_is_the_same_page(
    tables: sqlite3.Connection, text: str, order_by: list[str]
) -> None:
    among = in_experiments(tables, None)
    query = runs_query(text, order_by, 50, None, "")
    whole = find(tables, query._replace(limit=RUNS), ["active"], among).ids
    for offset in (0, 50, 900):
        page = find(tables, query._replace(offset=offset), ["active"], among, count=False)
        assert page.ids == whole[offset : offset + 50]


@pytest.mark.parametrize(
    ("order_by", "index"),
    [
        (["metrics.loss DESC"], "metrics_by_last"),
        (["params.lr ASC"], "params_by_value"),
        (["tags.kind DESC"], "tags_by_value"),
        ([], "runs_newest"),
    ],
)
def test_a_sorted_page_walks_along_an_index_and_sorts_no_table(
    tables: sqlite3.Connection, order_by: list[str], index: str
) -> None:
    statements: list[str] = []
    query = runs_query("metrics.loss > -1000", order_by, 10, None, "")
    tables.set_trace_callback(statements.append)
    find(tables, query, ["active"], in_experiments(tables, None), count=False)
    tables.set_trace_callback(None)
    [walk] = [it for it in statements if it.startswith("SELECT runs.id FROM")]
    plan = [row[3] for row in tables.execute(f"EXPLAIN QUERY PLAN {walk}")]
    assert any(index in step for step in plan), plan
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def _plan_of_rows(
    tables: sqlite3.Connection,
    text: str,
    order_by: list[str],
    token: str | None = FAR_BELOW,
    stage: str = "active",
) -> list[str]:
    """Return the steps of SQLite that find a page, far below the first where nothing is said."""
    statements: list[str] = []
    query = runs_query(text, order_by, 10, token, "")
    tables.set_trace_callback(statements.append)
    find(tables, query, [stage], in_experiments(tables, None), count=False)
    tables.set_trace_callback(None)
    [rows] = [it for it in statements if it.startswith("SELECT runs.id, NULL FROM")]
    return [row[3] for row in tables.execute(f"EXPLAIN QUERY PLAN {rows}")]


def test_a_place_far_below_is_counted_along_the_index_without_reading_rows(
    tables: sqlite3.Connection,
) -> None:
    [step] = _plan_of_rows(tables, "", [])
    assert "COVERING INDEX runs_newest" in step


def test_what_is_sorted_by_name_is_read_row_after_row(tables: sqlite3.Connection) -> None:
    plan = _plan_of_rows(tables, "attributes.run_name LIKE '%a%'", ["attributes.run_name ASC"])
    assert plan == ["SCAN runs", "USE TEMP B-TREE FOR ORDER BY"]


def test_few_runs_in_the_bin_are_found_through_their_index(tables: sqlite3.Connection) -> None:
    order_by = ["attributes.run_name ASC"]
    query = runs_query("", order_by, 10, None, "")
    page = find(tables, query, ["deleted"], in_experiments(tables, None), count=False)
    assert page.ids == []
    plan = _plan_of_rows(tables, "", order_by, None, "deleted")
    assert "SEARCH runs USING INDEX runs_newest (lifecycle_stage=?)" in plan
