"""Syntax tree -> SQL on the tables of our own store. Values are bound, never part of the text.

The tables are those of `tracker.store.sqlite.schema`. Conditions speak of the rows of `runs` (or of
`experiments`) by that name; a query that uses them must not give the table another one.

What makes them fast, measured on 100,000 runs with 10 metrics and 10 params each: of the conditions
that must all hold, one *drives*: its index yields the runs it matches, and the others are looked up
for these runs alone, by primary key. Values of params and tags drive best, being sorted by run.
Letting every condition yield its runs took up to twice as long, and a thousand times as long where
one of them matches a single run; joining the tables took three times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tracker.search.patterns import as_sql_pattern
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


class Walk(NamedTuple):
    """How an index yields runs sorted: `source` stands in FROM, `term` comes first in ORDER BY.

    Unless it `yields_all`, runs without the key, or whose metric is NaN, are missing: they come
    last.
    """

    source: Sql
    condition: Sql
    term: Sql
    yields_all: bool = False


class _Context(NamedTuple):
    """What a condition depends on besides the row, and whether its own index yields the rows."""

    now_ms: int
    artifact_root: str
    yields: bool = False


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
_EXPERIMENT_COLUMNS: Final = {
    "name": "experiments.name",
    "experiment_id": "experiments.id",
    "creation_time": "experiments.creation_time",
    "last_update_time": "experiments.last_update_time",
}
_NEVER_NULL: Final = frozenset({"runs.run_id", "experiments.id"})
"""What settles ties. An index has the order only where nothing is said of NULLs there."""
_GOOD_DRIVER: Final = 2
"""The rank of the last condition that is likely to leave few runs, see `_drive_rank`."""
_DURATION: Final = (
    "(coalesce(runs.end_time, CASE runs.status WHEN 'RUNNING' THEN ? END) - runs.start_time)"
)
# Where artifacts lie inside the store's folder, the column holds the path from there.
_ARTIFACT_URI: Final = (
    "(CASE WHEN runs.artifact_uri GLOB '/*' OR instr(runs.artifact_uri, ':') > 0 "
    "AND substr(runs.artifact_uri, 1, instr(runs.artifact_uri, ':')) NOT GLOB '*/*' "
    "THEN runs.artifact_uri ELSE ? || runs.artifact_uri END)"
)


def compile_where(
    node: Node | None, now_ms: int, *, artifact_root: str = "", drive: bool = True
) -> Sql:
    """Return a condition on the rows of `runs` (or `experiments`) that is true where node is.

    It may be NULL where node is false. `artifact_root` is what stands before the relative locations
    in `artifact_uri`, slash included. Without `drive` nothing but rows of the query is looked at:
    right where the rest of the query leaves few thousand rows, slow where it leaves many.
    """
    context = _Context(now_ms, artifact_root, yields=drive)
    if node is None:
        return Sql("1")
    required = list(_conjuncts(node))
    driver = min(required, key=_drive_rank)
    # What OR and NOT join is looked up run by run only where a driver leaves few runs.
    groups_yield = _drive_rank(driver) > _GOOD_DRIVER
    aside = context._replace(yields=False)
    pieces = []
    for operand in required:
        is_group = not isinstance(operand, Comparison)
        yields = operand is driver or (is_group and groups_yield)
        pieces.append(_compile(operand, context if yields else aside))
    return _join(" AND ", pieces)


def compile_order(order: Sequence[OrderKey], now_ms: int, *, artifact_root: str = "") -> OrderSql:
    """Return joins and terms that sort the rows of `runs` (or `experiments`) as asked."""
    context = _Context(now_ms, artifact_root)
    joins: list[Sql] = []
    terms: list[Sql] = []
    for number, key in enumerate(order):
        table = _KEY_TABLES.get(key.field.kind)
        if table is None:
            column = _attribute(key.field, context)
            terms.append(_sorted_by(column, key))
            continue
        alias = f"order{number}"
        joins.append(
            Sql(
                f"LEFT JOIN {table.name} {alias} "
                f"ON {alias}.{table.owner} = {table.owner_id} AND {alias}.key = ?",
                (key.field.key,),
            )
        )
        if key.field.kind is Kind.METRIC:
            # A NaN is kept as NULL too, but comes before a metric that is missing.
            terms.append(Sql(f"{alias}.{table.owner} IS NULL"))
        terms.append(_sorted_by(Sql(f"{alias}.{_value_column(key.field)}"), key))
    return OrderSql(_glue(" ", joins), _glue(", ", terms))


def compile_walk(key: OrderKey) -> Walk | None:
    """Return how an index yields the runs by this key, None where there is none that does."""
    field = key.field
    if field.kind is Kind.ATTRIBUTE:
        if field.key != "start_time":
            return None
        term = _sorted_by(Sql("runs.start_time"), key)
        return Walk(Sql("runs"), Sql("1"), term, yields_all=True)
    column = _value_column(field)
    if field.kind not in _KEY_TABLES or column not in ("value", "last"):
        return None
    # A cross join is never turned round.
    source = f"{_KEY_TABLES[field.kind].name} walked CROSS JOIN runs ON runs.id = walked.run"
    condition = Sql(f"walked.key = ? AND walked.{column} IS NOT NULL", (field.key,))
    direction = "ASC" if key.ascending else "DESC"
    return Walk(Sql(source), condition, Sql(f"walked.{column} {direction}"))


def compile_next_value(key: OrderKey, before: str | None) -> Sql | None:
    """Return a query for the value that comes after `before`, which is None for the first one.

    None where the key is not of a param or tag.
    """
    if key.field.kind not in (Kind.PARAM, Kind.TAG):
        return None
    table = _KEY_TABLES[key.field.kind].name
    chosen, follows = ("min", ">") if key.ascending else ("max", "<")
    query = Sql(f"SELECT {chosen}(value) FROM {table} WHERE key = ?", (key.field.key,))
    return (
        query if before is None else _glue(" ", (query, Sql(f"AND value {follows} ?", (before,))))
    )


def compile_equal(key: OrderKey, value: str) -> Sql:
    """Return the condition that a run has this value of a param or tag."""
    node = Comparison(key.field, "=", value)
    return _comparison(node, _Context(0, ""))


def _conjuncts(node: Node) -> Iterable[Node]:
    if not isinstance(node, And):
        return (node,)
    return (inner for operand in node.operands for inner in _conjuncts(operand))


def _drive_rank(node: Node) -> int:
    """Return how well a condition finds the runs that the others are asked about, 0 best.

    A metric rarely narrows much and yields runs in no order, so any attribute goes before it.
    """
    if not isinstance(node, Comparison) or node.operator == "IS NULL":
        return 9
    field, exact = node.field, node.operator in ("=", "IN")
    if field.kind is Kind.ATTRIBUTE:
        return 0 if exact and field.key in ("run_id", "experiment_id") else 3
    if field.kind in (Kind.METRIC, Kind.DATASET):
        return 4
    return 1 if exact else 2


def _compile(node: Node, context: _Context) -> Sql:
    match node:
        case And():
            return _join(" AND ", (_compile(operand, context) for operand in node.operands))
        case Or():
            return _join(" OR ", (_compile(operand, context) for operand in node.operands))
        case Not():
            inner = _compile(node.operand, context)
            return Sql(f"({inner.text}) IS NOT TRUE", inner.values)
    return _comparison(node, context)


def _join(glue: str, pieces: Iterable[Sql]) -> Sql:
    return _glue(glue, (Sql(f"({piece.text})", piece.values) for piece in pieces))


def _glue(glue: str, pieces: Iterable[Sql]) -> Sql:
    pieces = list(pieces)
    values = tuple(value for piece in pieces for value in piece.values)
    return Sql(glue.join(piece.text for piece in pieces), values)


def _comparison(node: Comparison, context: _Context) -> Sql:
    field = node.field
    if field.kind is Kind.DATASET:
        return _dataset_condition(node, context)
    if field.kind is Kind.ATTRIBUTE:
        return _condition(_attribute(field, context), node, context)
    table = _KEY_TABLES[field.kind]
    rows = Sql(f"{table.name} WHERE key = ?", (field.key,))
    if not node.operator.endswith("NULL"):
        rows = _glue(" AND ", (rows, _condition(Sql(_value_column(field)), node, context)))
    found = _has_row(rows, table.owner, table.owner_id, context)
    return Sql(f"NOT {found.text}", found.values) if node.operator == "IS NULL" else found


def _has_row(rows: Sql, owner: str, owner_id: str, context: _Context) -> Sql:
    """Return the condition that a run or experiment owns one of the rows."""
    if context.yields:
        return Sql(f"{owner_id} IN (SELECT {owner} FROM {rows.text})", rows.values)
    return Sql(f"EXISTS (SELECT 1 FROM {rows.text} AND {owner} = {owner_id})", rows.values)


def _value_column(field: Field) -> str:
    return field.summary if field.kind is Kind.METRIC else "value"


def _dataset_condition(node: Comparison, context: _Context) -> Sql:
    """Whether any data set of the run fits, so that != asks for another data set, not for none."""
    if node.field.key == "context":
        table, column = f"input_tags WHERE key = '{DATASET_CONTEXT_TAG}'", "value"
    else:
        table = "inputs JOIN datasets WHERE datasets.id = inputs.dataset"
        column = f"datasets.{node.field.key}"
    rows = _glue(" AND ", (Sql(table), _condition(Sql(column), node, context)))
    return _has_row(rows, "run", "runs.id", context)


def _condition(column: Sql, node: Comparison, context: _Context) -> Sql:
    """Return what compares a column, or an expression with values of its own, with the value."""
    operator, value = node.operator, resolve(node.value, context.now_ms)
    negation = "NOT " if operator.startswith("NOT ") else ""
    if isinstance(value, tuple):
        marks = ", ".join("?" * len(value))
        bound = tuple(_bindable(node.field, item) for item in value)
        return Sql(f"{column.text} {negation}IN ({marks})", column.values + bound)
    assert value is not None
    if operator.endswith("LIKE"):
        name, pattern = as_sql_pattern(str(value), ignore_case=operator.endswith("ILIKE"))
        return Sql(f"{column.text} {negation}{name} ?", (*column.values, pattern))
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


def _attribute(field: Field, context: _Context) -> Sql:
    if field.key == "duration":
        return Sql(_DURATION, (context.now_ms,))
    if field.key == "artifact_uri":
        return Sql(_ARTIFACT_URI, (context.artifact_root,))
    return Sql(_EXPERIMENT_COLUMNS.get(field.key, f"runs.{field.key}"))


def _sorted_by(column: Sql, key: OrderKey) -> Sql:
    if not key.ascending:
        return Sql(f"{column.text} DESC", column.values)  # where NULL is last by itself
    nulls = "" if column.text in _NEVER_NULL else " NULLS LAST"
    return Sql(f"{column.text} ASC{nulls}", column.values)
