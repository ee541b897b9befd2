"""Aim's repositories, read with the package aim where it is installed.

Read are the trees in which Aim keeps a run: `meta` with attributes, contexts and the list of
sequences, `seqs` with their values, steps and times. Sequences of numbers become metrics; a context
is a part of its metric's name. Aim keeps points in no order: they come by time and step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
_NUMBERS = ("float", "float64", "int", "int64", "number")


def is_repository(path: Path) -> bool:
    """Whether a folder is a repository of Aim's, or holds one."""
    return path.name == _FOLDER or (path / _FOLDER).is_dir()


def open_repository(path: Path) -> ForeignSource:
    """Return the runs in a repository. Raises StoreError where aim is not installed."""
    try:
        aim = import_module("aim")
    except ImportError as error:
        raise StoreError(
            "A repository of Aim's can be read only with the package aim: pip install aim."
        ) from error
    root = path.parent if path.name == _FOLDER else path
    repository: Any = aim.Repo.from_path(str(root))
    hashes = [str(it) for it in repository.list_all_runs()]
    units = {f"{root}: {it}": partial(_runs, repository, it) for it in hashes}
    experiments = [_experiment(repository, it) for it in hashes]
    return ForeignSource(f"{len(units)} runs of Aim's in {root}", units, experiments)


def _experiment(repository: Any, run_hash: str) -> str:
    try:
        return _experiment_of(repository.request_props(run_hash, read_only=True))
    except Exception:  # told when the run itself is read
        return "aim"


def _experiment_of(props: Any) -> str:
    return str(getattr(props, "experiment", None) or "aim")


def _runs(repository: Any, run_hash: str) -> Iterator[ForeignRun]:
    props = repository.request_props(run_hash, read_only=True)
    about = repository.request_tree("meta", run_hash, read_only=True).collect()
    about = about.get("meta", {}).get("chunks", {}).get(run_hash, {})
    name = str(props.name or run_hash)
    run = ForeignRun(name, _experiment_of(props), (run_hash,), "aim")
    run.tags["aim.run_hash"] = run_hash
    if props.description:
        run.tags[NOTE_TAG] = str(props.description)
    if props.tags:
        run.tags["aim.tags"] = ", ".join(map(str, props.tags))
    run.start_time = milliseconds(props.creation_time)
    run.end_time = milliseconds(about.get("end_time"))
    run.status = RunStatus.RUNNING if about.get("end_time") is None else RunStatus.FINISHED
    for key, value in about.get("attrs", {}).items():
        run.params |= {name: param_text(it) for name, it in flat(value, str(key))}
    series = repository.request_tree("seqs", run_hash, read_only=True).subtree("seqs")
    _take_sequences(run, run_hash, about, series)
    yield run


def _take_sequences(run: ForeignRun, run_hash: str, about: Mapping[str, Any], series: Any) -> None:
    others: dict[str, int] = {}
    for context_id, names in about.get("traces", {}).items():
        context = about.get("contexts", {}).get(context_id) or {}
        words = [f"{key}:{value}" for key, value in sorted(context.items())]
        for name, kind in names.items():
            if kind.get("dtype") not in _NUMBERS:
                others[str(kind.get("dtype"))] = others.get(str(kind.get("dtype")), 0) + 1
                continue
            place = ("chunks", run_hash) if kind.get("version", 1) == 1 else (
                f"v{kind['version']}", "chunks", run_hash
            )  # fmt: skip
            _take(run, " ".join([str(name), *words]), series.subtree(place), (context_id, name))
    if others:
        told = ", ".join(f"{count} of {it}" for it, count in sorted(others.items()))
        run.notes.append(f"sequences that have no place here were left out: {told}")


def _take(run: ForeignRun, key: str, series: Any, place: tuple[Any, ...]) -> None:
    """Take in a sequence; where it has no steps of its own, values lie at theirs."""
    tree = series.subtree(place)
    values, steps, times = (dict(tree.array(it).items()) for it in ("val", "step", "time"))
    rows = []
    for index, value in values.items():
        found = number(value)
        step = steps.get(index, index)
        if found is not None and isinstance(step, int) and -(2**63) <= step < 2**63:
            rows.append((milliseconds(times.get(index)) or 0, step, found))
    for at, step, found in sorted(rows, key=lambda row: row[:2]):
        run.log(key, found, at, step)
