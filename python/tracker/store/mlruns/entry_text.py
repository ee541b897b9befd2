"""An entry as text for the index, and back."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

from tracker.entities import (
    Dataset,
    DatasetInput,
    MetricSummary,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)
from tracker.store.mlruns.metrics import Tail
from tracker.store.mlruns.reading import Entry, artifact_uri


def encode(entry: Entry) -> str:
    """Return the entry as JSON, of Python's kind: it knows NaN and infinities."""
    tails = {
        key: (it.size, it.broken, it.is_torn, it.summary and astuple(it.summary)[1:])
        for key, it in entry.tails.items()
    }
    content = (entry.artifact_uri, entry.marks, tails, entry.problems, entry.read_at)
    return json.dumps(
        (*content, entry.run and _run_fields(entry.run)), separators=(",", ":"), ensure_ascii=False
    )


def decode(path: str, text: str) -> Entry:
    """Return the entry of the run in the folder `path`. Raises ValueError, TypeError, KeyError."""
    recorded, marks, tails, problems, read_at, fields = json.loads(text)
    known = {
        key: Tail(size, MetricSummary(key, *summary) if summary else None, broken, is_torn)
        for key, (size, broken, is_torn, summary) in tails.items()
    }
    return Entry(
        run=None if fields is None else _run(path, recorded, known, fields),
        artifact_uri=recorded,
        marks=marks,
        tails=known,
        problems=tuple(problems),
        read_at=read_at,
    )


def _run_fields(run: Run) -> tuple[Any, ...]:
    info = run.info
    inputs = [(astuple(it.dataset), dict(it.tags)) for it in run.inputs.dataset_inputs]
    who = (info.run_id, info.experiment_id, info.run_name, info.user_id, str(info.status))
    when = (info.start_time, info.end_time, str(info.lifecycle_stage))
    return (who, when, run.data.params, run.data.tags, inputs)


def _run(path: str, recorded: str, tails: dict[str, Tail], fields: Any) -> Run:
    (*who, status), (start, end, stage), params, tags, inputs = fields
    run_id, experiment_id, name, user_id = who
    # Whether the artifacts are still where they were recorded is looked up now, not remembered.
    uri = artifact_uri(recorded, path)
    info = RunInfo(run_id, experiment_id, name, user_id, status, start, end, uri, stage)
    summaries = {key: it.summary for key, it in tails.items() if it.summary is not None}
    data = RunData({key: it.last for key, it in summaries.items()}, params, tags, summaries)
    given = (DatasetInput(Dataset(*dataset), its_tags) for dataset, its_tags in inputs)
    return Run(info, data, RunInputs(tuple(given)))
