"""The folder of a run -> the run, with what tells that the folder changed since."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from tracker.entities import LifecycleStage, Run, RunData, RunInfo, RunInputs
from tracker.store.mlruns import marks, meta
from tracker.store.mlruns.datasets import read_inputs
from tracker.store.mlruns.files import Unreadable, read_text, walk
from tracker.store.mlruns.layout import META, ExperimentFolder, below
from tracker.store.mlruns.metrics import Tail, follow
from tracker.store.moved_artifacts import current_location

NAME_TAG = "mlflow.runName"


@dataclass(frozen=True, slots=True)
class Entry:
    """A run as it was read at `read_at` (ns), or None where it cannot be read; `problems` say why.

    `artifact_uri` is the location as recorded, `tails` what is known of each metric's file.
    """

    run: Run | None
    artifact_uri: str
    marks: Mapping[str, marks.Mark]
    tails: Mapping[str, Tail]
    problems: tuple[str, ...]
    read_at: int

    @property
    def is_settled(self) -> bool:
        """Whether the marks alone can tell that it is up to date."""
        return marks.are_settled(self.marks, self.read_at)


@dataclass(slots=True)
class _Walk:
    """What is met on the way through a run's folder."""

    path: str
    seen: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def files(self, name: str) -> dict[str, str]:
        """Return path by key of the files below a folder of the run."""
        folder = below(self.path, name)
        self.seen.append(folder)
        return {it.key: it.path for it in walk(folder, self.seen, self.problems)}

    def texts(self, name: str, *, change: bool) -> dict[str, str]:
        """Return content by key of the files below a folder of the run.

        Where they never `change`, the folder alone tells of new ones.
        """
        found = {}
        for key, path in self.files(name).items():
            if change:
                self.seen.append(path)
            try:
                found[key] = read_text(path)
            except Unreadable as problem:
                self.problems.append(str(problem))
        return found


def read_run(
    experiment: ExperimentFolder, run_id: str, path: str, before: Entry | None = None
) -> Entry:
    """Return the run in a folder. `before` is what an earlier reading of it found, if any."""
    read_at = marks.now()
    way = _Walk(path, seen=[path, below(path, META)])
    # Marked before it is read: what changes in between is then read again.
    base = marks.marks_of(path, way.seen[1:]) | {"": marks.mark(path)}
    try:
        about = meta.load(way.seen[1])
        info = _info(about, experiment, run_id, path)
    except Unreadable as problem:
        return Entry(None, "", base, {}, (str(problem),), read_at)
    tails = _follow_metrics(way, before)
    params, tags = way.texts("params", change=False), way.texts("tags", change=True)
    inputs = read_inputs(experiment.path, path, way.seen, way.problems)
    summaries = {key: it.summary for key, it in tails.items() if it.summary is not None}
    name = info.run_name or tags.get(NAME_TAG, "")
    run = Run(
        info if name == info.run_name else replace(info, run_name=name),
        RunData({key: it.last for key, it in summaries.items()}, params, tags, summaries),
        RunInputs(tuple(inputs)),
    )
    found = base | _marked(path, way.seen[2:], tails)
    recorded = meta.text_of(about, "artifact_uri")
    return Entry(run, recorded, found, tails, tuple(way.problems), read_at)


def _marked(path: str, seen: list[str], tails: Mapping[str, Tail]) -> dict[str, marks.Mark]:
    """Return the marks of all that was seen; a metric's file has the size that was read of it."""
    found = marks.marks_of(path, seen)
    for key, tail in tails.items():
        name = below("metrics", *key.split("/"))
        known = found.get(name)
        if known is not None and not tail.is_torn:
            found[name] = [known[0], tail.size]
    return found


def _follow_metrics(way: _Walk, before: Entry | None) -> dict[str, Tail]:
    tails: dict[str, Tail] = {}
    for key, path in way.files("metrics").items():
        way.seen.append(path)
        try:
            tails[key] = tail = _follow(way.path, key, path, before)
        except Unreadable as problem:
            way.problems.append(str(problem))
            continue
        if tail.broken:
            way.problems.append(f"{path}: {tail.broken} lines are no points and are left out")
        if tail.is_torn:
            way.problems.append(f"{path}: its last line was cut off and is left out")
    return tails


def _follow(base: str, key: str, path: str, before: Entry | None) -> Tail:
    """Return what is known of a metric's file, reading as little of it as is needed."""
    known = before.tails.get(key) if before is not None else None
    if before is not None and known is not None and not known.is_torn:
        now = marks.mark(path)
        if now == before.marks.get(path[len(base) + 1 :]):
            return known
        if now is not None and now[1] > known.size:
            return follow(path, key, known)
    return follow(path, key, None)


def _info(about: dict[str, Any], experiment: ExperimentFolder, run_id: str, path: str) -> RunInfo:
    """Raises Unreadable where the file is not of this run."""
    recorded_id = meta.text_of(about, "run_id", "run_uuid")
    if recorded_id != run_id:
        raise Unreadable(f"{path}/{META} says that it is of run {recorded_id[:80]!r}")
    owner = meta.text_of(about, "experiment_id")
    if owner != experiment.experiment_id:
        raise Unreadable(f"{path}/{META} says that it is of experiment {owner[:80]!r}")
    try:
        status = meta.status_of(about)
    except Unreadable as problem:
        raise Unreadable(f"{path}/{META}: {problem}") from None
    return RunInfo(
        run_id=run_id,
        experiment_id=experiment.experiment_id,
        run_name=meta.text_of(about, "run_name", "name"),
        user_id=meta.text_of(about, "user_id"),
        status=str(status),
        start_time=meta.time_of(about, "start_time") or 0,
        end_time=meta.time_of(about, "end_time"),
        artifact_uri=artifact_uri(meta.text_of(about, "artifact_uri"), path),
        lifecycle_stage=str(
            LifecycleStage.DELETED if experiment.in_trash else meta.stage_of(about)
        ),
    )


def artifact_uri(recorded: str, path: str) -> str:
    """Return where the artifacts of the run in the folder `path` are now."""
    parent, run_id = os.path.split(path)
    if recorded == f"{_uri(parent)}/{run_id}/artifacts":
        return recorded  # as most are, and then nothing needs to be looked up
    return current_location(recorded, Path(path, "artifacts"), depth=3)


@lru_cache(maxsize=1024)
def _uri(folder: str) -> str:
    return Path(folder).as_uri()
