"""What the page of a run tells beyond the run's row: its family and the data that it read."""

from __future__ import annotations

from tracker.entities import DatasetInput, Run, ViewType
from tracker.errors import TrackerError
from tracker.server import rows
from tracker.server.wire import DatasetRow, RelatedRunRow, RunDetail
from tracker.store.base import Store

CHILDREN_LIMIT = 100
"""Children that are told; there may be more, which the list of runs shows."""
_PARENT = "mlflow.parentRunId"
_CONTEXT = "mlflow.data.context"
_LONGEST_SOURCE = 2_000


def run_detail(store: Store, run_id: str) -> RunDetail:
    """Return one run, its experiment, its family and its data. Raises NotFound."""
    run = store.get_run(run_id)
    experiment = store.get_experiment(run.info.experiment_id)
    children, total = _children(store, run_id)
    return {
        "run": rows.run_row(run),
        "experiment": rows.experiment_row(experiment, store.count_runs()),
        "artifact_uri": rows.shown_uri(run.info.artifact_uri),
        "parent": _parent(store, run),
        "children": children,
        "children_total": total,
        "datasets": [_dataset_row(one) for one in run.inputs.dataset_inputs],
    }


def _parent(store: Store, run: Run) -> RelatedRunRow | None:
    parent = run.data.tags.get(_PARENT)
    if not parent or parent == run.info.run_id:
        return None
    try:
        return _related_row(store.get_run(parent))
    except TrackerError:  # a tag may say anything, and its run may be gone
        return None


def _children(store: Store, run_id: str) -> tuple[list[RelatedRunRow], int]:
    """Return the first children, in the order in which they began, and the number of all."""
    page = store.search_runs(
        None,
        filter_string=f"tags.`{_PARENT}` = '{run_id}'",
        view_type=ViewType.ACTIVE_ONLY,
        order_by=["attributes.start_time ASC"],
        max_results=CHILDREN_LIMIT,
    )
    return [_related_row(run) for run in page], len(page) if page.total is None else page.total


def _related_row(run: Run) -> RelatedRunRow:
    info = run.info
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "status": str(info.status),
        "start_time": info.start_time,
        "end_time": info.end_time,
    }


def _dataset_row(one: DatasetInput) -> DatasetRow:
    data = one.dataset
    return {
        "name": data.name,
        "digest": data.digest,
        "source_type": data.source_type,
        "source": data.source[:_LONGEST_SOURCE],
        "schema": data.schema,
        "profile": data.profile,
        "context": one.tags.get(_CONTEXT),
        "tags": dict(one.tags),
    }
