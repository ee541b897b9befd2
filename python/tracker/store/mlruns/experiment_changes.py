"""Experiments of an mlruns folder: made, renamed, moved to the trash and back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tracker.entities import Experiment, LifecycleStage
from tracker.errors import AlreadyExists, InvalidState, StoreError
from tracker.store import limits
from tracker.store.mlruns import meta, writing
from tracker.store.mlruns.files import Unreadable, failure
from tracker.store.mlruns.layout import (
    META,
    TRASH,
    ExperimentFolder,
    below,
    is_experiment_id,
    run_folders,
)
from tracker.store.moved_artifacts import local_path

DEFAULT_ID = "0"
DEFAULT_NAME = "Default"
_DIGITS = 18


def begin(root: str) -> None:
    """Make the folder and its default experiment, as MLflow does. Raises StoreError."""
    try:
        os.makedirs(below(root, TRASH), exist_ok=True)  # noqa: PTH103
    except OSError as error:
        raise failure(root, error) from error
    location = Path(root, DEFAULT_ID).as_uri()
    writing.new_experiment(root, DEFAULT_ID, DEFAULT_NAME, location)


def create(
    root: str,
    known: Iterable[Experiment],
    name: str,
    artifact_location: str | None,
    tags: Mapping[str, str],
) -> str:
    """Return the id of a new experiment. Raises AlreadyExists, InvalidValue, StoreError."""
    limits.check_experiment_name(name)
    checked = limits.check_experiment_tags(tags)
    _refuse_taken_name(known, name)
    experiment_id = _new_id()
    location = Path(root, experiment_id).as_uri()
    if artifact_location is not None:
        location = _location(limits.check_location(artifact_location))
    path = writing.new_experiment(root, experiment_id, name, location)
    writing.write_tags(path, checked)
    return experiment_id


def adopt(root: str, known: Iterable[Experiment], experiment: Experiment) -> str:
    """Return the id of a new experiment like one of another store, its own where it is free.

    Raises AlreadyExists, InvalidValue, StoreError.
    """
    limits.check_experiment_name(experiment.name)
    checked = limits.check_experiment_tags(experiment.tags)
    stage = LifecycleStage(experiment.lifecycle_stage)
    taken = list(known)
    _refuse_taken_name(taken, experiment.name)
    wanted = experiment.experiment_id
    is_free = is_experiment_id(wanted) and not any(
        os.path.lexists(below(parent, wanted)) for parent in (root, below(root, TRASH))
    )
    experiment_id = wanted if is_free else _new_id()
    parent = root if stage is LifecycleStage.ACTIVE else below(root, TRASH)
    location = Path(root, experiment_id).as_uri()
    times = {
        key: value
        for key in ("creation_time", "last_update_time")
        if (value := getattr(experiment, key)) is not None
    }
    path = writing.new_experiment(
        parent, experiment_id, experiment.name, location, {"lifecycle_stage": str(stage), **times}
    )
    writing.write_tags(path, checked)
    return experiment_id


def rename(
    folder: ExperimentFolder, experiment: Experiment, known: Iterable[Experiment], name: str
) -> None:
    """Raises InvalidState (deleted), InvalidValue, AlreadyExists."""
    limits.check_experiment_name(name)
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidState(
            f"Experiment '{experiment.name}' (id {experiment.experiment_id}) is deleted; restore "
            "it to rename it."
        )
    if name != experiment.name:
        _refuse_taken_name(known, name)
        writing.change_experiment(folder.path, {"name": name})


def move(root: str, folder: ExperimentFolder, stage: str) -> None:
    """Delete or restore an experiment and its runs with it. Raises InvalidValue, StoreError."""
    limits.check_stage(stage)
    target = _target(root, folder, stage)
    _stage_runs(folder, stage)
    writing.change_experiment(folder.path, {"lifecycle_stage": str(stage)})
    if target is None:
        return
    try:
        os.rename(folder.path, target)  # noqa: PTH104 - paths are text here
    except OSError as error:
        raise failure(target, error) from error


def _target(root: str, folder: ExperimentFolder, stage: str) -> str | None:
    """Return where the experiment has to go, None where it lies there already."""
    is_deleted = stage == LifecycleStage.DELETED
    if is_deleted == folder.in_trash:
        return None
    parent = below(root, TRASH) if is_deleted else root
    target = below(parent, folder.experiment_id)
    if os.path.islink(parent):  # noqa: PTH114
        raise StoreError(f"{parent} is a symbolic link; nothing is moved through it.")
    if os.path.lexists(target):
        raise AlreadyExists(f"{target} is in the way. Move it elsewhere first.")
    try:
        os.makedirs(parent, exist_ok=True)  # noqa: PTH103
    except OSError as error:
        raise failure(parent, error) from error
    return target


def _stage_runs(folder: ExperimentFolder, stage: str) -> None:
    keys = writing.stage_keys(stage)
    for _, path in run_folders(folder):
        if not os.path.lexists(below(path, META)):
            continue
        try:
            if meta.stage_of(meta.load(below(path, META))) != stage:
                writing.change_run(path, keys)
        except Unreadable:
            continue  # broken before, and no run that anybody sees


def _refuse_taken_name(known: Iterable[Experiment], name: str) -> None:
    for experiment in known:
        if experiment.name != name:
            continue
        if experiment.lifecycle_stage == LifecycleStage.ACTIVE:
            raise AlreadyExists(
                f"Experiment(name={name}) already exists; its id is {experiment.experiment_id}."
            )
        raise AlreadyExists(
            f"Experiment(name={name}) already exists in deleted state (id "
            f"{experiment.experiment_id}). Restore it, or choose another name."
        )


def _new_id() -> str:
    """Return 18 digits that nobody drew before, the first no zero, as MLflow's are."""
    low = 10 ** (_DIGITS - 1)
    return str(low + int.from_bytes(os.urandom(12)) % (9 * low))


def _location(location: str) -> str:
    """Return what to record for a folder or URI; a relative path counts from here and now."""
    path = local_path(location)
    if path is None:
        return re.sub(r"/+$", "", location)
    try:
        return path.absolute().as_uri()
    except ValueError as error:
        raise StoreError(f"{location} cannot be an artifact location: {error}.") from error
