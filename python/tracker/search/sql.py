"""Syntax tree -> SQL on the tables of our own store. Values are bound, never part of the text.

The tables are those of `tracker.store.sqlite.schema`. Conditions speak of the rows of `runs` (or of
`experiments`) by that name; a query that uses them must not give the table another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tracker.search.patterns import as_glob
from tracker.search.syntax import (
    And,
    Comparison,
    Field,
    Kind,
    Node,
    Not,
    Or,
    OrderKey,
    resolve,
)
from tracker.search.vocabulary import DATASET_CONTEXT_TAG


class Sql(NamedTuple):
    """A piece of SQL and the values of its question marks, in order."""

    text: str
    values: tuple[str | int | float, ...] = ()


class OrderSql(NamedTuple):
    """How to sort: `joins` follow the table in FROM, `terms` follow ORDER BY."""

    joins: Sql
    terms: Sql


_COLUMNS: Final = {
    **{
        name: f"runs.{name}"
        for name in (
            "run_id",
            "run_name",
            "status",
            "artifact_uri",
            "user_id",
            "start_time",
            "end_time",
        )
    },
    "name": "experiments.name",
    "experiment_id": "experiments.id",
    "creation_time": "experiments.creation_time",
    "last_update_time": "experiments.last_update_time",
}
_DURATION: Final = (
    "(coalesce(runs.end_time, CASE runs.status WHEN 'RUNNING' THEN ? END) - runs.start_time)"
)


class _KeyTable(NamedTuple):
    """A table with a row for each key of a run or an experiment."""

    name: str
    owner: str
    owner_id: str


_KEY_TABLES: Final = {
    Kind.METRIC: _KeyTable("metrics", "run", "runs.id"),
    Kind.PARAM: _KeyTable("params", "run", "runs.id"),
    Kind.TAG: _KeyTable("tags", "run", "runs.id"),
    Kind.EXPERIMENT_TAG: _KeyTable("experiment_tags", "experiment", "experiments.id"),
}


def compile_where(node: Node | None, now_ms: int) -> Sql:
    """Return a condition on the rows of `runs` (or `experiments`) that is true where node is.

    It may be NULL where node is false.
    """
    if node is None:
        return Sql("1")
    match node:
        case And(operands):
            return _join(" AND ", (compile_where(operand, now_ms) for operand in operands))
        case Or(operands):
            return _join(" OR ", (compile_where(operand, now_ms) for operand in operands))
        case Not(operand):
            inner = compile_where(operand, now_ms)
            return Sql(f"({inner.text}) IS NOT TRUE", inner.values)
    return _comparison(node, now_ms)


def compile_order(order: Sequence[OrderKey], now_ms: int) -> OrderSql:
    """Return joins and terms that sort the rows of `runs` (or `experiments`) as asked."""
    joins, terms = [], []
    for number, key in enumerate(order):
        table = _KEY_TABLES.get(key.field.kind)
        if table is None:
            terms += _attribute_terms(key, now_ms)
            continue
        alias = f"order{number}"
        joins.append(
            Sql(
                f"LEFT JOIN {table.name} {alias} "
                f"ON {alias}.{table.owner} = {table.owner_id} AND {alias}.key = ?",
                (key.field.key,),
            )
        )
        terms += _key_terms(key, alias)
    return OrderSql(_join(" ", joins, nested=False), _join(", ", terms, nested=False))


def _join(glue: str, pieces: Iterable[Sql], *, nested: bool = True) -> Sql:
    pieces = list(pieces)
    text = glue.join(f"({piece.text})" if nested else piece.text for piece in pieces)
    return Sql(text, tuple(value for piece in pieces for value in piece.values))


def _comparison(node: Comparison, now_ms: int) -> Sql:
    field = node.field
    if field.kind is Kind.DATASET:
        return _dataset_condition(node)
    if field.kind is Kind.ATTRIBUTE:
        return _condition(_attribute(field, now_ms), node, now_ms)
    table = _KEY_TABLES[field.kind]
    inside = f"{table.owner_id} IN (SELECT {table.owner} FROM {table.name} WHERE key = ?"
    if node.operator.endswith("NULL"):
        prefix = "NOT " if node.operator == "IS NULL" else ""
        return Sql(f"{prefix}{inside})", (field.key,))
    column = field.summary if field.kind is Kind.METRIC else "value"
    condition = _condition(Sql(column), node, now_ms)
    return Sql(f"{inside} AND {condition.text})", (field.key, *condition.values))


def _dataset_condition(node: Comparison) -> Sql:
    """Whether any data set of the run fits, so that != asks for another data set, not for none."""
    if node.field.key == "context":
        condition = _condition(Sql("value"), node, 0)
        inside = f"input_tags WHERE key = '{DATASET_CONTEXT_TAG}' AND"
    else:
        condition = _condition(Sql(f"datasets.{node.field.key}"), node, 0)
        inside = "inputs JOIN datasets ON datasets.id = inputs.dataset WHERE"
    return Sql(f"runs.id IN (SELECT run FROM {inside} {condition.text})", condition.values)


def _condition(column: Sql, node: Comparison, now_ms: int) -> Sql:
    """Return what compares a column, or an expression with values of its own, with the value."""
    operator, value = node.operator, resolve(node.value, now_ms)
    negation = "NOT " if operator.startswith("NOT ") else ""
    if isinstance(value, tuple):
        listed = ", ".join("?" * len(value))
        ids = tuple(_bindable(node.field, item) for item in value)
        return Sql(f"{column.text} {negation}IN ({listed})", column.values + ids)
    assert value is not None
    if operator.endswith("LIKE"):
        glob = as_glob(str(value), ignore_case=operator.endswith("ILIKE"))
        return Sql(f"{column.text} {negation}GLOB ?", (*column.values, glob))
    if operator == "!=" and node.field.kind is Kind.METRIC:
        # A NaN is kept as NULL, and differs from every number.
        operator = "IS NOT"
    return Sql(f"{column.text} {operator} ?", (*column.values, _bindable(node.field, value)))


def _bindable(field: Field, value: str | int | float) -> str | int | float:
    """Return the value as its column holds it: ids of experiments are integers there."""
    if field.kind is Kind.ATTRIBUTE and field.key == "experiment_id":
        # More digits than an id can have fit no row, and no 64-bit integer either.
        return int(value) if len(str(value)) < 19 else -1
    return value


def _attribute(field: Field, now_ms: int) -> Sql:
    if field.key == "duration":
        return Sql(_DURATION, (now_ms,))
    return Sql(_COLUMNS[field.key])


def _attribute_terms(key: OrderKey, now_ms: int) -> list[Sql]:
    column = _attribute(key.field, now_ms)
    return [Sql(f"{column.text} {_direction(key)} NULLS LAST", column.values)]


def _key_terms(key: OrderKey, alias: str) -> list[Sql]:
    if key.field.kind is not Kind.METRIC:
        return [Sql(f"{alias}.value {_direction(key)} NULLS LAST")]
    return [
        Sql(f"{alias}.run IS NULL"),
        Sql(f"{alias}.{key.field.summary} {_direction(key)} NULLS LAST"),
    ]


def _direction(key: OrderKey) -> str:
    return "ASC" if key.ascending else "DESC"
