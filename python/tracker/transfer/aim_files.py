"""Aim's repositories, read with the package aim where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from tracker.entities import RunStatus
from tracker.errors import StoreError
from tracker.transfer.foreign import (
    NOTE_TAG,
    ForeignRun,
    ForeignSource,
    flat,
    milliseconds,
    number,
    param_text,
)

_FOLDER = ".aim"


def is_repository(path: Path) -> bool:
    """Whether a folder is a repository of Aim's, or holds one."""
    return path.name == _FOLDER or (path / _FOLDER).is_dir()


def open_repository(path: Path) -> ForeignSource:
    """Return the runs in a repository. Raises StoreError where aim is not installed."""
    try:
        aim: Any = import_module("aim")
    except ImportError as error:
        raise StoreError(
            "A repository of Aim's can be read only with the package aim: pip install aim."
        ) from error
    root = path.parent if path.name == _FOLDER else path
    repository = aim.Repo.from_path(str(root), read_only=True)
    hashes = [str(it) for it in repository.list_all_runs()]
    units = {f"{root}: {it}": partial(_runs, repository, it) for it in hashes}
    experiments = [_experiment(repository, it) for it in hashes]
    return ForeignSource(f"{len(units)} runs of Aim's in {root}", units, experiments)


def _run(repository: Any, run_hash: str) -> Any:
    return import_module("aim").Run(run_hash, repo=repository, read_only=True)


def _experiment(repository: Any, run_hash: str) -> str:
    try:
        return str(_run(repository, run_hash).experiment or "aim")
    except Exception:  # told when the run itself is read
        return "aim"


def _runs(repository: Any, run_hash: str) -> Iterator[ForeignRun]:
    found = _run(repository, run_hash)
    run = ForeignRun(
        str(found.name or run_hash), str(found.experiment or "aim"), (run_hash,), "aim"
    )
    run.tags["aim.run_hash"] = run_hash
    if found.description:
        run.tags[NOTE_TAG] = str(found.description)
    if found.tags:
        run.tags["aim.tags"] = ", ".join(map(str, found.tags))
    run.start_time = milliseconds(found.creation_time)
    run.end_time = milliseconds(found.end_time)
    run.status = RunStatus.RUNNING if found.end_time is None else RunStatus.FINISHED
    for key, value in dict(found.meta_run_attrs_tree.collect() or {}).items():
        for name, inner in flat(value, str(key)):
            run.params[name] = param_text(inner)
    for metric in found.metrics():
        _take(run, metric)
    yield run


def _take(run: ForeignRun, metric: Any) -> None:
    """Take in a sequence; its context is a part of its name, for it tells sequences apart."""
    context = metric.context.to_dict()
    words = [f"{key}:{value}" for key, value in sorted(flat(context)) if context]
    key = " ".join([str(metric.name), *words])
    steps, (values, _, timestamps, *_) = metric.data.items_list()
    for step, value, seconds in zip(steps, values, timestamps, strict=True):
        found = number(value)
        if found is not None:
            run.log(key, found, milliseconds(seconds) or 0, int(step))
