"""Points of a metric, read from a server page by page. They come in its order: by time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.errors import InvalidValue, NotFound
from tracker.remote.connection import Connection
from tracker.remote.errors import Unreachable
from tracker.store.points import Points
from tracker.store.rest import answers, operations
from tracker.store.rest.pages import follow
from tracker.store.rest.summaries import ReadSummaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.store.rest.journal import Journal
    from tracker.store.rest.operations import Operation
    from tracker.store.rest.outbox import Outbox
    from tracker.store.rest.sender import Sender

PAGE = 10_000
"""Points in a page; Databricks gives 25,000 at most."""
READ_KEPT = 40
"""Long metrics that are remembered, so that who follows them is told only what is new."""


class Histories:
    """Reads the points of runs, once those that wait here are sent."""

    def __init__(
        self, connection: Connection, outbox: Outbox, sender: Sender, journal: Journal
    ) -> None:
        self._connection = connection
        self._outbox = outbox
        self._sender = sender
        self._journal = journal
        self._read: dict[tuple[str, str], _Read] = {}
        self.summaries = ReadSummaries()

    def points(self, run_id: str, key: str) -> Points:
        """Return all points of a metric. Raises NotFound (the run), Unreachable, StoreError."""
        known = self._outbox.find(run_id)
        if known is None:
            found = self._at_server(run_id, key)
            if not len(found.steps):
                self._journal.fetch(run_id)  # of a run that is not there, servers may say nothing
            return found
        try:
            if trouble := self._sender.flush(known.local_id):
                raise trouble
            known = self._outbox.find(run_id) or known
        except Unreachable:
            known = self._outbox.find(run_id) or known  # it may have been made before that
            if known.run_id is not None:  # the server has points that are not here
                raise
        if known.run_id is None:
            return waiting(self._outbox.pending(known.local_id), key)
        return self._at_server(known.run_id, key)

    def _at_server(self, run_id: str, key: str) -> Points:
        """Return all points at the server; a long metric is not read again from its beginning."""
        name = (run_id, key)
        try:
            found = _read(self._connection, run_id, key, self._read.get(name))
        except (InvalidValue, NotFound):  # the token does not hold any more, or nothing does
            self._read.pop(name, None)
            found = _read(self._connection, run_id, key, None)
        self._read.pop(name, None)
        if found.token is not None:
            self._read[name] = found
        while len(self._read) > READ_KEPT:
            with suppress(StopIteration, KeyError):  # another thread was quicker
                self._read.pop(next(iter(self._read)))
        self.summaries.note(run_id, key, found.points)
        return found.points


def read(connection: Connection, run_id: str, key: str) -> Points:
    """Return all points that the server has. Raises NotFound (the run), StoreError."""
    return _read(connection, run_id, key, None).points


@dataclass(frozen=True)
class _Read:
    """What was read: all points, and with which token the last page begins, after how many."""

    points: Points
    token: str | None
    start: int

    def is_followed_by(self, rows: Points) -> bool:
        """Return whether rows, asked for with the token, go on from where the last page began.

        A point that came in before that place, from another writer's past, moves all after it.
        """
        size = min(len(rows.steps), len(self.points.steps) - self.start)
        before = self.points.take(slice(self.start, self.start + size))
        is_shorter = self.start + len(rows.steps) < len(self.points.steps)
        return not is_shorter and all(
            mine.tobytes() == theirs[:size].tobytes()
            for mine, theirs in zip(before, rows, strict=True)
        )


def _read(connection: Connection, run_id: str, key: str, known: _Read | None) -> _Read:
    """Return all points; of those known already, only the last page is asked for again."""
    begun: list[tuple[str | None, int]] = []
    rows: list[tuple[int, int, float]] = []

    def ask(token: str | None) -> tuple[list[tuple[int, int, float]], str | None]:
        begun.append((token, len(rows)))
        query: list[tuple[str, str | int]] = [("run_id", run_id), ("metric_key", key)]
        query.append(("max_results", PAGE))
        if token is not None:
            query.append(("page_token", token))
        answer = connection.get("metrics/get-history", query)
        return [_row(it) for it in answers.parts(answer, "metrics")], answers.token(answer)

    for page in follow(ask, f"the metric '{key}'", known.token if known else None):
        rows += page
    token, start = begun[-1]
    points = _points(rows)
    if known is None or known.token is None:
        return _Read(points, token, start)
    if not known.is_followed_by(points):
        return _read(connection, run_id, key, None)
    kept = known.points.take(slice(0, known.start))
    return _Read(_joined(kept, points), token, known.start + start)


def _joined(first: Points, second: Points) -> Points:
    import numpy as np

    return Points(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))


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
