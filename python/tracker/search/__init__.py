"""Search: the text of a filter or an order -> a syntax tree -> SQL, or an answer in Python.

node = parse_runs_filter("metrics.loss < 0.5 AND params.lr = '0.1'")
condition = compile_where(node, now_ms)          # on the rows of our own tables
fits = evaluate(node, run, now_ms)               # on an entity, for any other store
"""

from tracker.search.evaluate import evaluate, predicate, sort
from tracker.search.parser import (
    parse_experiments_filter,
    parse_experiments_order_by,
    parse_order_by,
    parse_runs_filter,
)
from tracker.search.sql import (
    OrderSql,
    Sql,
    Walk,
    compile_equal,
    compile_next_value,
    compile_order,
    compile_walk,
    compile_where,
)
from tracker.search.syntax import Node, OrderKey

__all__ = [
    "Node",
    "OrderKey",
    "OrderSql",
    "Sql",
    "Walk",
    "compile_equal",
    "compile_next_value",
    "compile_order",
    "compile_walk",
    "compile_where",
    "evaluate",
    "parse_experiments_filter",
    "parse_experiments_order_by",
    "parse_order_by",
    "parse_runs_filter",
    "predicate",
    "sort",
]
