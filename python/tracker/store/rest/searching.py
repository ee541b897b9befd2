"""Questions that the server answers in its own grammar, its own order and its own pages."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tracker.entities import Experiment, PagedList, Run, ViewType
from tracker.errors import FilterError, InvalidValue
from tracker.remote import known as known_servers
from tracker.remote.connection import Connection
from tracker.search import parse_experiments_filter, parse_order_by, parse_runs_filter
from tracker.store import paging
from tracker.store.rest import answers, runs
from tracker.store.rest.experiments import Experiments, is_id
from tracker.store.rest.pages import follow
from tracker.store.rest.watching import NEWEST

_PAGE = 1000
COUNTS_KEPT = 15.0
"""Seconds for which runs are not counted again where nothing changed."""


class Searches:
    """Asks one server."""

    def __init__(self, connection: Connection, experiments: Experiments) -> None:
        self._connection = connection
        self._experiments = experiments
        self._counted: dict[ViewType, tuple[int, float, Mapping[str, int]]] = {}

    def experiments(
        self,
        view_type: ViewType,
        filter_string: str,
        order_by: Sequence[str],
        max_results: int,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        """Return a page of experiments. Raises FilterError, InvalidValue, Unreachable."""
        body = {"max_results": paging.check_max_results(max_results), "view_type": view_type.name}
        _fill(body, filter_string, order_by, page_token)
        with _in_our_words(filter_string, parse_experiments_filter):
            answer = self._connection.search("experiments/search", body)
        found = [self._experiments.decoded(it) for it in answers.parts(answer, "experiments")]
        return _page(found, answers.token(answer), page_token)

    def runs(
        self,
        experiment_ids: Sequence[str] | None,
        filter_string: str,
        view_type: ViewType,
        order_by: Sequence[str],
        max_results: int,
        page_token: str | None,
    ) -> PagedList[Run]:
        """Return a page of runs. Raises FilterError, InvalidValue, Unreachable."""
        limit = paging.check_max_results(max_results)
        if experiment_ids is None:
            experiment_ids = [it.experiment_id for it in self._all_experiments()]
        asked = [it for it in experiment_ids if is_id(it)]
        if not asked:
            return PagedList([], None, 0)
        body = {
            "experiment_ids": [self._experiments.known_id(it) for it in asked],
            "run_view_type": view_type.name,
            "max_results": limit,
        }
        plain = known_servers.relative(self._connection, filter_string)
        _fill(body, plain, order_by, page_token)
        with _in_our_words(filter_string, parse_runs_filter, order_by):
            answer = self._connection.search("runs/search", body)
        found = [runs.decoded(self._connection, it) for it in answers.parts(answer, "runs")]
        return _page(found, answers.token(answer), page_token)

    def count_runs(self, view_type: ViewType, revision: int) -> Mapping[str, int]:
        """Return the number of runs by experiment: all of them are read for it.

        Asked again soon, and at the same revision of the watcher, the answer is the same.
        """
        counted = self._counted.get(view_type)
        if counted is None or counted[0] != revision or time.monotonic() > counted[1]:
            counts = self._count(view_type)
            counted = self._counted[view_type] = (revision, time.monotonic() + COUNTS_KEPT, counts)
        return counted[2]

    def _count(self, view_type: ViewType) -> Mapping[str, int]:
        ids = [it.experiment_id for it in self._all_experiments()]

        def ask(token: str | None) -> tuple[list[Run], str | None]:
            page = self.runs(ids, "", view_type, (), _PAGE, token)
            return page, page.token

        found = (run.info.experiment_id for page in follow(ask, "runs") for run in page)
        return dict(Counter(found))

    def fingerprints(self) -> tuple[dict[str, str], str]:
        """Return marks of the newest runs, by id, and one of all experiments."""
        experiments = list(self._all_experiments())
        newest = self.runs(
            [it.experiment_id for it in experiments], "", ViewType.ACTIVE_ONLY, (), NEWEST, None
        )
        return {it.info.run_id: _mark(it) for it in newest}, _mark(experiments)

    def _all_experiments(self) -> Iterator[Experiment]:
        def ask(token: str | None) -> tuple[list[Experiment], str | None]:
            page = self.experiments(ViewType.ALL, "", (), _PAGE, token)
            return page, page.token

        return (it for page in follow(ask, "experiments") for it in page)


def _fill(
    body: dict[str, Any], filter_string: str, order_by: Sequence[str], page_token: str | None
) -> None:
    if filter_string:
        body["filter"] = filter_string
    if order_by:
        body["order_by"] = list(order_by)
    if page_token:
        body["page_token"] = _checked_token(page_token)


def _checked_token(token: str) -> str:
    """Return a token that may be the server's: MLflow itself fails on some that are not."""
    if not (token.isascii() and token.isprintable()):
        raise InvalidValue(f"The page token {token[:60]!r} is not one that a search returned.")
    try:
        content = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, RecursionError):
        return token
    if isinstance(content, dict) and "offset" in content:
        paging.parse_token(token)
    return token


@contextmanager
def _in_our_words(
    filter_string: str, parse: Callable[[str], object], order_by: Sequence[str] = ()
) -> Iterator[None]:
    """Raise FilterError where the server refused a search because of its filter or order.

    It does not say at which column it stumbled; our own parser does, where it stumbles too.
    """
    try:
        yield
    except InvalidValue as error:
        if not (filter_string or order_by) or "page token" in error.message.lower():
            raise
        parse(filter_string)
        parse_order_by(order_by)
        text = filter_string or ", ".join(order_by)
        raise FilterError(error.message, text=text, column=1) from error


def _page(found: list[Any], token: str | None, asked: str | None) -> PagedList[Any]:
    """Return a page; the API tells how many results there are only by ending at the first."""
    is_all = token is None and not asked
    return PagedList(found, token, len(found) if is_all else None)


def _mark(value: Run | Sequence[Experiment]) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()
