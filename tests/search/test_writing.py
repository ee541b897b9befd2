"""What is offered to be put into a filter means there what it is called."""

from __future__ import annotations

import pytest

from tracker.search import parse_runs_filter
from tracker.search.syntax import Comparison, Field, Kind
from tracker.search.vocabulary import RUNS
from tracker.search.writing import operators_of, read_field, write_field, write_text

KEYS = ["lr", "a.b", "1st", "a b", "x-y", "loss.max", "ü", "it's", 'say "x"', "a`b", "count", "a/b"]
HARD = ["a`b'c\"d"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", [Kind.PARAM, Kind.METRIC, Kind.TAG])
def test_a_name_is_read_as_it_was_written(kind: Kind, key: str) -> None:
    text = write_field(kind, key)
    assert text is not None
    assert read_field(text) == Field(kind, key)


def test_names_are_quoted_only_where_they_must_be() -> None:
    assert write_field(Kind.PARAM, "a.b") == "params.a.b"
    assert write_field(Kind.METRIC, "loss.max") == "metrics.`loss.max`"
    assert write_field(Kind.TAG, "mlflow.user") == "tags.mlflow.user"
    assert write_field(Kind.ATTRIBUTE, "start_time") == "attributes.start_time"


@pytest.mark.parametrize("key", HARD)
def test_a_name_that_cannot_be_written_is_not(key: str) -> None:
    assert write_field(Kind.PARAM, key) is None


@pytest.mark.parametrize("text", ["ridge", "it's", 'say "x"', "", "a\nb", "100%", "C:\\x", "\\'"])
def test_a_text_is_compared_as_it_was_written(text: str) -> None:
    written = write_text(text)
    assert written is not None
    node = parse_runs_filter(f"params.a = {written} AND params.b = 'z'")
    assert Comparison(Field(Kind.PARAM, "a"), "=", text) in node.operands  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ['it\'s "x"', "C:\\", "\ud800"])
def test_a_text_that_cannot_be_written_is_not(text: str) -> None:
    assert write_text(text) is None


@pytest.mark.parametrize("kind", [Kind.ATTRIBUTE, Kind.PARAM, Kind.METRIC, Kind.TAG, Kind.DATASET])
def test_every_operator_that_is_offered_is_understood(kind: Kind) -> None:
    keys = {Kind.ATTRIBUTE: list(RUNS.attributes), Kind.DATASET: ["name"]}.get(kind, ["k"])
    for key in keys:
        values = {"time": "now - 1d", "duration": "10m", "number": "1", "text": "'x'"}
        value = values[RUNS.type_of(Field(kind, key))]
        for operator in operators_of(Field(kind, key)):
            right = "" if operator.endswith("NULL") else value
            right = f"({value})" if operator.endswith("IN") else right
            assert parse_runs_filter(f"{write_field(kind, key)} {operator} {right}")


@pytest.mark.parametrize("text", ["", "params", "params.a =", "a b", "nothing.x", "'x'"])
def test_what_is_no_name_is_read_as_none(text: str) -> None:
    assert read_field(text) is None
