"""Bodies of requests become checked queries. What arrives here is hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.entities import ViewType
from tracker.errors import InvalidValue

PAGE_DEFAULT = 200
PAGE_LIMIT = 1000
SERIES_LIMIT = 200
COMPARE_LIMIT = 20
POINTS_DEFAULT = 1000
POINTS_MIN = 10
POINTS_MAX = 5000
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


def parse_compare(body: object) -> tuple[str, list[str]]:
    """Return the folder and the run ids of a `wire.CompareRequest`. Raises InvalidValue."""
    fields = _object(body, "The request")
    run_ids = _texts(fields, "run_ids", COMPARE_LIMIT) or []
    if len(run_ids) < 2:
        raise _wrong("run_ids", f"a list of 2 to {COMPARE_LIMIT} texts", run_ids)
    return _text(fields, "folder"), run_ids


def parse_edits(body: object) -> tuple[str, list[EditQuery]]:
    """Return the folder and the edits of a `wire.EditRequest`. Raises InvalidValue."""
    fields = _object(body, "The request")
    edits = fields.get("edits")
    if not isinstance(edits, list) or len(edits) > EDITS_LIMIT:
        raise _wrong("edits", f"a list of at most {EDITS_LIMIT} edits", edits)
    return _text(fields, "folder"), [_parse_edit(one) for one in edits]


def _parse_edit(one: object) -> EditQuery:
    fields = _object(one, "Each of 'edits'")
    stage = fields.get("lifecycle_stage")
    if stage not in (None, "active", "deleted"):
        raise _wrong("lifecycle_stage", "'active' or 'deleted'", stage)
    tags = _object(fields.get("tags") or {}, "'tags'")
    if len(tags) > TAGS_LIMIT:
        raise _wrong("tags", f"at most {TAGS_LIMIT} tags", tags)
    return EditQuery(
        run_id=_text(fields, "run_id"),
        run_name=None if fields.get("run_name") is None else _text(fields, "run_name"),
        lifecycle_stage=None if stage is None else _text(fields, "lifecycle_stage"),
        tags={key: None if tags[key] is None else _text(tags, key) for key in tags},
    )


def _parse_series(one: object) -> SeriesQuery:
    fields = _object(one, "Each of 'series'")
    query = SeriesQuery(
        run_id=_text(fields, "run_id"),
        key=_text(fields, "key"),
        since=_optional(fields, "since", 0),
        start_step=_optional(fields, "start_step", -(2**63)),
        end_step=_optional(fields, "end_step", -(2**63)),
    )
    if query.since is not None and (query.start_step, query.end_step) != (None, None):
        raise InvalidValue("'since' must be absent where a range of steps is asked for.")
    return query


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


def _optional(fields: Mapping[str, object], name: str, low: int) -> int | None:
    return None if fields.get(name) is None else _integer(fields, name, 0, low, 2**63 - 1)


def _wrong(name: str, wanted: str, value: object) -> InvalidValue:
    return InvalidValue(f"'{name}' must be {wanted}, not {_shown(value)}.")


def _shown(value: object) -> str:
    if value is None:
        return "absent"
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
