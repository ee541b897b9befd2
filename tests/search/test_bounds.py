"""Filters meant to hurt: too long, too deep, too many; and the worst that is allowed."""

from __future__ import annotations

import sqlite3
import time
from random import Random

import pytest

from tests.search.generated import NOW, make_run
from tests.search.rows import add_runs, find_runs, new_tables
from tracker.errors import FilterError
from tracker.search import evaluate, parse_order_by, parse_runs_filter
from tracker.search.lexer import MAX_LENGTH
from tracker.search.parser import MAX_CONDITIONS, MAX_DEPTH, MAX_ORDER_KEYS
from tracker.search.patterns import as_regex, as_sql_pattern
from tracker.search.values import MAX_LIST, MAX_PATTERN


@pytest.fixture(scope="module")
def tables() -> sqlite3.Connection:
    connection = new_tables()
    add_runs(connection, [make_run(Random(number), number) for number in range(20)])
    return connection


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MAX_LENGTH + 1),
        "(" * MAX_LENGTH,
        "NOT " * 20_000,
        "metrics.a > 1 AND " * 5_000 + "metrics.a > 1",
        "run_id IN (" + "'a', " * 15_000 + "'a')",
        f"params.a LIKE '{'%a' * MAX_PATTERN}'",
        "metrics.a > " + "9" * 90_000 + "x",
        "duration > " + "1s" * 45_000 + "x",
        "params.a = '" + "\\'" * 45_000 + '"',
        "`" * (MAX_LENGTH - 1),
        "a." * (MAX_LENGTH // 2),
        "params." + "x" * 90_000 + " > 'a'",
        "x" * 90_000 + " = 'a'",
    ],
)
def test_a_hostile_filter_is_refused_soon_and_in_few_words(text: str) -> None:
    start = time.process_time()
    with pytest.raises(FilterError) as caught:
        parse_runs_filter(text)
    assert time.process_time() - start < 3
    assert len(str(caught.value)) < 600


def test_the_deepest_filter_that_is_allowed_runs_in_both_engines(
    tables: sqlite3.Connection,
) -> None:
    leaf = "metrics.loss > 0.5"
    parentheses = negations = leaf
    for level in range(MAX_DEPTH):
        parentheses = f"({parentheses} {('AND', 'OR')[level % 2]} dataset.name = 'iris')"
    for level in range(MAX_DEPTH // 2):
        negations = f"NOT ({negations} {('AND', 'OR')[level % 2]} params.lr = 'a')"
    for text in (parentheses, negations, "NOT " * MAX_DEPTH + leaf):
        assert_agreement(tables, text)
        with pytest.raises(FilterError, match=f"deeper than {MAX_DEPTH}"):
            parse_runs_filter(f"NOT ({text})")


def assert_agreement(tables: sqlite3.Connection, text: str) -> None:
    runs = [make_run(Random(number), number) for number in range(20)]
    node = parse_runs_filter(text)
    fitting = {run.info.run_id for run in runs if evaluate(node, run, NOW)}
    assert set(find_runs(tables, text, now=NOW)) == fitting


@pytest.mark.parametrize("word", ["AND", "OR"])
@pytest.mark.parametrize(
    "condition",
    [
        "metrics.loss.max > 0.25",
        "dataset.name = 'iris'",
        "run_name ILIKE '%größe%'",
        "duration > 0s",
    ],
)
def test_the_most_conditions_that_are_allowed_run(
    tables: sqlite3.Connection, word: str, condition: str
) -> None:
    assert_agreement(tables, f" {word} ".join([condition] * MAX_CONDITIONS))
    with pytest.raises(FilterError, match="conditions"):
        parse_runs_filter(f" {word} ".join([condition] * (MAX_CONDITIONS + 1)))


def test_the_longest_list_that_is_allowed_runs(tables: sqlite3.Connection) -> None:
    values = ",".join(["'a'"] * (MAX_LIST // 2))
    text = f"run_id IN ({values}) OR run_name NOT IN ({values})"
    assert len(find_runs(tables, text, now=NOW)) == 20
    with pytest.raises(FilterError, match=f"more than {MAX_LIST} values in lists"):
        parse_runs_filter(f"{text} OR run_id IN ('a')")


def test_the_most_keys_that_are_allowed_sort(tables: sqlite3.Connection) -> None:
    keys = [f"metrics.m{number}" for number in range(MAX_ORDER_KEYS)]
    assert len(find_runs(tables, "", keys, now=NOW)) == 20
    with pytest.raises(FilterError, match="keys to sort by"):
        parse_order_by([*keys, "start_time"])


@pytest.mark.parametrize("piece", ["%a", "%_a", "%aab", "%_", "%ᲈ"])
@pytest.mark.parametrize("ignore_case", [False, True])
def test_no_pattern_takes_long(piece: str, ignore_case: bool) -> None:
    pattern = (piece * MAX_PATTERN)[: MAX_PATTERN - 2] + "%b"
    value = "a" * 20_000
    operator, translated = as_sql_pattern(pattern, ignore_case=ignore_case)
    start = time.process_time()
    query = f"SELECT ? {operator} ?"
    (in_sql,) = sqlite3.connect(":memory:").execute(query, (value, translated)).fetchone()
    in_python = as_regex(pattern, ignore_case=ignore_case).fullmatch(value) is not None
    assert (bool(in_sql), in_python) == (False, False)
    assert time.process_time() - start < 3


def test_values_are_bound_and_never_part_of_the_sql(tables: sqlite3.Connection) -> None:
    injection = "x') OR 1=1; DROP TABLE runs; --"
    for text in (
        f'params.lr = "{injection}"',
        f"tags.`{injection}` = 'a'",
        f"metrics.`{injection}`.max > 1",
        f'run_id IN ("{injection}")',
        f'dataset.name LIKE "{injection}"',
    ):
        order_by = [f"metrics.`{injection}`", f"params.`{injection}` DESC"]
        assert find_runs(tables, text, order_by, now=NOW) == []
    assert len(find_runs(tables, "", now=NOW)) == 20
