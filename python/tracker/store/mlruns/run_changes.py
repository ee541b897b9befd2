"""Runs of an mlruns folder: made, changed, logged to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from tracker.entities import Experiment, LifecycleStage, RunStatus
from tracker.errors import InvalidState, InvalidValue, StoreError
from tracker.store import limits
from tracker.store.mlruns import meta, writing
from tracker.store.mlruns.files import Unreadable
from tracker.store.mlruns.layout import META, ExperimentFolder, below
from tracker.store.mlruns.reading import NAME_TAG
from tracker.store.names import random_name


def create(
    folder: ExperimentFolder,
    experiment: Experiment,
    run_name: str | None,
    user_id: str,
    start_time: int | None,
    tags: Mapping[str, str],
) -> str:
    """Return the id of a new RUNNING run. Raises InvalidState, InvalidValue, StoreError."""
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidState(
            f"Experiment '{experiment.name}' (id {experiment.experiment_id}) is deleted. Restore "
            "it, or use another."
        )
    checked = limits.check_tags(tags)
    name = _choose_name(run_name, checked)
    checked[NAME_TAG] = name[: limits.TAG_LENGTH]
    run_id = os.urandom(16).hex()
    about = {
        "run_id": run_id,
        "run_name": name,
        "experiment_id": experiment.experiment_id,
        "user_id": limits.check_text("user_id", user_id),
        "start_time": limits.check_time(
            "start_time", writing.now_ms() if start_time is None else start_time
        ),
        "end_time": None,
        "artifact_uri": f"{experiment.artifact_location.rstrip('/')}/{run_id}/artifacts",
        "lifecycle_stage": str(LifecycleStage.ACTIVE),
        **writing.status_keys(RunStatus.RUNNING),
    }
    set_tags = {key: value for key, value in checked.items() if value is not None}
    writing.new_run(below(folder.path, run_id), about, set_tags)
    return run_id


def changed_keys(
    status: str | None, end_time: int | None, run_name: str | None, lifecycle_stage: str | None
) -> dict[str, Any]:
    """Return what an update changes in meta.yaml. Raises InvalidValue."""
    changed: dict[str, Any] = {}
    if end_time is not None:
        changed["end_time"] = limits.check_time("end_time", end_time)
    if status is not None:
        known = limits.check_status(status)
        changed |= writing.status_keys(known)
        if known.is_terminated and end_time is None:
            changed["end_time"] = writing.now_ms()
    if run_name:
        changed["run_name"] = limits.check_text("run_name", run_name)
    if lifecycle_stage is not None:
        changed |= writing.stage_keys(limits.check_stage(lifecycle_stage))
    return changed


def write(path: str, changed: Mapping[str, Any]) -> None:
    """Change a run's meta.yaml, and the tag that mirrors its name. Raises StoreError."""
    try:
        if changed:
            writing.change_run(path, changed)
    except Unreadable as problem:
        raise StoreError(f"The run cannot be changed: {problem}.") from problem
    if "run_name" in changed:
        writing.write_tags(path, {NAME_TAG: changed["run_name"][: limits.TAG_LENGTH]})


def kill(path: str, end_time: int) -> None:
    """Give a run the end that its process could not give it. Raises StoreError, Unreadable."""
    keys = writing.status_keys(RunStatus.KILLED)
    writing.change_run(path, {**keys, "end_time": end_time})


def log(path: str, run_id: str, params: Mapping[str, str], tags: Mapping[str, str | None]) -> None:
    """Write params and tags. Raises ParamConflict before it writes any, StoreError."""
    missing = writing.check_params(path, run_id, params)
    writing.write_params(path, run_id, missing)
    writing.write_tags(path, tags)
    name = tags.get(NAME_TAG)
    if name:
        writing.change_run(path, {"run_name": name})


def stage(folder: ExperimentFolder, path: str) -> LifecycleStage:
    """Return whether a run is in use. Raises StoreError where it cannot be read."""
    if folder.in_trash:
        return LifecycleStage.DELETED
    try:
        return meta.stage_of(meta.load(below(path, META)))
    except Unreadable as problem:
        raise StoreError(f"The run cannot be logged to: {problem}.") from problem


def _choose_name(run_name: str | None, tags: Mapping[str, str | None]) -> str:
    tagged = tags.get(NAME_TAG)
    if run_name and tagged and run_name != tagged:
        raise InvalidValue(
            f"The run was given two names: run_name={run_name!r} and the tag "
            f"{NAME_TAG}={tagged!r}. Give one of them."
        )
    return limits.check_text("run_name", run_name or tagged or random_name())
