"""Bodies of requests become checked queries. What arrives here is hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.diff.runs import PARTS, Part
from tracker.entities import ViewType
from tracker.errors import InvalidValue
from tracker.server.fields import as_object, flag, integer, optional_integer, text, texts, wrong

PAGE_DEFAULT = 200
PAGE_LIMIT = 1000
SERIES_LIMIT = 200
COMPARE_LIMIT = 20
POINTS_DEFAULT = 1000
POINTS_MIN = 10
POINTS_MAX = 5000
OFFSET_LIMIT = 2**53 - 1
EXPERIMENTS_LIMIT = 1000
ORDER_BY_LIMIT = 20
EDITS_LIMIT = 1000
TAGS_LIMIT = 100

_VIEWS = {
    "active": ViewType.ACTIVE_ONLY,
    "deleted": ViewType.DELETED_ONLY,
    "all": ViewType.ALL,
}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A `wire.SearchRequest`, checked. `experiment_ids` is None for all.

    `parent` is None where it does not matter, '' for the runs at the top of the list.
    """

    folder: str
    experiment_ids: list[str] | None
    filter_string: str
    order_by: list[str]
    view_type: ViewType
    max_results: int
    page_token: str | None
    parent: str | None = None
    count: bool = True


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """One metric of one run; `since` is None where no cursor is given, a step where no bound is."""

    run_id: str
    key: str
    since: int | None
    start_step: int | None
    end_step: int | None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A `wire.HistoryRequest`, checked."""

    folder: str
    series: list[SeriesQuery]
    max_points: int


@dataclass(frozen=True, slots=True)
class EditQuery:
    """A `wire.RunEdit`, checked. What is None stays as it is; a tag of None is removed."""

    run_id: str
    run_name: str | None
    lifecycle_stage: str | None
    tags: Mapping[str, str | None]


def parse_search(body: object) -> SearchQuery:
    """Return the query. Raises InvalidValue, which names the field."""
    fields = as_object(body, "The request")
    view = fields.get("view", "active")
    if not isinstance(view, str) or view not in _VIEWS:
        raise wrong("view", "'active', 'deleted' or 'all'", view)
    ids = texts(fields, "experiment_ids", EXPERIMENTS_LIMIT)
    return SearchQuery(
        folder=text(fields, "folder"),
        experiment_ids=ids,
        filter_string=text(fields, "filter", ""),
        order_by=texts(fields, "order_by", ORDER_BY_LIMIT) or [],
        view_type=_VIEWS[view],
        max_results=integer(fields, "max_results", PAGE_DEFAULT, 1, PAGE_LIMIT),
        page_token=_page_token(fields),
        parent=None if fields.get("parent") is None else text(fields, "parent"),
        count=flag(fields, "count", True),
    )


def parse_history(body: object) -> HistoryQuery:
    """Return the query. Raises InvalidValue, which names the field."""
    fields = as_object(body, "The request")
    series = fields.get("series")
    if not isinstance(series, list) or len(series) > SERIES_LIMIT:
        raise wrong("series", f"a list of at most {SERIES_LIMIT} series", series)
    return HistoryQuery(
        folder=text(fields, "folder"),
        series=[_parse_series(one) for one in series],
        max_points=integer(fields, "max_points", POINTS_DEFAULT, POINTS_MIN, POINTS_MAX),
    )


def parse_compare(body: object) -> tuple[str, list[str], list[Part]]:
    """Return folder, run ids and parts of a `wire.CompareRequest`. Raises InvalidValue."""
    fields = as_object(body, "The request")
    run_ids = texts(fields, "run_ids", COMPARE_LIMIT) or []
    if len(run_ids) < 2:
        raise wrong("run_ids", f"a list of 2 to {COMPARE_LIMIT} texts", run_ids)
    wanted = texts(fields, "parts", len(PARTS))
    parts = [part for part in PARTS if wanted is None or part in wanted]
    if wanted is not None and len(parts) != len(wanted):
        raise wrong("parts", "a list of 'facts', 'code' and 'outputs'", wanted)
    return text(fields, "folder"), run_ids, parts


def parse_edits(body: object) -> tuple[str, list[EditQuery]]:
    """Return the folder and the edits of a `wire.EditRequest`. Raises InvalidValue."""
    fields = as_object(body, "The request")
    edits = fields.get("edits")
    if not isinstance(edits, list) or len(edits) > EDITS_LIMIT:
        raise wrong("edits", f"a list of at most {EDITS_LIMIT} edits", edits)
    return text(fields, "folder"), [_parse_edit(one) for one in edits]


def _page_token(fields: Mapping[str, object]) -> str | None:
    """Return what asks for the page: its place goes before the token of one already read."""
    from tracker.store.paging import token_at

    offset = integer(fields, "offset", 0, 0, OFFSET_LIMIT)
    return token_at(offset) if offset else text(fields, "page_token", "") or None


def _parse_edit(one: object) -> EditQuery:
    fields = as_object(one, "Each of 'edits'")
    stage = fields.get("lifecycle_stage")
    if stage not in (None, "active", "deleted"):
        raise wrong("lifecycle_stage", "'active' or 'deleted'", stage)
    tags = as_object(fields.get("tags") or {}, "'tags'")
    if len(tags) > TAGS_LIMIT:
        raise wrong("tags", f"at most {TAGS_LIMIT} tags", tags)
    return EditQuery(
        run_id=text(fields, "run_id"),
        run_name=None if fields.get("run_name") is None else text(fields, "run_name"),
        lifecycle_stage=None if stage is None else text(fields, "lifecycle_stage"),
        tags={key: None if tags[key] is None else text(tags, key) for key in tags},
    )


def _parse_series(one: object) -> SeriesQuery:
    fields = as_object(one, "Each of 'series'")
    query = SeriesQuery(
        run_id=text(fields, "run_id"),
        key=text(fields, "key"),
        since=optional_integer(fields, "since", 0),
        start_step=optional_integer(fields, "start_step", -(2**63)),
        end_step=optional_integer(fields, "end_step", -(2**63)),
    )
    if query.since is not None and (query.start_step, query.end_step) != (None, None):
        raise InvalidValue("'since' must be absent where a range of steps is asked for.")
    return query
