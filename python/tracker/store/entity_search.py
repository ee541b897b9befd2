"""Search over entities in memory, for the stores that have no SQL of ours to ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tracker.entities import Experiment, LifecycleStage, PagedList, Run, ViewType
from tracker.search import (
    Node,
    OrderKey,
    parse_experiments_filter,
    parse_experiments_order_by,
    parse_order_by,
    parse_runs_filter,
    predicate,
    sort,
)
from tracker.store import paging

_T = TypeVar("_T", Run, Experiment)

STAGES: Final[Mapping[ViewType, frozenset[str]]] = {
    ViewType.ACTIVE_ONLY: frozenset({LifecycleStage.ACTIVE}),
    ViewType.DELETED_ONLY: frozenset({LifecycleStage.DELETED}),
    ViewType.ALL: frozenset(LifecycleStage),
}
"""The lifecycle stages that each view shows."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: the parsed filter and order, and which page. `now` is in ms."""

    filter: Node | None
    order: tuple[OrderKey, ...]
    limit: int
    offset: int
    now: int

    def fits(self) -> Callable[[Run | Experiment], bool]:
        """Return the filter as a function."""
        return predicate(self.filter, self.now)

    def page(self, subjects: Iterable[_T]) -> PagedList[_T]:
        """Return the page of those `subjects` that fit, sorted."""
        found = sort(filter(self.fits(), subjects), self.order, self.now)
        part = found[self.offset : self.offset + self.limit]
        token = paging.next_token(self.offset, len(part), len(found))
        return PagedList(part, token, len(found))


def runs_query(
    filter_string: str, order_by: Sequence[str], max_results: int, page_token: str | None
) -> Query:
    """Return a query for runs. Raises FilterError, InvalidValue."""
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query(parse_runs_filter(filter_string), parse_order_by(order_by), limit, offset, _now())


def experiments_query(
    filter_string: str, order_by: Sequence[str], max_results: int, page_token: str | None
) -> Query:
    """Return a query for experiments. Raises FilterError, InvalidValue."""
    limit, offset = paging.check_max_results(max_results), paging.parse_token(page_token)
    return Query(
        parse_experiments_filter(filter_string),
        parse_experiments_order_by(order_by),
        limit,
        offset,
        _now(),
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
