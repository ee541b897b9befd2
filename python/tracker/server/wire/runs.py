"""Stores, experiments and runs, listed and changed."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from tracker.server.wire.message import Number
from tracker.server.wire.stores import StoreKind


class StoreRow(TypedDict):
    """The store that answered. Where `exists` is false nothing was recorded yet.

    Where `writable` is false no run of it can be changed: MLflow's database is only read.
    """

    uri: str
    exists: bool
    revision: int
    name: str
    kind: StoreKind
    writable: bool


class ExperimentRow(TypedDict):
    experiment_id: str
    name: str
    lifecycle_stage: str
    creation_time: int | None
    last_update_time: int | None
    run_count: int


class ExperimentsAnswer(TypedDict):
    store: StoreRow
    experiments: list[ExperimentRow]


class MetricRow(TypedDict):
    """A metric's summary, see `entities.MetricSummary`."""

    last: Number
    min: Number
    max: Number
    count: int
    last_step: int
    last_timestamp: int


class RunRow(TypedDict):
    run_id: str
    run_name: str
    experiment_id: str
    status: str
    lifecycle_stage: str
    user_id: str
    start_time: int
    end_time: int | None
    params: dict[str, str]
    metrics: dict[str, MetricRow]
    tags: dict[str, str]


class SearchRequest(TypedDict):
    """`max_results`: 1 to 1,000 runs a page, where absent 200. `view`: where absent active.

    A page begins at `offset` of a list whose `total` is known, or where `page_token` says. With
    `count` false `total` is told only where that costs nothing. `parent`: the id of the run whose
    nested runs are wanted, "" for the runs that are nested in no other match, where absent all.
    """

    folder: str
    experiment_ids: NotRequired[list[str]]
    filter: NotRequired[str]
    order_by: NotRequired[list[str]]
    view: NotRequired[Literal["active", "deleted", "all"]]
    max_results: NotRequired[int]
    offset: NotRequired[int]
    page_token: NotRequired[str | None]
    count: NotRequired[bool]
    parent: NotRequired[str]


class SearchAnswer(TypedDict):
    """`total` counts all matches, of which `runs` is one page; None where not counted.

    `children` are the numbers of matches nested in a run of this page. It is absent where nobody
    asked for a parent, or the store cannot tell: then these are all matches, nested or not.
    """

    runs: list[RunRow]
    next_page_token: str | None
    total: int | None
    children: NotRequired[dict[str, int]]


class RelatedRunRow(TypedDict):
    run_id: str
    run_name: str
    status: str
    start_time: int
    end_time: int | None


class DatasetRow(TypedDict):
    """Data that a run read; `source`, `schema` and `profile` as MLflow writes them, often JSON."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None
    context: str | None
    tags: dict[str, str]


class RunDetail(TypedDict):
    """`children` are the first of `children_total`."""

    run: RunRow
    experiment: ExperimentRow
    artifact_uri: str
    parent: RelatedRunRow | None
    children: list[RelatedRunRow]
    children_total: int
    datasets: list[DatasetRow]


class RunEdit(TypedDict):
    """What changes of one run; what is absent stays. A tag of None is removed."""

    run_id: str
    run_name: NotRequired[str]
    lifecycle_stage: NotRequired[Literal["active", "deleted"]]
    tags: NotRequired[dict[str, str | None]]


class EditRequest(TypedDict):
    """At most 1,000 runs, changed one after the other.

    Where one fails the answer is its error; those before it are changed.
    """

    folder: str
    edits: list[RunEdit]


class EditAnswer(TypedDict):
    """The runs as they are now, in the order asked for."""

    runs: list[RunRow]
