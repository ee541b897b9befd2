"""One filter, two engines: what SQL finds is what Python finds."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.generated import (
    NOW,
    make_experiment,
    make_run,
    mlflow_order,
    own_filter,
)
from tests.search.rows import (
    add_experiments,
    add_runs,
    find_experiments,
    find_runs,
    new_tables,
)
from tracker.entities import Run
from tracker.search import (
    parse_experiments_filter,
    parse_experiments_order_by,
    parse_order_by,
    parse_runs_filter,
    predicate,
    sort,
)

RUNS = [make_run(Random(number), number) for number in range(120)]
RUN_IDS = [run.info.run_id for run in RUNS]
TABLES = new_tables()
add_runs(TABLES, RUNS)


def find_in_python(runs: list[Run], text: str, order_by: list[str]) -> list[str]:
    fits = predicate(parse_runs_filter(text), NOW)
    found = sort(filter(fits, runs), parse_order_by(order_by), NOW)
    return [run.info.run_id for run in found]


@settings(max_examples=400, deadline=None)
@given(random=st.randoms(use_true_random=False), drive=st.booleans())
def test_sql_and_python_find_the_same_runs_in_the_same_order(random: Random, drive: bool) -> None:
    text = own_filter(random, RUN_IDS)
    order_by = mlflow_order(random) + random.choice([[], ["duration DESC"]])
    if order_by.count("duration DESC") and random.random() < 0.5:
        order_by.insert(0, "metrics.`a b`.max DESC")
    expected = find_in_python(RUNS, text, order_by)
    assert find_runs(TABLES, text, order_by, now=NOW, drive=drive) == expected


@settings(max_examples=150, deadline=None)
@given(
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    pattern=st.text(
        st.one_of(st.sampled_from("%_*?[]^-aA\\"), st.characters(exclude_categories=["Cs"])),
        max_size=8,
    ).filter(lambda text: "\0" not in text and "'" not in text and not text.endswith("\\")),
    operator=st.sampled_from(["LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE"]),
)
def test_sql_and_python_agree_on_any_pattern(value: str, pattern: str, operator: str) -> None:
    run = make_run(Random(1), 1)
    object.__setattr__(run, "data", type(run.data)(params={"lr": value}))
    connection = new_tables()
    add_runs(connection, [run])
    text = f"params.lr {operator} '{pattern}'"
    assert find_runs(connection, text, now=NOW) == find_in_python([run], text, [])


def test_sql_and_python_find_the_same_experiments() -> None:
    random = Random(7)
    experiments = [make_experiment(random, number) for number in range(40)]
    connection = new_tables()
    add_experiments(connection, experiments)
    filters = [
        "name LIKE 'brave%'", "name ILIKE 'BRAVE%' AND tags.kind IS NULL", "experiment_id = '07'",
        "experiment_id IN ('1', '2', '99')", "experiment_id NOT IN ('1')", "creation_time >= 2000",
        "NOT (tags.kind = 'a' OR tags.`a b` != 'a')", "last_update_time < now - 1s", "name != 'x'",
        f"experiment_id != '{'9' * 30}'", "tags.kind IS NOT NULL AND tags.kind LIKE '%a%'", "",
    ]  # fmt: skip
    orders = [[], ["name"], ["creation_time", "name DESC"], ["last_update_time DESC"]]
    for text in filters:
        for order_by in orders:
            fits = predicate(parse_experiments_filter(text), 4_000)
            order = parse_experiments_order_by(order_by)
            found = sort(filter(fits, experiments), order, 4_000)
            expected = [experiment.experiment_id for experiment in found]
            assert find_experiments(connection, text, order_by, now=4_000) == expected, text
