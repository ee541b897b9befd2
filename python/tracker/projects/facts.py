"""Names by which a run tells of its project, and what the project's own process is told of it."""

from __future__ import annotations

ENTRY_POINT = "mlflow.project.entryPoint"
ENVIRONMENT = "mlflow.project.env"
BACKEND = "mlflow.project.backend"
COMMAND = "tracker.project.command"
"""The line that was executed, each value quoted for the shell."""
VERSION = "tracker.project.version"
"""The branch, tag or commit that was asked for."""
CANCEL = "tracker.cancel"
"""Set on a running project's run, it cancels it; the value continues the word "Cancelled"."""
ERROR = "tracker.error"
"""Why the run failed or was cancelled."""
LOG_LEFT_OUT = "tracker.log.left_out"
"""How much of the output was not kept."""

FOLDER = "project"
"""Where a run's artifacts hold what is kept of the project: its log, its executed notebook."""
LOG_FILE = f"{FOLDER}/log.txt"
"""stdout and stderr in the order in which they came."""

PROJECT_RUN = "TRACKER_PROJECT_RUN_ID"
"""The run of the project that a process is part of: runs it starts for steps are its children."""


def child_variables(run_id: str, experiment_id: str, tracking_uri: str) -> dict[str, str]:
    """Return what the project's process is told beyond where MLflow's clients find the store."""
    return {
        "MLFLOW_RUN_ID": run_id,
        "MLFLOW_EXPERIMENT_ID": experiment_id,
        "TRACKER_RUN_ID": run_id,
        "TRACKER_EXPERIMENT_ID": experiment_id,
        "TRACKER_TRACKING_URI": tracking_uri,
        PROJECT_RUN: run_id,
        # Python holds back what it writes to a pipe, and nobody could watch.
        "PYTHONUNBUFFERED": "1",
    }
