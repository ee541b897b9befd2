"""Where things lie in an mlruns folder.

mlruns/<experiment>/meta.yaml, tags/<key>, datasets/<id>/meta.yaml
mlruns/<experiment>/<run>/meta.yaml, metrics/<key>, params/<key>, tags/<key>, inputs/, artifacts/
mlruns/.trash/<experiment>/...      deleted experiments, moved there whole
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

META: Final = "meta.yaml"
TRASH: Final = ".trash"
USUAL_NAME: Final = "mlruns"
"""A folder of this name is MLflow's, also while it is empty."""
PARTIAL_PREFIX: Final = ".tracker-"
"""Begins the name of a file that is still being written, in a folder where MLflow sees no files."""

_NOT_RUNS: Final = frozenset({"tags", "datasets", "traces", "models"})
_EXPERIMENT_ID = re.compile(r"[0-9]{1,64}")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,255}")


class ExperimentFolder(NamedTuple):
    """The folder of an experiment; `in_trash` is what deletes it."""

    experiment_id: str
    path: str
    in_trash: bool


def is_mlruns(folder: Path) -> bool:
    """Whether the folder holds experiments, or its name says that it is to hold them."""
    if any(_holds_meta(it) for it in experiment_folders(str(folder))):
        return True
    return folder.name == USUAL_NAME


def holds_experiments(folder: Path) -> bool:
    """Whether there is anything in it yet. Artifacts alone are not, see `mlflow.db`."""
    return any(_holds_meta(it) for it in experiment_folders(str(folder)))


def experiment_folders(root: str) -> Iterator[ExperimentFolder]:
    """Yield the folders that may be experiments, those in the trash last."""
    for parent, in_trash in ((root, False), (below(root, TRASH), True)):
        if in_trash and os.path.islink(parent):  # noqa: PTH114 - paths are text here, for speed
            continue
        for name in folders_in(parent):
            if _EXPERIMENT_ID.fullmatch(name):
                yield ExperimentFolder(name, below(parent, name), in_trash)


def run_folders(experiment: ExperimentFolder) -> Iterator[tuple[str, str]]:
    """Yield id and path of the folders that may be runs of the experiment."""
    for name in folders_in(experiment.path):
        if name not in _NOT_RUNS and is_run_id(name):
            yield name, below(experiment.path, name)


def is_experiment_id(experiment_id: str) -> bool:
    """Whether an experiment may have this id."""
    return _EXPERIMENT_ID.fullmatch(experiment_id) is not None


def is_run_id(run_id: str) -> bool:
    """Whether a run may have this id: one that names a folder and nothing else."""
    return _RUN_ID.fullmatch(run_id) is not None


def below(folder: str, *names: str) -> str:
    """Return a path as text: where files are looked at by the hundred thousand, `Path` is slow."""
    return os.sep.join((folder, *names))  # noqa: PTH118 - as said


def folders_in(parent: str) -> list[str]:
    """Return the names of folders, links left out: they may lead anywhere."""
    try:
        with os.scandir(parent) as entries:
            return sorted(it.name for it in entries if it.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _holds_meta(experiment: ExperimentFolder) -> bool:
    return os.path.isfile(below(experiment.path, META))  # noqa: PTH113 (never raises)
