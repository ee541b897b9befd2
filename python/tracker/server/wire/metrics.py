"""Points of metrics."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from tracker.server.wire.message import Number


class SeriesRequest(TypedDict):
    """`since` is the cursor of an earlier answer: only later points are wanted.

    `start_step` and `end_step`, both included, ask for a part of the series, sampled on its own: a
    chart that is zoomed shows more of it. Such a request has no `since`.
    """

    run_id: str
    key: str
    since: NotRequired[int]
    start_step: NotRequired[int]
    end_step: NotRequired[int]


class HistoryRequest(TypedDict):
    """At most 200 series. `max_points` of a sampled one: 10 to 5,000, where absent 1,000.

    No answer holds more than 100,000 points: many series share them evenly. Series of runs that
    are gone are left out of the answer; those of metrics nobody logged are empty.
    """

    folder: str
    series: list[SeriesRequest]
    max_points: NotRequired[int]


class SeriesRow(TypedDict):
    """Columns of equal length. Give `cursor` back as the next request's `since`.

    Where `since` equals the one that was asked for, these are the points logged after it, in the
    order logged: append them. Where it is 0 they are the whole series, sampled, in step order:
    they replace what was there. A request with `since` is answered so too when there is more new
    than 20,000 points, or when the store no longer knows that cursor. `total` counts the whole
    series also where a part was asked for.
    """

    run_id: str
    key: str
    since: int
    steps: list[int]
    timestamps: list[int]
    values: list[Number]
    total: int
    cursor: int


class HistoryAnswer(TypedDict):
    series: list[SeriesRow]
