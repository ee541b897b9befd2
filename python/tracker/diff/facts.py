"""Facts of runs in rows: params, metrics, what they ran on, git, the data that they read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracker.artifacts import Artifacts
from tracker.capture import tags
from tracker.diff.model import MetricRow, Row
from tracker.entities import DatasetInput, Run
from tracker.errors import TrackerError

_CONTEXT = "mlflow.data.context"
_GIT = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "repository",
    tags.GIT_DIRTY: "uncommitted changes",
}
_MACHINE = ("python", "implementation", "platform", "machine", "cpu_count", "memory_bytes")
_LARGEST_FILE = 16_000_000


def param_rows(runs: Sequence[Run]) -> tuple[Row, ...]:
    """Return a row for each param of any run, in the order first logged."""
    return _rows([run.data.params for run in runs])


def metric_rows(runs: Sequence[Run]) -> tuple[MetricRow, ...]:
    """Return a row for each metric of any run, those of the machine left out."""
    keys = dict.fromkeys(key for run in runs for key in run.data.summaries)
    return tuple(
        MetricRow(key, tuple(run.data.summaries.get(key) for run in runs))
        for key in keys
        if not key.startswith("system/")
    )


def git_rows(runs: Sequence[Run]) -> tuple[Row, ...]:
    """Return the commit, branch and state of the work tree of each run."""
    facts = [
        {name: run.data.tags[tag] for tag, name in _GIT.items() if tag in run.data.tags}
        for run in runs
    ]
    return _rows(facts)


def dataset_rows(runs: Sequence[Run]) -> tuple[Row, ...]:
    """Return the digest of each data set by its name, with its size where it is known."""
    return _rows([_datasets(run.inputs.dataset_inputs) for run in runs])


def environments(
    places: Iterable[Artifacts | None],
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return what the runs ran on, and the versions of the distributions that they imported."""
    found = [_environment(artifacts) for artifacts in places]
    machine = [
        {name: str(facts[name]) for name in _MACHINE if facts.get(name) is not None}
        for facts in found
    ]
    versions = [_versions(facts.get("distributions")) for facts in found]
    packages = sorted(_rows(versions), key=lambda row: row.name.lower())
    return _rows(machine), tuple(packages)


def _rows(columns: Sequence[Mapping[str, str]]) -> tuple[Row, ...]:
    names = dict.fromkeys(name for column in columns for name in column)
    return tuple(Row(name, tuple(column.get(name) for column in columns)) for name in names)


def _datasets(inputs: Iterable[DatasetInput]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in inputs:
        context = each.tags.get(_CONTEXT)
        name = f"{each.dataset.name} ({context})" if context else each.dataset.name
        parts = [each.dataset.digest, _size(each.dataset.profile)]
        if each.tags.get(tags.DATA_DIGEST) == "sample":
            parts.append("by a sample")
        # A run may read the same name with several contents, one after the other.
        text = ", ".join(filter(None, parts))
        found[name] = f"{found[name]}; {text}" if name in found else text
    return found


def _size(profile: str | None) -> str:
    try:
        facts = json.loads(profile or "{}")
    except (ValueError, RecursionError):
        return ""
    if not isinstance(facts, dict):
        return ""
    if isinstance(facts.get("num_rows"), int):
        return f"{facts['num_rows']:,} rows"
    shape = facts.get("features_shape")
    if isinstance(shape, list) and all(isinstance(size, int) for size in shape):
        return " x ".join(f"{size:,}" for size in shape)
    return ""


def _environment(artifacts: Artifacts | None) -> Mapping[str, Any]:
    if artifacts is None:
        return {}
    try:
        with artifacts.open(tags.ENVIRONMENT_FILE) as file:
            facts = json.loads(file.read(_LARGEST_FILE))
    except (TrackerError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _versions(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(name): str(version) for name, version in value.items()}
