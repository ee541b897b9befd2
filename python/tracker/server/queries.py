"""Bodies of requests become checked queries. What arrives here is hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.entities import ViewType
from tracker.errors import InvalidValue

PAGE_DEFAULT = 200
PAGE_LIMIT = 1000
SERIES_LIMIT = 200
POINTS_DEFAULT = 1000
POINTS_MIN = 10
POINTS_MAX = 5000
EXPERIMENTS_LIMIT = 1000
ORDER_BY_LIMIT = 20

_VIEWS = {
    "active": ViewType.ACTIVE_ONLY,
    "deleted": ViewType.DELETED_ONLY,
    "all": ViewType.ALL,
}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A `wire.SearchRequest`, checked. `experiment_ids` is None for all."""

    folder: str
    experiment_ids: list[str] | None
    filter_string: str
    order_by: list[str]
    view_type: ViewType
    max_results: int
    page_token: str | None


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """One metric of one run; `since` is None where the whole series is wanted."""

    run_id: str
    key: str
    since: int | None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A `wire.HistoryRequest`, checked."""

    folder: str
    series: list[SeriesQuery]
    max_points: int


def parse_search(body: object) -> SearchQuery:
    """Return the query. Raises InvalidValue, which names the field."""
    fields = _object(body, "The request")
    view = fields.get("view", "active")
    if not isinstance(view, str) or view not in _VIEWS:
        raise _wrong("view", "'active', 'deleted' or 'all'", view)
    ids = _texts(fields, "experiment_ids", EXPERIMENTS_LIMIT)
    return SearchQuery(
        folder=_text(fields, "folder"),
        experiment_ids=ids,
        filter_string=_text(fields, "filter", ""),
        order_by=_texts(fields, "order_by", ORDER_BY_LIMIT) or [],
        view_type=_VIEWS[view],
        max_results=_integer(fields, "max_results", PAGE_DEFAULT, 1, PAGE_LIMIT),
        page_token=_text(fields, "page_token", "") or None,
    )


def parse_history(body: object) -> HistoryQuery:
    """Return the query. Raises InvalidValue, which names the field."""
    fields = _object(body, "The request")
    series = fields.get("series")
    if not isinstance(series, list) or len(series) > SERIES_LIMIT:
        raise _wrong("series", f"a list of at most {SERIES_LIMIT} series", series)
    return HistoryQuery(
        folder=_text(fields, "folder"),
        series=[_parse_series(one) for one in series],
        max_points=_integer(fields, "max_points", POINTS_DEFAULT, POINTS_MIN, POINTS_MAX),
    )


def _parse_series(one: object) -> SeriesQuery:
    fields = _object(one, "Each of 'series'")
    since = None
    if fields.get("since") is not None:
        since = _integer(fields, "since", 0, 0, 2**63 - 1)
    return SeriesQuery(run_id=_text(fields, "run_id"), key=_text(fields, "key"), since=since)


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InvalidValue(f"{what} must be a JSON object, not {_shown(value)}.")
    return value


def _text(fields: Mapping[str, object], name: str, default: str | None = None) -> str:
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise _wrong(name, "text", value)
    return value


def _texts(fields: Mapping[str, object], name: str, limit: int) -> list[str] | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > limit:
        raise _wrong(name, f"a list of at most {limit} texts", value)
    if not all(isinstance(text, str) for text in value):
        raise _wrong(name, "a list of texts", value)
    return value


def _integer(fields: Mapping[str, object], name: str, default: int, low: int, high: int) -> int:
    value = fields.get(name)
    if value is None:
        return default
    # JSON's true is an int in Python.
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(name, f"an integer from {low} to {high}", value)
    return value


def _wrong(name: str, wanted: str, value: object) -> InvalidValue:
    return InvalidValue(f"'{name}' must be {wanted}, not {_shown(value)}.")


def _shown(value: object) -> str:
    if value is None:
        return "absent"
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
