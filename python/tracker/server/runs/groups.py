"""Groups of runs, asked for and answered: `wire.groups` on one side, `store.grouping` below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracker.search.syntax import Field, Kind
from tracker.server import rows
from tracker.server.fields import as_object, integer, text, wrong
from tracker.server.runs.queries import parse_search
from tracker.server.wire import GroupRow, GroupsAnswer, SpreadRow
from tracker.store.base import Store
from tracker.store.grouping import Group, GroupOrder, GroupQuery, Spread, group_runs

GROUPS_DEFAULT = 200
GROUPS_LIMIT = 1000
METRICS_LIMIT = 12

_KINDS: Final[Mapping[str, Kind]] = {"param": Kind.PARAM, "tag": Kind.TAG}
_SUMMARIES: Final = ("last", "min", "max")
_SCOPE: Final = ("folder", "experiment_ids", "filter", "view")

NOTHING: Final[GroupsAnswer] = {"groups": [], "total": 0, "runs": 0, "is_all": True}


def parse_groups(body: object) -> tuple[str, GroupQuery]:
    """Return the folder and the query of a `wire.GroupsRequest`. Raises InvalidValue."""
    fields = as_object(body, "The request")
    scope = parse_search({name: fields[name] for name in _SCOPE if name in fields})
    ascending = fields.get("ascending") or False
    if not isinstance(ascending, bool):
        raise wrong("ascending", "true or false", ascending)
    query = GroupQuery(
        experiment_ids=scope.experiment_ids,
        filter_string=scope.filter_string,
        view_type=scope.view_type,
        by=_parse_by(fields.get("by")),
        metrics=_parse_metrics(fields.get("metrics") or []),
        order=_parse_order(text(fields, "order_by", "newest")),
        ascending=ascending,
        limit=integer(fields, "limit", GROUPS_DEFAULT, 1, GROUPS_LIMIT),
    )
    return scope.folder, query


def answer_groups(store: Store, query: GroupQuery) -> GroupsAnswer:
    """Return the groups of the runs that a query finds. Raises FilterError."""
    found = group_runs(store, query)
    return {
        "groups": [_group_row(group) for group in found.groups],
        "total": found.total,
        "runs": found.runs,
        "is_all": found.is_all,
    }


def _parse_by(value: object) -> Field:
    by = as_object(value, "'by'")
    kind = text(by, "kind")
    if kind not in _KINDS:
        raise wrong("kind", "'param' or 'tag'", kind)
    return Field(_KINDS[kind], text(by, "key"))


def _parse_metrics(value: object) -> tuple[Field, ...]:
    if not isinstance(value, list) or len(value) > METRICS_LIMIT:
        raise wrong("metrics", f"a list of at most {METRICS_LIMIT} metrics", value)
    return tuple(_parse_metric(as_object(one, "Each of 'metrics'")) for one in value)


def _parse_metric(fields: Mapping[str, object]) -> Field:
    summary = text(fields, "summary")
    if summary not in _SUMMARIES:
        raise wrong("summary", "'last', 'min' or 'max'", summary)
    return Field(Kind.METRIC, text(fields, "key"), summary)


def _parse_order(name: str) -> GroupOrder:
    if name not in list(GroupOrder):
        raise wrong("order_by", "'newest', 'value', 'count' or 'mean'", name)
    return GroupOrder(name)


def _group_row(group: Group) -> GroupRow:
    return {
        "value": group.value,
        "count": group.count,
        "newest": group.newest,
        "metrics": [_spread_row(spread) for spread in group.metrics],
    }


def _spread_row(spread: Spread | None) -> SpreadRow | None:
    if spread is None:
        return None
    std = None if spread.std is None else rows.number(spread.std)
    return {"count": spread.count, "mean": rows.number(spread.mean), "std": std}
