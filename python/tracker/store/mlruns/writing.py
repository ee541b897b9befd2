"""What tracker writes into an mlruns folder, in the form of MLflow's newest file store."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Mapping
from typing import Any

from tracker.entities import LifecycleStage, RunStatus
from tracker.errors import ParamConflict, StoreError
from tracker.store.mlruns import meta
from tracker.store.mlruns.files import (
    Unreadable,
    create_text,
    failure,
    prepare_parent,
    read_text,
    remove,
    write_text,
)
from tracker.store.mlruns.layout import META, below

SOURCE_TYPE_LOCAL = 4


def new_experiment(
    root: str,
    experiment_id: str,
    name: str,
    location: str,
    known: Mapping[str, Any] | None = None,
) -> str:
    """Make the folder of an experiment and return it. Raises StoreError.

    `known` are keys of its meta.yaml that say something else than of one that is made now.
    """
    path = below(root, experiment_id)
    file = below(path, META)
    try:
        prepare_parent(file, root)
    except OSError as error:
        raise failure(path, error) from error
    now = now_ms()
    meta.save(
        file,
        {
            "artifact_location": location,
            "creation_time": now,
            "experiment_id": experiment_id,
            "last_update_time": now,
            "lifecycle_stage": "active",
            "name": name,
            **(known or {}),
        },
        path,
    )
    return path


def new_run(path: str, about: Mapping[str, Any], tags: Mapping[str, str]) -> None:
    """Make the folder of a run; its meta.yaml last, so that nobody sees half of it."""
    for name in ("metrics", "params", "artifacts"):
        try:
            os.makedirs(below(path, name), exist_ok=True)  # noqa: PTH103
        except OSError as error:
            raise failure(path, error) from error
    write_tags(path, tags)
    old = {  # read by MLflow 1.x and 2.x
        "run_uuid": about["run_id"],
        "tags": [],
        "source_type": SOURCE_TYPE_LOCAL,
        "source_name": "",
        "source_version": "",
        "entry_point_name": "",
    }
    meta.save(below(path, META), {**old, "deleted_time": None, **about}, path)


def change_run(path: str, changed: Mapping[str, Any]) -> None:
    """Change keys of a run's meta.yaml, all others stay. Raises StoreError, Unreadable."""
    _change(path, changed)


def change_experiment(path: str, changed: Mapping[str, Any]) -> None:
    """Change keys of an experiment's meta.yaml, and when it was last updated."""
    _change(path, {**changed, "last_update_time": now_ms()})


def _change(path: str, changed: Mapping[str, Any]) -> None:
    file = below(path, META)
    meta.save(file, meta.load(file) | dict(changed), path)


def status_keys(status: RunStatus) -> dict[str, Any]:
    """Return what a run's meta.yaml says of its status."""
    return {"status": meta.STATUS_NUMBERS[status]}


def stage_keys(stage: str) -> dict[str, Any]:
    """Return what a run's meta.yaml says of its lifecycle stage."""
    is_deleted = stage == LifecycleStage.DELETED
    return {"lifecycle_stage": str(stage), "deleted_time": now_ms() if is_deleted else None}


def check_params(path: str, run_id: str, params: Mapping[str, str]) -> dict[str, str]:
    """Return the params that are not there yet. Raises ParamConflict where one has other text."""
    missing = {}
    for key, value in params.items():
        old = _present(below(path, "params", *key.split("/")))
        if old is None:
            missing[key] = value
        elif old != value:
            raise ParamConflict(run_id, key, old, value)
    return missing


def write_params(path: str, run_id: str, params: Mapping[str, str]) -> None:
    """Write params that are not there yet. Raises ParamConflict where another was faster."""
    for key, value in params.items():
        file = below(path, "params", *key.split("/"))
        if not create_text(file, value, path):
            old = _present(file)
            if old != value:
                raise ParamConflict(run_id, key, old or "", value)


def write_tags(path: str, tags: Mapping[str, str | None]) -> None:
    """Write tags of a run or an experiment over older ones; None removes the tag."""
    for key, value in tags.items():
        file = below(path, "tags", *key.split("/"))
        if value is None:
            remove(file)
        else:
            write_text(file, value, path)


def now_ms() -> int:
    """Return the time in ms."""
    return time.time_ns() // 1_000_000


def _present(file: str) -> str | None:
    """Return the text of a param, None where it is not there yet."""
    if not os.path.lexists(file):
        return None
    if os.path.isdir(file):  # noqa: PTH112 - paths are text here
        raise failure(file, IsADirectoryError(errno.EISDIR, "it is a folder"))
    try:
        return read_text(file)
    except Unreadable as problem:
        raise StoreError(
            f"The param cannot be compared with what is there: {problem}."
        ) from problem
