"""Points of a metric, read from a server page by page. They come in its order: by time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.remote.connection import Connection
from tracker.remote.errors import Unreachable
from tracker.store.points import Points
from tracker.store.rest import answers, operations
from tracker.store.rest.pages import follow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.store.rest.journal import Journal
    from tracker.store.rest.operations import Operation
    from tracker.store.rest.outbox import Outbox
    from tracker.store.rest.sender import Sender

PAGE = 25_000
"""Points in a page, as many as Databricks gives."""


class Histories:
    """Reads the points of runs, once those that wait here are sent."""

    def __init__(
        self, connection: Connection, outbox: Outbox, sender: Sender, journal: Journal
    ) -> None:
        self._connection = connection
        self._outbox = outbox
        self._sender = sender
        self._journal = journal

    def points(self, run_id: str, key: str) -> Points:
        """Return all points of a metric. Raises NotFound (the run), Unreachable, StoreError."""
        known = self._outbox.find(run_id)
        if known is None:
            found = read(self._connection, run_id, key)
            if not len(found.steps):
                self._journal.fetch(run_id)  # of a run that is not there, servers may say nothing
            return found
        try:
            if trouble := self._sender.flush(known.local_id):
                raise trouble
            known = self._outbox.find(run_id) or known
        except Unreachable:
            if known.run_id is not None:  # the server has points that are not here
                raise
        if known.run_id is None:
            return waiting(self._outbox.pending(known.local_id), key)
        return read(self._connection, known.run_id, key)


def read(connection: Connection, run_id: str, key: str) -> Points:
    """Return all points that the server has. Raises NotFound (the run), StoreError."""

    def ask(token: str | None) -> tuple[list[tuple[int, int, float]], str | None]:
        query: list[tuple[str, str | int]] = [("run_id", run_id), ("metric_key", key)]
        query.append(("max_results", PAGE))
        if token is not None:
            query.append(("page_token", token))
        answer = connection.get("metrics/get-history", query)
        return [_row(it) for it in answers.parts(answer, "metrics")], answers.token(answer)

    return _points([row for page in follow(ask, f"the metric '{key}'") for row in page])


def waiting(pending: Iterable[Operation], key: str) -> Points:
    """Return the points of a metric that wait to be sent."""
    points = (
        point
        for operation in pending
        if operation.kind in (operations.POINT, operations.LOG)
        for point in operations.logged(operation).metrics
    )
    return _points([(it.step, it.timestamp, it.value) for it in points if it.key == key])


def _row(answer: answers.Fields) -> tuple[int, int, float]:
    return (
        answers.integer(answer, "step", 0),
        answers.integer(answer, "timestamp", 0),
        answers.number(answer, "value"),
    )


def _points(rows: Sequence[tuple[Any, Any, Any]]) -> Points:
    import numpy as np

    steps, timestamps, values = zip(*rows, strict=True) if rows else ((), (), ())
    return Points(
        np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, np.float64)
    )
