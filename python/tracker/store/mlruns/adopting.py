"""Runs of other stores put into an mlruns folder as they are; see `tracker.store.adopting`.

The meta.yaml of a run is written last: until then nobody takes the folder for a run.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from tracker.entities import Experiment, LifecycleStage, MetricHistory, Run, RunStatus
from tracker.errors import AlreadyExists, NotFound
from tracker.store.adopting import check_history, check_run, check_time
from tracker.store.mlruns import datasets, experiment_changes, removing, writing
from tracker.store.mlruns.files import failure, prepare_parent
from tracker.store.mlruns.layout import META, ExperimentFolder, below
from tracker.store.mlruns.library import Library
from tracker.store.mlruns.models import ModelLinks, read_links, write_links

_ROWS = 20_000
"""Lines of a metric that are put together at a time."""


class MlrunsAdopter:
    """A `tracker.store.adopting.Adopter` of one folder. `turn` is held by whoever writes."""

    def __init__(self, root: str, library: Library, turn: threading.RLock) -> None:
        self._root = root
        self._library = library
        self._turn = turn

    def adopt_experiment(self, experiment: Experiment) -> str:
        """Return the id of a new experiment like this one. Raises AlreadyExists, InvalidValue."""
        for what in ("creation_time", "last_update_time"):
            check_time(what, getattr(experiment, what))
        with self._turn:
            known = self._library.experiments().values()
            return experiment_changes.adopt(self._root, known, experiment)

    def adopt_run(
        self,
        run: Run,
        histories: Iterable[MetricHistory] = (),
        *,
        replace: bool = False,
        links: ModelLinks | None = None,
    ) -> None:
        """Put a run in place with the points of all its metrics, and links to logged models."""
        check_run(run)
        with self._turn:
            folder = self._folder(run.info.experiment_id)
            self._make_room(run.info.run_id, replace=replace)
            path = below(folder.path, run.info.run_id)
            _clear(path)
            write_links(path, run.info.run_id, links or ModelLinks())
            _write(folder, path, run, histories)
            self._library.touch(run.info.run_id)

    def model_links(self, run_id: str) -> ModelLinks:
        """Return which logged models the run read and made. Raises NotFound."""
        return read_links(self._library.locate(run_id)[1])

    def _folder(self, experiment_id: str) -> ExperimentFolder:
        for folder in self._library.experiments():
            if folder.experiment_id == experiment_id:
                return folder
        raise NotFound(f"No experiment with id={experiment_id} in {self._root}.")

    def _make_room(self, run_id: str, *, replace: bool) -> None:
        try:
            path = self._library.locate(run_id)[1]
        except NotFound:
            return
        if not replace:
            raise AlreadyExists(f"A run with id={run_id} is in {self._root} already.")
        removing.remove_run(path)


def _clear(path: str) -> None:
    """Remove what an adoption that was broken off left; artifacts stay, they came before."""
    for name in ("metrics", "params", "tags", "inputs", "outputs"):
        try:
            shutil.rmtree(below(path, name))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise failure(below(path, name), error) from error


def _write(
    folder: ExperimentFolder, path: str, run: Run, histories: Iterable[MetricHistory]
) -> None:
    info = run.info
    prepare_parent(below(path, META), folder.path)
    for history in histories:
        check_history(history)
        if len(history.steps):
            _write_metric(path, history)
    writing.write_params(path, info.run_id, run.data.params)
    for given in run.inputs.dataset_inputs:
        datasets.write_input(folder.path, path, info.run_id, given)
    about = {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "user_id": info.user_id,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "artifact_uri": _as_uri(info.artifact_uri),
        **writing.status_keys(RunStatus(info.status)),
        **writing.stage_keys(LifecycleStage(info.lifecycle_stage)),
    }
    writing.new_run(path, about, run.data.tags)


def _write_metric(path: str, history: MetricHistory) -> None:
    file = below(path, "metrics", *history.key.split("/"))
    try:
        prepare_parent(file, path)
        with open(file, "xb") as output:  # noqa: PTH123 - paths are text here, for speed
            output.writelines(_lines(history))
    except OSError as error:
        raise failure(file, error) from error


def _lines(history: MetricHistory) -> Iterator[bytes]:
    for start in range(0, len(history.steps), _ROWS):
        part = slice(start, start + _ROWS)
        rows = zip(
            history.timestamps[part].tolist(),
            history.values[part].tolist(),
            history.steps[part].tolist(),
            strict=True,
        )
        yield "".join(f"{at} {value!r} {step}\n" for at, value, step in rows).encode()


def _as_uri(location: str) -> str:
    """Return a location in MLflow's form: plain absolute paths become `file:` URIs."""
    return Path(location).as_uri() if os.path.isabs(location) else location  # noqa: PTH117
