"""Runs put into groups by a param or a tag, all that match, read by the page or not."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from tracker.server.wire.message import Number


class GroupBy(TypedDict):
    """What runs of a group share."""

    kind: Literal["param", "tag"]
    key: str


class GroupMetric(TypedDict):
    """A number that each run has of a metric."""

    key: str
    summary: Literal["last", "min", "max"]


class GroupsRequest(TypedDict):
    """Which runs, as in a SearchRequest; `limit`: 1 to 1,000 groups, where absent 200.

    `order_by`: where absent "newest", of the newest run; "mean" is that of the first metric.
    """

    folder: str
    by: GroupBy
    experiment_ids: NotRequired[list[str]]
    filter: NotRequired[str]
    view: NotRequired[Literal["active", "deleted", "all"]]
    metrics: NotRequired[list[GroupMetric]]
    order_by: NotRequired[Literal["newest", "value", "count", "mean"]]
    ascending: NotRequired[bool]
    limit: NotRequired[int]


class SpreadRow(TypedDict):
    """`count` runs have a number, not NaN; one run has no deviation."""

    count: int
    mean: Number
    std: Number | None


class GroupRow(TypedDict):
    """`value` is None for runs that have none. `metrics` are in the order asked for."""

    value: str | None
    count: int
    newest: int
    metrics: list[SpreadRow | None]


class GroupsAnswer(TypedDict):
    """`total` counts all groups, of which these are the first, and `runs` all runs in them.

    Where `is_all` is false the store had to be read for it, and more runs match than were read.
    """

    groups: list[GroupRow]
    total: int
    runs: int
    is_all: bool
