"""Executed cells, a recorded run, or a notebook's file -> an MLproject.

    from tracker.export import to_mlproject

    to_mlproject("folder", notebook="study.ipynb", params="all") -> ExportResult

The real `mlflow run` executes it unchanged. `%mlexport` and `tracker export-project` call the same
function. An `ExportResult` has `folder`, `entry_point`, `parameters`, `files` and `remarks` (what
could not be taken along as it was, in words for the user) and `candidates`, the values that could
be parameters. Every refusal is an `InvalidValue` whose message says what to do.

    source       where the cells come from: a session, a recorded run, a notebook's file
    cells        which executions are exported, in which order
    offers       which literals become parameters; `hyperparameters` finds those inside of code
    program      the cells translated; `script` and `notebook_form` write them down
    project      the folder: MLproject, environment, README, modules and data that go along
"""

from tracker.export.api import to_mlproject
from tracker.export.offers import ExportParameter, Selection
from tracker.export.project import ExportResult, Options
from tracker.export.source import Source, from_notebook, from_run, from_session

__all__ = [
    "ExportParameter",
    "ExportResult",
    "Options",
    "Selection",
    "Source",
    "from_notebook",
    "from_run",
    "from_session",
    "to_mlproject",
]
