"""The JSON shapes between the panel and the server, and how entities become them.

`labextension/src/wire.ts` is the same in TypeScript; one sample file, `tests/fixtures/wire.json`,
is checked against both. Every route lives under `<base_url>tracker/api/`:

| method, route | request | answer |
|---|---|---|
| GET  experiments?folder=           |                  | ExperimentsAnswer |
| POST runs/search                   | SearchRequest    | SearchAnswer |
| GET  runs/<run_id>?folder=         |                  | RunDetail |
| POST runs/edit                     | EditRequest      | EditAnswer |
| POST metrics/history               | HistoryRequest   | HistoryAnswer |
| POST runs/compare                  | CompareRequest   | CompareAnswer |
| GET  runs/<run_id>/artifacts?folder=&path= |          | ArtifactsAnswer |
| GET  runs/<run_id>/artifact?folder=&path=  |          | the file's bytes |
| WS   live?folder=                  |                  | LiveMessage, server to client only |

`folder` is a path of Jupyter's contents API (relative to the server's root, "" for the root
itself); the store asked for is the one that a kernel started there would use. Errors answer with
ErrorAnswer and the HTTP status that MLflow gives that `error_code`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

Number = float | Literal["NaN", "Infinity", "-Infinity"]
"""JSON has no NaN; the three special floats travel as MLflow writes them."""


class StoreRow(TypedDict):
    """The store that answered. Where `exists` is false nothing was recorded yet."""

    uri: str
    exists: bool
    revision: int


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
    """`max_results`: 1 to 1,000 runs a page, where absent 200. `view`: where absent active."""

    folder: str
    experiment_ids: NotRequired[list[str]]
    filter: NotRequired[str]
    order_by: NotRequired[list[str]]
    view: NotRequired[Literal["active", "deleted", "all"]]
    max_results: NotRequired[int]
    page_token: NotRequired[str | None]


class SearchAnswer(TypedDict):
    """`total` counts all matches, of which `runs` is one page."""

    runs: list[RunRow]
    next_page_token: str | None
    total: int


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


class FileRow(TypedDict):
    path: str
    is_dir: bool
    file_size: int | None


class RunDetail(TypedDict):
    run: RunRow
    experiment: ExperimentRow


class ArtifactsAnswer(TypedDict):
    path: str
    files: list[FileRow]


class SeriesRequest(TypedDict):
    """`since` is the cursor of an earlier answer: only later points are wanted."""

    run_id: str
    key: str
    since: NotRequired[int]


class HistoryRequest(TypedDict):
    """At most 200 series. `max_points` of a sampled one: 10 to 5,000, where absent 1,000.

    No answer holds more than 100,000 points: many series share them evenly. Series of runs that
    are gone are left out of the answer; those of metrics nobody logged are empty.
    """

    folder: str
    series: list[SeriesRequest]
    max_points: NotRequired[int]


class SeriesRow(TypedDict):
    """Columns of equal length. Give `cursor` back as the next request's `since`.

    Where `since` equals the one that was asked for, these are the points logged after it, in the
    order logged: append them. Where it is 0 they are the whole series, sampled, in step order:
    they replace what was there. A request with `since` is answered so too when there is more new
    than 20,000 points, or when the store no longer knows that cursor.
    """

    run_id: str
    key: str
    since: int
    steps: list[int]
    timestamps: list[int]
    values: list[Number]
    total: int
    cursor: int


class HistoryAnswer(TypedDict):
    series: list[SeriesRow]


class CompareRequest(TypedDict):
    """2 to 20 runs; the others are held against the first."""

    folder: str
    run_ids: list[str]


class ComparedRow(TypedDict):
    """A param, package, fact or data set; `values` in the order of the runs."""

    name: str
    values: list[str | None]
    differs: bool


class ComparedMetricRow(TypedDict):
    """The last values of a metric; null where a run has none."""

    name: str
    values: list[Number | None]
    differs: bool


class SegmentRow(TypedDict):
    text: str
    is_changed: bool


class LineRow(TypedDict):
    """A line of two texts; a side that does not have it has no segments and no number."""

    kind: Literal["equal", "changed", "added", "removed"]
    left: list[SegmentRow]
    right: list[SegmentRow]
    left_number: int | None
    right_number: int | None


class ExecutedRow(TypedDict):
    """A cell as it was executed; `order` counts the executions of its session from 0."""

    cell_id: str | None
    execution_count: int | None
    order: int
    source: str


class ComparedCellRow(TypedDict):
    """`lines` are empty for cells that are equal, or that only one run has."""

    kind: Literal["equal", "changed", "added", "removed"]
    is_moved: bool
    left: ExecutedRow | None
    right: ExecutedRow | None
    lines: list[LineRow]


class ComparedCodeRow(TypedDict):
    """`is_known` is false where one of the two runs kept no code."""

    is_known: bool
    is_equal: bool
    cells: list[ComparedCellRow]


class ComparedOutputsRow(TypedDict):
    """`figures` are paths among the run's artifacts."""

    text: str
    figures: list[str]


class FindingRow(TypedDict):
    """What would keep the notebook from giving the run again, see `capture.findings`."""

    kind: str
    text: str


class CompareAnswer(TypedDict):
    """`code` and `texts` have one element for each run but the first, the rest one for each."""

    run_ids: list[str]
    run_names: list[str]
    params: list[ComparedRow]
    metrics: list[ComparedMetricRow]
    environment: list[ComparedRow]
    packages: list[ComparedRow]
    git: list[ComparedRow]
    datasets: list[ComparedRow]
    code: list[ComparedCodeRow]
    texts: list[list[LineRow]]
    outputs: list[ComparedOutputsRow]
    findings: list[list[FindingRow]]


class LiveMessage(TypedDict):
    """Sent at connect (with no runs) and whenever the store changed, at most 5 times a second.

    What was read before the first message may be older than its `revision`. `runs` are the rows
    that changed since the last message; where more than 200 changed at once, runs were removed for
    good, or the store itself came, went or was replaced, `truncated` is true, `runs` may be empty
    and the client reads again. Where there is no store yet `revision` is 0.
    """

    type: Literal["changes"]
    revision: int
    runs: list[RunRow]
    experiments_changed: bool
    truncated: bool


class ErrorAnswer(TypedDict):
    error_code: str
    message: str
    column: NotRequired[int]
    """Of a filter that cannot be understood: the 1-based place of the offending word."""


def encode(answer: Mapping[str, object]) -> str:
    """Return the answer as JSON text. Raises ValueError for a NaN that did not become text."""
    return json.dumps(answer, allow_nan=False, separators=(",", ":"))
