"""What a person is told whose filter cannot be understood, and where."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.search.generated import own_filter
from tracker.errors import FilterError, InvalidValue
from tracker.search import (
    compile_order,
    compile_where,
    parse_experiments_filter,
    parse_experiments_order_by,
    parse_order_by,
    parse_runs_filter,
)

MESSAGES = [
    ("metrics.a > abc", 13, "expected a number after >, found 'abc'"),
    ("metrics.a > '1'", 13, "expected a number after >, found '1'"),
    ("metrics.a > ", 13, "expected a number after >, found the end"),
    ("metrics.a > 1 metrics.b > 2", 15, "expected AND or OR, found 'metrics.b'"),
    ("metrics.a > 1 AND", 18, "expected a condition such as metrics.loss < 0.5, found the end"),
    ("metrics.a == 1", 11, "not with ==; write = instead"),
    ("params.lr > '1'", 11, "not with >; its values are texts"),
    ("metrics.a IS NULL", 11, "whether a metric was logged: metrics.a.count > 0"),
    ("metrics.a-b > 1", 10, "'-' cannot stand in a bare name; put the name in backticks"),
    ("metrics.a", 10, "expected an operator after metrics.a, found the end"),
    ("metrics. > 1", 1, "a name must follow 'metrics.'"),
    ("metrics.`a`.mean > 1", 13, "a metric has no 'mean', but min, max, count"),
    ("metrcs.a > 1", 1, "'metrcs.' is no prefix; did you mean 'metrics'?"),
    ("foo.a > 1", 1, "names start with metrics., params., tags., attributes. or datasets."),
    ("params.lr = 0.1", 13, "expected a text in quotes after =, found '0.1'; write '0.1'"),
    ("params.lr = `x`", 13, "write 'x'"),
    ("statsu = 'x'", 1, "there is no attribute 'statsu'; did you mean 'status'?"),
    ("lr = 'x'", 1, "write params.lr, metrics.lr or tags.lr"),
    ("'lr' = 'x'", 1, "a name goes without quotes or in backticks"),
    ("attributes.experiment_id = '1'", 1, "there is no attribute 'experiment_id'"),
    ("dataset.nam = 'x'", 1, "did you mean 'name'?"),
    ("dataset.`name`.x = 'a'", 15, "expected an operator after dataset.`name`"),
    ("params.lr IN ('a')", 11, "not with IN"),
    ("run_id IN 'a'", 11, "expected a list such as ('a', 'b') after IN, found 'a'"),
    ("run_id IN ()", 12, "expected a text in quotes after (, found ')'"),
    ("run_id = ('a', 'b')", 10, "expected a text in quotes after =, found '('"),
    ("run_id IN ('a' 'b')", 16, "expected , or ) in the list, found 'b'"),
    ("run_id IN ('a', 1)", 17, "expected a text in quotes after ,, found '1'"),
    (r"run_name IN ('C:\new')", 14, "is ambiguous; use = and OR"),
    ("run_name IN ('it''s')", 14, "is ambiguous; use = and OR"),
    ("params.lr = 'x", 13, "the ' opened here is never closed"),
    ("(metrics.a > 1 OR metrics.b > 1", 32, "the ) that closes column 1, found the end"),
    ("metrics.a > 1)", 14, "expected AND or OR, found ')'"),
    ("NOT", 4, "expected a condition"),
    ("start_time > 'yesterday'", 14, "'yesterday' is not a date; write it as '2026-11-20'"),
    ("start_time > abc", 14, "or now - 7d"),
    ("start_time > now - 7", 20, "expected a duration such as 90s, 10m, 2h or 7d after now -"),
    ("duration > 600", 12, "expected a duration such as 90s, 10m, 2h or 7d after >, found '600'"),
    ("duration > 99999999w", 12, "longer than all of history"),
    ("   ", 4, "expected a condition"),
    ("params.lr = '\ud800'", 14, "half a surrogate pair"),
    ("params.lr LIKE 'a\0b'", 16, "a pattern cannot contain the character NUL"),
]


@pytest.mark.parametrize(("text", "column", "words"), MESSAGES)
def test_an_error_names_the_column_and_what_to_write(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_runs_filter(text)
    assert caught.value.column == column
    assert caught.value.text == text
    assert str(caught.value).startswith(f"column {column}: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("metrics.a > 1", 1, "'metrics.' is no prefix; names start with attribute. or tags."),
        ("nam = 'x'", 1, "did you mean 'name'?"),
        (
            "x = 'x'",
            1,
            "there are name, experiment_id, creation_time or last_update_time, and tags",
        ),
        ("experiment_id = 'one'", 17, "an experiment_id is a whole number"),
        ("experiment_id LIKE '1'", 15, "can be compared with =, != or IN, not with LIKE"),
        ("name IN ('a')", 6, "not with IN"),
        ("attributes.name = 'a'", 1, "did you mean 'attribute'?"),
    ],
)
def test_an_error_in_a_filter_of_experiments(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_experiments_filter(text)
    assert (caught.value.column, words in str(caught.value)) == (column, True)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("metrics.a ASC, params.b", 14, "give several keys as several texts"),
        ("metrics.a upwards", 11, "expected ASC, DESC or the end, found 'upwards'"),
        ("metrics.a DESC NULLS LAST", 16, "found 'NULLS'"),
        ("dataset.name", 1, "dataset.name cannot be sorted by"),
        ("loss", 1, "write params.loss, metrics.loss or tags.loss"),
        ("", 1, "expected a key such as metrics.loss DESC, found the end"),
    ],
)
def test_an_error_in_an_order(text: str, column: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_order_by(["start_time", text])
    assert (caught.value.column, words in str(caught.value)) == (column, True)


def test_experiments_are_sorted_by_attributes_only() -> None:
    with pytest.raises(FilterError, match="tags.a cannot be sorted by"):
        parse_experiments_order_by(["tags.a"])


def test_sorting_twice_by_the_same_is_refused() -> None:
    with pytest.raises(FilterError, match="'Created DESC' sorts by the same as a key before it"):
        parse_order_by(["start_time", "Created DESC"])


def test_an_error_is_an_invalid_value_with_the_code_of_mlflow() -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_runs_filter("x")
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


@st.composite
def broken_filters(draw: st.DrawFn) -> str:
    """A filter with a few characters taken out, doubled or replaced."""
    text = own_filter(draw(st.randoms(use_true_random=False)), ["0a"])
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(start + 3, len(text))))
        text = text[:start] + draw(st.text(max_size=3)) + text[stop:]
    return text


@given(st.one_of(st.text(), broken_filters()))
@example("\0")
@example("metrics.a > 1\ud800")
@example("start_time > '0001-01-01T00:00:00+23:59'")
@example("start_time > '9999-12-31T23:59:59-23:59'")
@example("metrics.`")
@example("metrics.a > " + "9" * 5_000)
@example("start_time > " + "9" * 5_000)
def test_any_text_is_understood_or_says_where_it_is_not(text: str) -> None:
    for parse in (parse_runs_filter, parse_experiments_filter):
        try:
            assert compile_where(parse(text), 0).text
        except FilterError as error:
            assert 1 <= error.column <= len(text) + 1
            assert len(str(error)) < 600
    try:
        assert compile_order(parse_order_by([text]), 0).terms.text
    except FilterError as error:
        assert 1 <= error.column <= len(text) + 1
