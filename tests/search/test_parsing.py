"""Text -> tree, by table: MLflow's grammar first, then what goes beyond it."""

from __future__ import annotations

import pytest

from tracker.search.parser import parse_experiments_filter, parse_runs_filter
from tracker.search.syntax import And, Comparison, Field, Kind, Moment, Node, Not, Or, Value


def metric(key: str, operator: str, value: float, summary: str = "last") -> Comparison:
    return Comparison(Field(Kind.METRIC, key, summary), operator, value)


def param(key: str, operator: str, value: Value) -> Comparison:
    return Comparison(Field(Kind.PARAM, key), operator, value)


def tag(key: str, operator: str, value: Value) -> Comparison:
    return Comparison(Field(Kind.TAG, key), operator, value)


def dataset(key: str, operator: str, value: Value) -> Comparison:
    return Comparison(Field(Kind.DATASET, key), operator, value)


def attribute(key: str, operator: str, value: Value) -> Comparison:
    return Comparison(Field(Kind.ATTRIBUTE, key), operator, value)


A, B, C = metric("a", ">", 1.0), metric("b", ">", 1.0), metric("c", ">", 1.0)

MLFLOW: list[tuple[str, Node | None]] = [
    ("", None),
    ("metrics.a > 1", A),
    (" metric.a>1 ", A),
    ("`metrics`.`a` > 1", A),
    ('metrics."a" > 1', A),
    ("metrics.'a' > 1", A),
    ("metrics.a\n>\t1", A),
    ("metrics.a = -1e-3", metric("a", "=", -0.001)),
    ("metrics.a != .5", metric("a", "!=", 0.5)),
    ("metrics.a <= 00012", metric("a", "<=", 12.0)),
    ("metrics.a < 1.", metric("a", "<", 1.0)),
    ("metrics.`a b/c-d` >= 1", metric("a b/c-d", ">=", 1.0)),
    ("metrics.a.b.c > 1", metric("a.b.c", ">", 1.0)),
    ("metrics.count > 1", metric("count", ">", 1.0)),
    ("metrics.and > 1", metric("and", ">", 1.0)),
    ("metrics.größe > 1", metric("größe", ">", 1.0)),
    ("metrics.a > 1 AND metrics.b > 1", And((A, B))),
    ("metrics.a > 1 and metrics.b > 1 And metrics.c > 1", And((A, B, C))),
    ("params.lr = '0.1'", param("lr", "=", "0.1")),
    ("param.lr = \"0.1\"", param("lr", "=", "0.1")),
    ("parameters.lr!='0.1'", param("lr", "!=", "0.1")),
    ("parameter.lr LIKE'0%'", param("lr", "LIKE", "0%")),
    ("params.lr ilike '0%'", param("lr", "ILIKE", "0%")),
    ("params.lr IS NULL", param("lr", "IS NULL", None)),
    ("params.`a b` is not null", param("a b", "IS NOT NULL", None)),
    ("params.lr = ''", param("lr", "=", "")),
    ("params.lr = 'it''s'", param("lr", "=", "it''s")),
    (r"params.lr = 'it\'s'", param("lr", "=", r"it\'s")),
    (r"params.lr = 'C:\'", param("lr", "=", "C:\\")),
    ("params.lr = 'a\nb'", param("lr", "=", "a\nb")),
    ("params.lr = 'a'AND params.x='b'", And((param("lr", "=", "a"), param("x", "=", "b")))),
    ("tags.mlflow.runName = 'a'", tag("mlflow.runName", "=", "a")),
    ("tag.`mlflow.user` = 'a'", tag("mlflow.user", "=", "a")),
    ("tags.count = 'a'", tag("count", "=", "a")),
    ("tags.a.min = 'a'", tag("a.min", "=", "a")),
    ("status = 'FINISHED'", attribute("status", "=", "FINISHED")),
    ("attributes.status = 'a'", attribute("status", "=", "a")),
    ("attr.status = 'a'", attribute("status", "=", "a")),
    ("run.status = 'a'", attribute("status", "=", "a")),
    ("attribute.`status` = 'a'", attribute("status", "=", "a")),
    ('"status" = \'a\'', attribute("status", "=", "a")),
    ("`run name` LIKE 'a'", attribute("run_name", "LIKE", "a")),
    ("attributes.`Run Name` = 'a'", attribute("run_name", "=", "a")),
    ("created > 5", attribute("start_time", ">", 5)),
    ("Created >= 1.5", attribute("start_time", ">=", 1.5)),
    ("end_time != -5", attribute("end_time", "!=", -5)),
    ("start_time < 9007199254740993", attribute("start_time", "<", 9007199254740993)),
    ("run_id IN ('a', \"b\")", attribute("run_id", "IN", ("a", "b"))),
    ("run_id not in('a',)", attribute("run_id", "NOT IN", ("a",))),
    ("dataset.name = 'a'", dataset("name", "=", "a")),
    ("datasets.context NOT IN ('a')", dataset("context", "NOT IN", ("a",))),
    ("datasets.digest ILIKE 'a'", dataset("digest", "ILIKE", "a")),
]  # fmt: skip

