"""Runs below the run that started them: which stand at the top of a list, and how many are below.

A run counts as nested where its parent is in the list too. One whose parent was deleted, belongs to
another experiment or does not match the filter stands at the top.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

from tracker.entities import PagedList, Run, ViewType
from tracker.remote.address import is_remote
from tracker.search import parse_runs_filter
from tracker.search.syntax import Field, Kind
from tracker.server.fields import wrong
from tracker.server.runs.queries import SearchQuery
from tracker.store import paging
from tracker.store.base import Store
from tracker.store.grouping import Grouper, GroupQuery, find_grouper, scan

PARENT: Final = "mlflow.parentRunId"
"""The tag that holds the id of the run that a run is nested in."""
STRAYS_LIMIT: Final = 1000
"""Runs whose parents are not in the list; where there are more the list is flat."""

_RUN_ID = re.compile(r"[\w-]{1,256}")
_TAG = f"tags.`{PARENT}`"


@dataclass(frozen=True, slots=True)
class NestedPage:
    """A page of runs, and the number of runs below those that have any; None where all are flat."""

    runs: PagedList[Run]
    children: dict[str, int] | None


class Nesting:
    """Searches with regard to parents. Remembers which stores have no nested runs at all."""

    def __init__(self) -> None:
        self._flat: WeakKeyDictionary[Store, int] = WeakKeyDictionary()

    def search(self, store: Store, query: SearchQuery) -> NestedPage:
        """Return a page of the runs at the top, or of those below one. Raises FilterError."""
        if query.parent is None or is_remote(store.uri):
            return NestedPage(search(store, query), None)
        grouper = find_grouper(store)
        if grouper is not None:
            return _search(store, grouper, query)
        if self._has_nested(store):
            return _search_by_reading(store, query)
        return _flat_page(store, query)

    def _has_nested(self, store: Store) -> bool:
        revision = store.changes().revision
        if self._flat.get(store) == revision:
            return False
        nested = f"{_TAG} IS NOT NULL"
        if store.search_runs(None, filter_string=nested, view_type=ViewType.ALL, max_results=1):
            return True
        self._flat[store] = revision
        return False


def search(store: Store, query: SearchQuery) -> PagedList[Run]:
    """Return the page that a query asks for, whatever the parents. Raises FilterError."""
    return store.search_runs(
        query.experiment_ids,
        filter_string=query.filter_string,
        view_type=query.view_type,
        order_by=query.order_by,
        max_results=query.max_results,
        page_token=query.page_token,
        count=query.count,
    )


def _flat_page(store: Store, query: SearchQuery) -> NestedPage:
    return NestedPage(PagedList(total=0) if query.parent else search(store, query), {})


def _search(store: Store, grouper: Grouper, query: SearchQuery) -> NestedPage:
    if query.parent:
        _check_run_id(query.parent)
        condition = f"{_TAG} = '{query.parent}'"
    else:
        strays = grouper.strays(_by_parent(query), STRAYS_LIMIT)
        if strays is None:
            return _flat_page(store, query)
        if len(strays) == STRAYS_LIMIT:
            return NestedPage(search(store, query), None)
        listed = ", ".join(f"'{run_id}'" for run_id in strays)
        condition = f"{_TAG} IS NULL"
        if strays:
            condition = f"({condition} OR attributes.run_id IN ({listed}))"
    runs = search(store, replace(query, filter_string=_both(query.filter_string, condition)))
    ids = [run.info.run_id for run in runs]
    return NestedPage(runs, grouper.counts(_by_parent(query), ids))


def _check_run_id(run_id: str) -> None:
    if not _RUN_ID.fullmatch(run_id):
        raise wrong("parent", "the id of a run", run_id)


def _by_parent(query: SearchQuery) -> GroupQuery:
    by = Field(Kind.TAG, PARENT)
    return GroupQuery(query.experiment_ids, query.filter_string, query.view_type, by)


def _both(filter_string: str, condition: str) -> str:
    if not filter_string:
        return condition
    # Told of before the brackets are there, so that its column is that of what was typed.
    parse_runs_filter(filter_string)
    return f"({filter_string}) AND {condition}"


def _search_by_reading(store: Store, query: SearchQuery) -> NestedPage:
    """Return the page from all runs that match, for stores that are read anyway to be searched."""
    limit, offset = query.max_results, paging.parse_token(query.page_token)
    runs, is_all = scan(
        store, query.experiment_ids, query.filter_string, query.view_type, query.order_by
    )
    if not is_all:
        return NestedPage(search(store, query), None)
    listed = {run.info.run_id for run in runs}
    parents = [run.data.tags.get(PARENT, "") for run in runs]
    counts = Counter(parents)
    found = [
        run
        for run, parent in zip(runs, parents, strict=True)
        if (parent == query.parent if query.parent else parent not in listed)
    ]
    part = found[offset : offset + limit]
    token = paging.next_token(offset, len(part), len(found))
    ids = (run.info.run_id for run in part)
    return NestedPage(
        PagedList(part, token, len(found)), {it: counts[it] for it in ids if it in counts}
    )
