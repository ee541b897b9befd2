"""Folders of experiments -> experiments, read again when their files changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tracker.entities import Experiment, LifecycleStage
from tracker.store.mlruns import marks, meta
from tracker.store.mlruns.files import Unreadable, read_text, walk
from tracker.store.mlruns.layout import META, ExperimentFolder, below, experiment_folders
from tracker.store.moved_artifacts import current_location


@dataclass(frozen=True, slots=True)
class _Known:
    experiment: Experiment | None
    marks: dict[str, marks.Mark]
    problems: tuple[str, ...]
    is_settled: bool


class Experiments:
    """The experiments of one folder."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, _Known] = {}
        self.problems: dict[str, tuple[str, ...]] = {}

    def read(self) -> dict[ExperimentFolder, Experiment]:
        """Return all that can be read, by folder; of the others `problems` tells, by path."""
        found: dict[ExperimentFolder, Experiment] = {}
        known: dict[str, _Known] = {}
        for folder in experiment_folders(self._root):
            before = self._known.get(folder.path)
            if before is None or not (
                before.is_settled and marks.still_hold(folder.path, before.marks)
            ):
                before = _read(folder)
            known[folder.path] = before
            if before.experiment is not None:
                found[folder] = before.experiment
        self._known = known
        self.problems = {path: it.problems for path, it in known.items() if it.problems}
        return found


def _read(folder: ExperimentFolder) -> _Known:
    read_at = marks.now()
    path = below(folder.path, META)
    seen = [path]
    problems: list[str] = []
    experiment = None
    try:
        about = meta.load(path)
        experiment = _experiment(about, folder, _tags(folder, seen, problems))
    except Unreadable as problem:
        if os.path.lexists(path):
            problems.append(str(problem))
    found = marks.marks_of(folder.path, seen)
    return _Known(experiment, found, tuple(problems), marks.are_settled(found, read_at))


def _tags(folder: ExperimentFolder, seen: list[str], problems: list[str]) -> dict[str, str]:
    found = {}
    tags = below(folder.path, "tags")
    seen.append(tags)
    for key, path in walk(tags, seen, problems):
        seen.append(path)
        try:
            found[key] = read_text(path)
        except Unreadable as problem:
            problems.append(str(problem))
    return found


def _experiment(
    about: dict[str, object], folder: ExperimentFolder, tags: dict[str, str]
) -> Experiment:
    recorded = meta.text_of(about, "experiment_id")
    if recorded and recorded != folder.experiment_id:
        raise Unreadable(f"{folder.path}/{META} says that it is of experiment {recorded[:80]!r}")
    return Experiment(
        experiment_id=folder.experiment_id,
        name=meta.text_of(about, "name"),
        artifact_location=current_location(
            meta.text_of(about, "artifact_location"), Path(folder.path), depth=1
        ),
        lifecycle_stage=str(LifecycleStage.DELETED if folder.in_trash else meta.stage_of(about)),
        creation_time=meta.time_of(about, "creation_time"),
        last_update_time=meta.time_of(about, "last_update_time"),
        tags=tags,
    )
