"""Entities become the rows of `wire`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from tracker.errors import FilterError, TrackerError
from tracker.rest.links import is_link

if TYPE_CHECKING:
    from tracker.entities import Experiment, FileInfo, MetricHistory, MetricSummary, PagedList, Run
    from tracker.server.wire import (
        ErrorAnswer,
        ExperimentRow,
        FileRow,
        LiveMessage,
        MetricRow,
        Number,
        RunRow,
        SearchAnswer,
        SeriesRow,
    )


def number(value: float) -> Number:
    """Return the value as JSON can carry it."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def experiment_row(experiment: Experiment, run_counts: Mapping[str, int]) -> ExperimentRow:
    """Return the row; `run_counts` are the runs of each experiment id that has any."""
    return {
        "experiment_id": experiment.experiment_id,
        "name": experiment.name,
        "lifecycle_stage": str(experiment.lifecycle_stage),
        "creation_time": experiment.creation_time,
        "last_update_time": experiment.last_update_time,
        "run_count": run_counts.get(experiment.experiment_id, 0),
    }


def metric_row(summary: MetricSummary) -> MetricRow:
    """Return the summary of a metric."""
    return {
        "last": number(summary.last),
        "min": number(summary.min),
        "max": number(summary.max),
        "count": summary.count,
        "last_step": summary.last_step,
        "last_timestamp": summary.last_timestamp,
    }


def run_row(run: Run) -> RunRow:
    """Return the run with what was logged to it."""
    info, data = run.info, run.data
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "status": str(info.status),
        "lifecycle_stage": str(info.lifecycle_stage),
        "user_id": info.user_id,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "params": dict(data.params),
        "metrics": {key: metric_row(summary) for key, summary in data.summaries.items()},
        "tags": {key: value for key, value in data.tags.items() if not is_link(key)},
    }


def search_answer(page: PagedList[Run], children: Mapping[str, int] | None) -> SearchAnswer:
    """Return a page of runs, and how many are nested in each where that is known."""
    answer: SearchAnswer = {
        "runs": [run_row(run) for run in page],
        "next_page_token": page.token,
        "total": page.total,
    }
    if children is not None:
        answer["children"] = dict(children)
    return answer


def series_row(history: MetricHistory, *, since: int) -> SeriesRow:
    """Return the points; `since` is the cursor they follow, 0 where they are the whole series."""
    return {
        "run_id": history.run_id,
        "key": history.key,
        "since": since,
        "steps": history.steps.tolist(),
        "timestamps": history.timestamps.tolist(),
        "values": [number(value) for value in history.values.tolist()],
        "total": history.total,
        "cursor": history.cursor,
    }


def file_rows(files: Iterable[FileInfo]) -> list[FileRow]:
    """Return the entries of an artifact listing."""
    return [
        {"path": file.path, "is_dir": file.is_dir, "file_size": file.file_size} for file in files
    ]


def greeting(revision: int) -> LiveMessage:
    """Return the message that tells a client who connects where the store is."""
    return {
        "type": "changes",
        "revision": revision,
        "runs": [],
        "experiments_changed": False,
        "truncated": False,
    }


def read_again(revision: int) -> LiveMessage:
    """Return the message that asks the client to read everything again."""
    return {**greeting(revision), "experiments_changed": True, "truncated": True}


def shown_uri(uri: str) -> str:
    """Return the store's URI without the password it may carry."""
    parts = urlsplit(uri)
    if "@" not in parts.netloc:
        return uri
    userinfo, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{userinfo.partition(':')[0]}@{host}"))


def error_answer(error: TrackerError) -> ErrorAnswer:
    """Return what the person reads, and where in the filter it went wrong."""
    answer: ErrorAnswer = {"error_code": error.error_code, "message": error.message}
    if isinstance(error, FilterError):
        answer["column"] = error.column
    return answer
