"""What conditions and orders mean, said by example, in SQL and in Python alike."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan

import pytest

from tests.search.rows import add_runs, find_runs, new_tables
from tracker.entities import MetricSummary, Run, RunData, RunInfo
from tracker.search import evaluate, parse_order_by, parse_runs_filter, sort

NOW = 1_000_000
DAY = 86_400_000


def make(
    run_id: str,
    *,
    metrics: Mapping[str, float] | None = None,
    params: Mapping[str, str] | None = None,
    status: str = "FINISHED",
    start_time: int = 0,
    end_time: int | None = 0,
    run_name: str = "trial",
) -> Run:
    """Return a run with metrics of one point each."""
    metrics = metrics or {}
    summaries = {key: MetricSummary(key, x, x, x, 1, 0, 0) for key, x in metrics.items()}
    return Run(
        RunInfo(run_id, "0", run_name, "ada", status, start_time, end_time, f"/artifacts/{run_id}"),
        RunData(metrics, params or {}, {}, summaries),
    )


def found(runs: list[Run], text: str, order_by: tuple[str, ...] = ("run_id",)) -> str:
    """Return the ids that both engines find, joined."""
    tables = new_tables()
    add_runs(tables, runs)
    node, order = parse_runs_filter(text), parse_order_by(order_by)
    in_python = sort([run for run in runs if evaluate(node, run, NOW)], order, NOW)
    ids = [run.info.run_id for run in in_python]
    assert find_runs(tables, text, order_by, now=NOW) == ids
    return "".join(ids)


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("metrics.x > 1", "bc"),
        ("metrics.x >= 1", "abc"),
        ("metrics.x < 1", "d"),
        ("metrics.x = 1", "a"),
        ("metrics.x != 1", "bcde"),
        ("NOT metrics.x = 1", "bcdef"),
        ("NOT metrics.x > 1", "adef"),
        ("metrics.x > 1e308", "c"),
        ("metrics.x.max != 1", "bcde"),
        ("metrics.x.count > 0", "abcde"),
        ("NOT metrics.x.count > 0", "f"),
    ],
)
def test_nan_differs_from_every_number_and_is_on_no_side_of_one(condition: str, ids: str) -> None:
    values = {"a": 1.0, "b": 2.0, "c": inf, "d": -inf, "e": nan}
    runs = [make(run_id, metrics={"x": value}) for run_id, value in values.items()]
    assert found([*runs, make("f")], condition) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("params.lr = '0.1'", "a"),
        ("params.lr != '0.1'", "b"),
        ("params.lr IS NULL", "c"),
        ("params.lr IS NOT NULL", "ab"),
        ("NOT params.lr = '0.1'", "bc"),
        ("NOT params.lr != '0.1'", "ac"),
        ("params.lr LIKE '%'", "ab"),
        ("params.lr NOT LIKE '0.1%'", "b"),
        ("NOT params.lr LIKE '0.1%'", "bc"),
        ("NOT (params.lr = '0.1' OR params.lr IS NULL)", "b"),
    ],
)
def test_what_is_missing_fits_nothing_but_is_null_and_not(condition: str, ids: str) -> None:
    runs = [make("a", params={"lr": "0.1"}), make("b", params={"lr": "1"}), make("c")]
    assert found(runs, condition) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("end_time > 5", "b"),
        ("end_time != 5", "b"),
        ("NOT end_time > 5", "ac"),
        ("NOT (end_time > 5 AND status = 'FINISHED')", "ac"),
        ("NOT (end_time > 5 OR status = 'RUNNING')", "a"),
    ],
)
def test_a_run_that_has_not_ended_has_no_end_time(condition: str, ids: str) -> None:
    runs = [
        make("a", end_time=5),
        make("b", end_time=6),
        make("c", end_time=None, status="RUNNING"),
    ]
    assert found(runs, condition) == ids


def test_duration_counts_to_now_while_a_run_is_running() -> None:
    runs = [
        make("a", start_time=0, end_time=60_000),
        make("b", start_time=0, end_time=60_001),
        make("c", start_time=NOW - 60_001, end_time=None, status="RUNNING"),
        make("d", start_time=0, end_time=None, status="KILLED"),
    ]
    assert found(runs, "duration > 1m") == "bc"
    assert found(runs, "duration = 1m") == "a"
    assert found(runs, "NOT duration > 1m") == "ad"
    assert found(runs, "", ("duration DESC", "run_id")) == "bcad"


def test_relative_times_count_from_the_moment_of_the_search() -> None:
    runs = [make("a", start_time=NOW), make("b", start_time=NOW - DAY), make("c", start_time=0)]
    assert found(runs, "start_time >= now") == "a"
    assert found(runs, "start_time > now - 1d") == "ac"
    assert found(runs, "start_time >= now - 24h") == "abc"
    assert found(runs, "start_time = '1970-01-01'") == "c"


def test_a_metric_may_be_called_like_a_summary() -> None:
    runs = [make("a", metrics={"loss": 1.0}), make("b", metrics={"loss.min": 1.0})]
    assert found(runs, "metrics.loss.min = 1") == "a"
    assert found(runs, "metrics.`loss.min` = 1") == "b"
    assert found(runs, 'metrics."loss.min".min = 1') == "b"


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("run_name LIKE 'Größe'", "a"),
        ("run_name ILIKE 'größe'", "abc"),
        ("run_name ILIKE 'GRÖSSE'", ""),
        ("run_name ILIKE 'gr%'", "abc"),
        ("run_name LIKE 'gr%'", "b"),
        ("run_name LIKE '_r__e'", "ab"),
        ("run_name LIKE '[a-z]%'", "d"),
        ("run_name LIKE '*'", ""),
        ("run_name LIKE 'Größ'", ""),
    ],
)
def test_like_minds_the_case_and_ilike_does_not(condition: str, ids: str) -> None:
    names = {"a": "Größe", "b": "größe", "c": "GRÖßE", "d": "[a-z]*?"}
    assert found([make(run_id, run_name=name) for run_id, name in names.items()], condition) == ids


def test_several_data_sets_of_a_run_are_asked_one_by_one() -> None:
    from tracker.entities import Dataset, DatasetInput, RunInputs

    def used(name: str, context: str) -> DatasetInput:
        return DatasetInput(Dataset(name, "1", "local", "{}"), {"mlflow.data.context": context})

    both = RunInputs((used("iris", "training"), used("digits", "test")))
    one = RunInputs((used("iris", "training"),))
    runs = [
        Run(make("a").info, make("a").data, both),
        Run(make("b").info, make("b").data, one),
        make("c"),
    ]
    assert found(runs, "dataset.name = 'iris'") == "ab"
    assert found(runs, "dataset.name != 'iris'") == "a"
    assert found(runs, "NOT dataset.name = 'iris'") == "c"
    assert found(runs, "dataset.context IN ('test', 'x') AND dataset.name = 'iris'") == "a"


@pytest.mark.parametrize(
    ("direction", "ids"), [("ASC", "eabcdf"), ("DESC", "cbaedf"), ("", "eabcdf")]
)
def test_nan_and_then_missing_come_last_in_both_directions(direction: str, ids: str) -> None:
    values = {"a": 1.0, "b": 2.0, "c": inf, "d": nan, "e": -inf}
    runs = [make(run_id, metrics={"x": value}) for run_id, value in values.items()]
    assert found([make("f"), *runs], "", (f"metrics.x {direction}",)) == ids


def test_ties_are_newest_first_and_then_by_run_id() -> None:
    runs = [
        make("a", start_time=1, params={"lr": "1"}),
        make("d", start_time=2, params={"lr": "1"}),
        make("b", start_time=2, params={"lr": "1"}),
        make("c", start_time=9, params={"lr": "2"}),
    ]
    assert found(runs, "", ()) == "cbda"
    assert found(runs, "", ("params.lr",)) == "bdac"
    assert found(runs, "", ("params.lr DESC", "start_time")) == "cabd"
    assert found(runs, "", ("params.missing",)) == "cbda"


def test_texts_are_sorted_by_code_point() -> None:
    names = {"a": "b", "b": "B", "c": "ä", "d": "10", "e": "9", "f": "日"}
    runs = [make(run_id, run_name=name) for run_id, name in names.items()]
    assert found(runs, "", ("run_name",)) == "debacf"
