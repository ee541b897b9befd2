"""Executed cells -> an MLproject that the real `mlflow run` executes unchanged.

    from tracker.export import export_session, to_mlproject

    export_session(folder_or_None, cells, notebook_name="quickstart.ipynb" or None,
                   base_folder=Path.cwd(), namespace=shell.user_ns or None,
                   force=False, allow_secrets=False) -> ExportResult

is what `%mlexport [FOLDER]` calls; `to_mlproject` is the same for callers that name everything.
`cells` are the session's executions (`capture.session.ExecutedCell` or anything of its shape).
An `ExportResult` has `folder`, `entry_point`, `parameters`, `files` and `remarks` (what could not
be taken along as it was, in words for the user). Every refusal is an `InvalidValue` whose message
says what to do.
"""

from tracker.export.offers import ExportParameter
from tracker.export.project import ExportResult, export_session, to_mlproject

__all__ = ["ExportParameter", "ExportResult", "export_session", "to_mlproject"]