BEYOND: list[tuple[str, Node | None]] = [
    ("metrics.a > 1 OR metrics.b > 1", Or((A, B))),
    ("metrics.a > 1 AND metrics.b > 1 OR metrics.c > 1", Or((And((A, B)), C))),
    ("metrics.a > 1 OR metrics.b > 1 AND metrics.c > 1", Or((A, And((B, C))))),
    ("(metrics.a > 1 OR metrics.b > 1) AND metrics.c > 1", And((Or((A, B)), C))),
    ("NOT metrics.a > 1 AND metrics.b > 1", And((Not(A), B))),
    ("not(metrics.a > 1 AND metrics.b > 1)", Not(And((A, B)))),
    ("NOT NOT metrics.a > 1", Not(Not(A))),
    ("((metrics.a > 1))", A),
    ("metrics.a.min > 1", metric("a", ">", 1.0, "min")),
    ("metrics.a.b.max > 1", metric("a.b", ">", 1.0, "max")),
    ("metrics.`a b`.count > 1", metric("a b", ">", 1.0, "count")),
    ("metrics.a.last_step > 1", metric("a", ">", 1.0, "last_step")),
    ("metrics.`a.min` > 1", metric("a.min", ">", 1.0)),
    ('metrics."a.min".min > 1', metric("a.min", ">", 1.0, "min")),
    ("metrics.a.last_timestamp > now", Comparison(
        Field(Kind.METRIC, "a", "last_timestamp"), ">", Moment(0))),
    ("metrics.a > 1e+3", metric("a", ">", 1000.0)),
    ("start_time > now - 7d", attribute("start_time", ">", Moment(-7 * 86_400_000))),
    ("start_time>now-1d12h", attribute("start_time", ">", Moment(-36 * 3_600_000))),
    ("end_time < NOW + 1w", attribute("end_time", "<", Moment(7 * 86_400_000))),
    ("start_time >= '1970-01-02'", attribute("start_time", ">=", 86_400_000)),
    ("start_time = '1970-01-01T01:00:00+01:00'", attribute("start_time", "=", 0)),
    ("start_time = \"1969-12-31 23:59:59.999\"", attribute("start_time", "=", -1)),
    ("duration > 10m", attribute("duration", ">", 600_000)),
    ("duration <= 1.5h", attribute("duration", "<=", 5_400_000)),
    ("duration != 250ms", attribute("duration", "!=", 250)),
    ("status IN ('FAILED', 'KILLED')", attribute("status", "IN", ("FAILED", "KILLED"))),
    ("run_name NOT IN ('a')", attribute("run_name", "NOT IN", ("a",))),
    ("params.lr NOT LIKE 'a%'", param("lr", "NOT LIKE", "a%")),
    ("tags.a not ilike 'a%'", tag("a", "NOT ILIKE", "a%")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), MLFLOW)
def test_what_mlflow_understands_is_understood(text: str, tree: Node | None) -> None:
    assert parse_runs_filter(text) == tree


@pytest.mark.parametrize(("text", "tree"), BEYOND)
def test_more_than_mlflow_understands_is_understood(text: str, tree: Node | None) -> None:
    assert parse_runs_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("name = 'a'", attribute("name", "=", "a")),
        ("attribute.name ilike 'a'", attribute("name", "ILIKE", "a")),
        ("experiment_id = '007'", attribute("experiment_id", "=", "7")),
        ("experiment_id NOT IN ('0', '12')", attribute("experiment_id", "NOT IN", ("0", "12"))),
        ("creation_time > 5", attribute("creation_time", ">", 5)),
        ("last_update_time > now - 1h", attribute("last_update_time", ">", Moment(-3_600_000))),
        ("tags.a.b IS NULL", Comparison(Field(Kind.EXPERIMENT_TAG, "a.b"), "IS NULL", None)),
    ],
)
def test_filters_of_experiments_have_words_of_their_own(text: str, tree: Node | None) -> None:
    assert parse_experiments_filter(text) == tree


@pytest.mark.parametrize("text", ["9" * 19, "9" * 40, "-" + "9" * 25, "9223372036854775808"])
def test_a_time_beyond_64_bits_is_a_float(text: str) -> None:
    node = parse_runs_filter(f"start_time > {text}")
    assert isinstance(node, Comparison)
    assert isinstance(node.value, float)


def test_the_largest_64_bit_time_stays_exact() -> None:
    assert parse_runs_filter(f"start_time > {2**63 - 1}") == attribute("start_time", ">", 2**63 - 1)


def test_trees_are_frozen_and_can_be_keys() -> None:
    text = "NOT (metrics.a > 1 OR run_id IN ('a', 'b'))"
    assert {parse_runs_filter(text): 1}[parse_runs_filter(text)] == 1
