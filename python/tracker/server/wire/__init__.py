"""The JSON shapes between the panel and the server, and how entities become them.

`labextension/src/wire/` is the same in TypeScript; one sample file, `tests/fixtures/wire.json`,
is checked against both. Every route lives under `<base_url>tracker/api/`:

| method, route | request | answer |
|---|---|---|
| GET  experiments?folder=           |                  | ExperimentsAnswer |
| POST runs/search                   | SearchRequest    | SearchAnswer |
| GET  runs/<run_id>?folder=         |                  | RunDetail |
| POST runs/groups                   | GroupsRequest    | GroupsAnswer |
| POST runs/edit                     | EditRequest      | EditAnswer |
| POST metrics/history               | HistoryRequest   | HistoryAnswer |
| GET  fields?folder=                |                  | FieldsAnswer |
| GET  fields/values?folder=&field=&typed= |            | ValuesAnswer |
| GET  stores?folder=                |                  | StoresAnswer |
| POST stores/open                   | OpenStoreRequest | OpenStoreAnswer |
| POST stores/forget                 | ForgetStoreRequest | ForgetStoreAnswer |
| POST runs/compare                  | CompareRequest   | CompareAnswer |
| POST runs/importance               | ImportanceRequest | ImportanceAnswer |
| GET  runs/<run_id>/artifacts?folder=&path= |          | ArtifactsAnswer |
| GET  runs/<run_id>/artifact?folder=&path=  |          | the file's bytes, or a Range of them |
| GET  runs/<run_id>/artifact/table?folder=&path=&row=&rows=&column=&columns= | | TableAnswer |
| GET  runs/<run_id>/artifact/find?folder=&path=&text=&offset=  |       | FindAnswer |
| GET  runs/<run_id>/artifact/model?folder=&path=  |    | ModelAnswer |
| GET  runs/<run_id>/artifacts/zip?folder=&path= |      | a folder's files as a ZIP archive |
| GET  runs/<run_id>/links?folder=   |                  | RunLinks |
| POST runs/<run_id>/notebook        | NotebookRequest  | NotebookAnswer |
| POST runs/<run_id>/plan            | PlanRequest      | PlanAnswer |
| POST runs/<run_id>/jobs            | JobRequest       | JobAnswer |
| POST runs/<run_id>/export          | ExportRequest    | ExportAnswer |
| POST jobs/<job_id>/cancel          |                  | JobAnswer |
| POST cells/runs                    | CellRunsRequest  | CellRunsAnswer |
| POST cells/changes                 | CellChangesRequest | CellChangesAnswer |
| WS   live?folder=                  |                  | LiveMessage, server to client only |

`folder` is a path of Jupyter's contents API (relative to the server's root, "" for the root
itself); the store asked for is the one that a kernel started there would use. Or it is the name of
a store that was opened, `store:` and more, as the server gave it. Errors answer with ErrorAnswer
and the HTTP status that MLflow gives that `error_code`.
"""

from __future__ import annotations

from tracker.server.wire.artifacts import (
    ArtifactsAnswer,
    FileRow,
    FindAnswer,
    FlavorRow,
    FoundRow,
    ModelAnswer,
    ModelFieldRow,
    TableAnswer,
    TableColumnRow,
)
from tracker.server.wire.cells import (
    CellChangesAnswer,
    CellChangesRequest,
    CellRow,
    CellRun,
    CellRunsAnswer,
    CellRunsRequest,
)
from tracker.server.wire.comparison import (
    CompareAnswer,
    ComparedCellRow,
    ComparedCodeRow,
    ComparedMetricRow,
    ComparedOutputsRow,
    ComparedRow,
    CompareRequest,
    ExecutedRow,
    FindingRow,
    LineRow,
    SegmentRow,
)
from tracker.server.wire.fields import (
    FieldKind,
    FieldRow,
    FieldsAnswer,
    Note,
    SummaryRow,
    ValueKind,
    ValueRow,
    ValuesAnswer,
)
from tracker.server.wire.groups import (
    GroupBy,
    GroupMetric,
    GroupRow,
    GroupsAnswer,
    GroupsRequest,
    SpreadRow,
)
from tracker.server.wire.importance import (
    ImportanceAnswer,
    ImportanceRequest,
    ImportanceRow,
)
from tracker.server.wire.links import (
    ExportAnswer,
    ExportRequest,
    JobAnswer,
    JobRequest,
    JobRow,
    NotebookAnswer,
    NotebookRequest,
    ParameterRow,
    PlanAnswer,
    PlanRequest,
    RunLinks,
)
from tracker.server.wire.live import (
    LiveMessage,
)
from tracker.server.wire.message import (
    ErrorAnswer,
    Number,
)
from tracker.server.wire.metrics import (
    HistoryAnswer,
    HistoryRequest,
    SeriesRequest,
    SeriesRow,
)
from tracker.server.wire.runs import (
    DatasetRow,
    EditAnswer,
    EditRequest,
    ExperimentRow,
    ExperimentsAnswer,
    MetricRow,
    RelatedRunRow,
    RunDetail,
    RunEdit,
    RunRow,
    SearchAnswer,
    SearchRequest,
    StoreRow,
)
from tracker.server.wire.stores import (
    ForgetStoreAnswer,
    ForgetStoreRequest,
    OpenStoreAnswer,
    OpenStoreRequest,
    StoreChoiceRow,
    StoreKind,
    StoresAnswer,
)

__all__ = [
    "ArtifactsAnswer",
    "CellChangesAnswer",
    "CellChangesRequest",
    "CellRow",
    "CellRun",
    "CellRunsAnswer",
    "CellRunsRequest",
    "CompareAnswer",
    "CompareRequest",
    "ComparedCellRow",
    "ComparedCodeRow",
    "ComparedMetricRow",
    "ComparedOutputsRow",
    "ComparedRow",
    "DatasetRow",
    "EditAnswer",
    "EditRequest",
    "ErrorAnswer",
    "ExecutedRow",
    "ExperimentRow",
    "ExperimentsAnswer",
    "ExportAnswer",
    "ExportRequest",
    "FieldKind",
    "FieldRow",
    "FieldsAnswer",
    "FileRow",
    "FindAnswer",
    "FindingRow",
    "FlavorRow",
    "ForgetStoreAnswer",
    "ForgetStoreRequest",
    "FoundRow",
    "GroupBy",
    "GroupMetric",
    "GroupRow",
    "GroupsAnswer",
    "GroupsRequest",
    "HistoryAnswer",
    "HistoryRequest",
    "ImportanceAnswer",
    "ImportanceRequest",
    "ImportanceRow",
    "JobAnswer",
    "JobRequest",
    "JobRow",
    "LineRow",
    "LiveMessage",
    "MetricRow",
    "ModelAnswer",
    "ModelFieldRow",
    "Note",
    "NotebookAnswer",
    "NotebookRequest",
    "Number",
    "OpenStoreAnswer",
    "OpenStoreRequest",
    "ParameterRow",
    "PlanAnswer",
    "PlanRequest",
    "RelatedRunRow",
    "RunDetail",
    "RunEdit",
    "RunLinks",
    "RunRow",
    "SearchAnswer",
    "SearchRequest",
    "SegmentRow",
    "SeriesRequest",
    "SeriesRow",
    "SpreadRow",
    "StoreChoiceRow",
    "StoreKind",
    "StoreRow",
    "StoresAnswer",
    "SummaryRow",
    "TableAnswer",
    "TableColumnRow",
    "ValueKind",
    "ValueRow",
    "ValuesAnswer",
]
