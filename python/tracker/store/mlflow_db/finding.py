"""Which runs a search may concern: by SQL as far as columns of `runs` decide it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from tracker.entities import ViewType
from tracker.search import OrderKey
from tracker.search.syntax import Kind
from tracker.store import paging
from tracker.store.entity_search import STAGES, Query
from tracker.store.mlflow_db.schema import Schema
from tracker.store.mlflow_db.values import text

_NUMBER = re.compile(r"[0-9]{1,18}")
_SORTED_IN_SQL: Final = {
    "run_id": "run_uuid",
    "start_time": "coalesce(start_time, 0)",
    "end_time": "end_time",
    "status": "status",
    "user_id": "coalesce(user_id, '')",
}


class Candidates(NamedTuple):
    """Ids of runs: the page itself in its order, or all that must be looked at."""

    run_ids: list[str]
    is_page: bool
    token: str | None = None
    total: int = 0


def candidates(
    connection: sqlite3.Connection,
    schema: Schema,
    experiment_ids: Sequence[str] | None,
    view_type: ViewType,
    query: Query,
) -> Candidates:
    """Return the runs of these experiments and stages that `query` may be about."""
    where, values = _where(schema, experiment_ids, view_type)
    order = _order(query.order)
    if query.filter is not None or order is None:
        rows = connection.execute(f"SELECT run_uuid FROM runs WHERE {where}", values)
        return Candidates([text(run_id) for (run_id,) in rows], is_page=False)
    (total,) = connection.execute(f"SELECT count(*) FROM runs WHERE {where}", values).fetchone()
    rows = connection.execute(
        f"SELECT run_uuid FROM runs WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
        (*values, query.limit, query.offset),
    )
    run_ids = [text(run_id) for (run_id,) in rows]
    token = paging.next_token(query.offset, len(run_ids), total)
    return Candidates(run_ids, is_page=True, token=token, total=total)


def count_runs(
    connection: sqlite3.Connection, schema: Schema, view_type: ViewType
) -> dict[str, int]:
    """Return the number of runs of each experiment that has any."""
    where, values = _where(schema, None, view_type)
    rows = connection.execute(
        f"SELECT experiment_id, count(*) FROM runs WHERE {where} GROUP BY experiment_id", values
    )
    return {text(experiment_id): count for experiment_id, count in rows}


def has_run(connection: sqlite3.Connection, run_id: str) -> bool:
    """Whether there is a run of that id."""
    row = connection.execute("SELECT 1 FROM runs WHERE run_uuid = ?", (run_id,)).fetchone()
    return row is not None


def _where(
    schema: Schema, experiment_ids: Sequence[str] | None, view_type: ViewType
) -> tuple[str, list[object]]:
    stages = sorted(STAGES[view_type])
    recorded = schema.column("runs", "lifecycle_stage")
    stage = f"CASE WHEN {recorded} = 'deleted' THEN 'deleted' ELSE 'active' END"
    where, values = f"{stage} IN ({','.join('?' * len(stages))})", list[object](map(str, stages))
    if experiment_ids is not None:
        # The ids are numbers in the table. Any other text names no experiment.
        known = sorted(it for it in set(experiment_ids) if _NUMBER.fullmatch(it))
        where += f" AND experiment_id IN ({','.join(known)})"
    return where, values


def _order(order: Sequence[OrderKey]) -> str | None:
    """Return the order as SQL, None where more than the table `runs` decides it."""
    terms = []
    for key in order:
        column = _SORTED_IN_SQL.get(key.field.key) if key.field.kind is Kind.ATTRIBUTE else None
        if column is None:
            return None
        terms.append(f"{column} {'ASC' if key.ascending else 'DESC'} NULLS LAST")
    return ", ".join(terms)
