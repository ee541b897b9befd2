"""Runs put into groups by a param or a tag: how many, and what their metrics come to.

A list of runs is read in pages, so whoever shows groups cannot count what was read so far. Stores
that can tell from their own tables have an attribute `grouper`; of the others the runs are read,
up to a bound.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from statistics import fmean, stdev
from typing import Protocol

from tracker.entities import PagedList, Run, ViewType
from tracker.search.syntax import Field, Kind
from tracker.store.base import Store

SCAN_LIMIT = 20_000
"""Runs that are read at most where a store does not group them itself."""
_SCAN_PAGE = 5_000


class GroupOrder(StrEnum):
    """What groups are sorted by."""

    NEWEST = "newest"
    VALUE = "value"
    COUNT = "count"
    MEAN = "mean"
    """The mean of the first metric asked for; groups without it come last."""


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """Which runs, as in `Store.search_runs`, and what is to be known of their groups.

    `by` is a param or a tag. `metrics` name summaries of metrics.
    """

    experiment_ids: Sequence[str] | None
    filter_string: str
    view_type: ViewType
    by: Field
    metrics: tuple[Field, ...] = ()
    order: GroupOrder = GroupOrder.NEWEST
    ascending: bool = False
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Spread:
    """A metric over the runs of a group: of `count` runs that have a number, not NaN.

    `std` is the standard deviation of a sample, None where there is one run.
    """

    count: int
    mean: float
    std: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that share a value; None is the group of those that have none.

    `newest` is the start of the newest run. `metrics` are in the order asked for, None where no run
    of the group has one.
    """

    value: str | None
    count: int
    newest: int
    metrics: tuple[Spread | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Groups:
    """The first groups; `total` counts all of them and `runs` all runs in them.

    Where the bound was met `is_all` is false: more runs match, and nobody looked at them.
    """

    groups: list[Group]
    total: int
    runs: int
    is_all: bool = True


class Grouper(Protocol):
    """Groups the runs of a store without reading them."""

    def groups(self, query: GroupQuery) -> Groups:
        """Return the groups. Raises FilterError."""

    def strays(self, query: GroupQuery, limit: int) -> list[str] | None:
        """Return ids of runs that the query finds while it finds no run of the id in their tag.

        At most `limit` of them; None where no run has the tag at all. Raises FilterError.
        """

    def counts(self, query: GroupQuery, values: Sequence[str]) -> dict[str, int]:
        """Return the number of runs that the query finds, by those values of their tag."""


def find_grouper(store: Store) -> Grouper | None:
    """Return what groups the runs of a store; None where they have to be read for it."""
    grouper: Grouper | None = getattr(store, "grouper", None)
    return grouper


def group_runs(store: Store, query: GroupQuery) -> Groups:
    """Return the groups of the runs that a query finds. Raises FilterError."""
    grouper = find_grouper(store)
    return _read_and_group(store, query) if grouper is None else grouper.groups(query)


def scan(
    store: Store,
    experiment_ids: Sequence[str] | None,
    filter_string: str,
    view_type: ViewType,
    order_by: Sequence[str] = (),
) -> tuple[list[Run], bool]:
    """Return the runs that a search finds, up to the bound, and whether that is all of them."""
    runs: list[Run] = []
    token: str | None = None
    while len(runs) < SCAN_LIMIT:
        page: PagedList[Run] = store.search_runs(
            experiment_ids,
            filter_string=filter_string,
            view_type=view_type,
            order_by=order_by,
            max_results=_SCAN_PAGE,
            page_token=token,
        )
        runs += page
        token = page.token
        if token is None:
            return runs, True
    return runs, False


def _read_and_group(store: Store, query: GroupQuery) -> Groups:
    runs, is_all = scan(store, query.experiment_ids, query.filter_string, query.view_type)
    members: dict[str | None, list[Run]] = {}
    for run in runs:
        found = run.data.params if query.by.kind is Kind.PARAM else run.data.tags
        members.setdefault(found.get(query.by.key), []).append(run)
    groups = [_group(value, of, query.metrics) for value, of in members.items()]
    groups = ordered(groups, query)
    return Groups(groups[: query.limit], len(groups), len(runs), is_all)


def _group(value: str | None, runs: Sequence[Run], metrics: Sequence[Field]) -> Group:
    newest = max(run.info.start_time for run in runs)
    spreads = tuple(_spread(list(_numbers(runs, metric))) for metric in metrics)
    return Group(value, len(runs), newest, spreads)


def _numbers(runs: Sequence[Run], metric: Field) -> Iterator[float]:
    for run in runs:
        summary = run.data.summaries.get(metric.key)
        value = math.nan if summary is None else getattr(summary, metric.summary)
        if not math.isnan(value):
            yield value


def _spread(numbers: Sequence[float]) -> Spread | None:
    if not numbers:
        return None
    if not all(map(math.isfinite, numbers)):
        return Spread(len(numbers), sum(numbers), math.nan if len(numbers) > 1 else None)
    std = stdev(numbers) if len(numbers) > 1 else None
    return Spread(len(numbers), fmean(numbers), std)


def ordered(groups: Sequence[Group], query: GroupQuery) -> list[Group]:
    """Return the groups sorted; what has no value to sort by comes last either way."""
    newest = sorted(groups, key=lambda group: group.newest, reverse=True)
    keys = [(_sort_value(group, query.order), group) for group in newest]
    present = [(key, group) for key, group in keys if key is not None]
    present.sort(key=itemgetter(0), reverse=not query.ascending)
    return [group for _, group in present] + [group for key, group in keys if key is None]


def _sort_value(group: Group, order: GroupOrder) -> tuple[float, str] | None:
    match order:
        case GroupOrder.NEWEST:
            return group.newest, ""
        case GroupOrder.COUNT:
            return group.count, ""
        case GroupOrder.VALUE:
            return None if group.value is None else sortable(group.value)
    spread = group.metrics[0] if group.metrics else None
    return None if spread is None or math.isnan(spread.mean) else (spread.mean, "")


def sortable(value: str) -> tuple[float, str]:
    """Return what sorts numbers written as text by their size, before all other text."""
    try:
        number = float(value)
    except ValueError:
        return math.inf, value
    return (math.inf, value) if math.isnan(number) else (number, value)
