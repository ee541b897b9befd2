"""Runs as a folder of JSON, complete: everything is there, and can be imported again.

tracker-export.json        {"format": "tracker-export", "version": 1}
experiments.json           a list of experiments
<experiment id>/models/    its logged models, as the store had them
runs/<run id>.jsonl        one run each, see `tracker.transfer.jsonlines`
artifacts/<run id>/...     its files; a run whose files stayed elsewhere says where in its
                           `artifact_uri`, which is "" otherwise
"""

from __future__ import annotations

import filecmp
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

from tracker.artifacts import Artifacts, open_artifacts
from tracker.artifacts.paths import PARTIAL_PREFIX, partial_beside
from tracker.entities import Experiment, MetricHistory, Run
from tracker.errors import StoreError, TrackerError
from tracker.store.adopting import RUN_ID, check_run
from tracker.transfer.fileset import copy_files, differences
from tracker.transfer.jsonlines import decode_histories, decode_run, encode
from tracker.transfer.models import models_at
from tracker.transfer.source import Choice, Files, Readable, chosen
from tracker.transfer.targets import Parcel

MARKER = "tracker-export.json"
_FORMAT = {"format": "tracker-export", "version": 1}
EXPERIMENT_ID = re.compile(r"[0-9]{1,64}")
_LARGEST = 64 * 1024 * 1024


def is_export(folder: Path) -> bool:
    """Whether a folder is one of these, of whatever version."""
    return (folder / MARKER).is_file()


class ExportFolder:
    """A `tracker.transfer.targets.Target`: the folder is made, or gone on with. Raises StoreError.

    A folder that holds something else is refused.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if is_export(folder):
            _check_version(folder)
        elif folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder} holds something else. Name a folder that is empty or new.")
        self._experiments = {
            it.experiment_id: it for it in (_experiments(folder) if is_export(folder) else ())
        }

    @property
    def uri(self) -> str:
        """The folder as a URI."""
        return self._folder.absolute().as_uri()

    def prepare(self, experiment: Experiment) -> None:
        """Keep the experiment in the list."""
        if self._experiments.get(experiment.experiment_id) != experiment:
            self._experiments[experiment.experiment_id] = experiment
            self._save_experiments()

    def find(self, run: Run) -> Run | None:
        """Return what an earlier export wrote of the run; a file that is broken is written anew."""
        try:
            with _opened(self._file(run.info.run_id)) as file:
                return decode_run(file)
        except (FileNotFoundError, TrackerError):
            return None

    def is_unfinished(self, copy: Run) -> bool:
        """Never: a run's file is there whole or not at all."""
        return False

    def differences(self, parcel: Parcel, copy: Run) -> list[str]:
        """Return in what the copy differs, in words."""
        file, found = self._file(copy.info.run_id), []
        partial = self._written(parcel)
        try:
            if not filecmp.cmp(partial, file, shallow=False):
                found.append("what was recorded")
        finally:
            partial.unlink()
        if parcel.files.artifacts is not None:
            files = differences(parcel.files.artifacts, self._artifacts(copy.info.run_id))
            found += [f"file {path}" for path in (*files.missing, *files.changed)]
        return found

    def remarks(self, parcel: Parcel, copy: Run) -> list[str]:
        """Nothing."""
        return []

    def put(self, parcel: Parcel, copy: Run | None) -> tuple[str, list[str]]:
        """Write the run's files, then the run."""
        run_id, left = parcel.run.info.run_id, list[str]()
        if parcel.files.artifacts is not None:
            left = copy_files(parcel.files.artifacts, self._artifacts(run_id))
        self._written(parcel).replace(self._file(run_id))
        return run_id, left

    def put_model(
        self, experiment: Experiment, model_id: str, files: Readable, *, update: bool
    ) -> list[str]:
        """Copy a model's files."""
        if not EXPERIMENT_ID.fullmatch(experiment.experiment_id):
            return ["its experiment's id cannot name a folder"]
        folder = self._folder / experiment.experiment_id / "models" / model_id
        return copy_files(files, open_artifacts(str(folder.absolute())))

    def finish(self) -> list[str]:
        """Write down what this is."""
        self._save_experiments()
        return []

    def _written(self, parcel: Parcel) -> Path:
        """Return a new file beside the run's place, with all of the run."""
        partial = partial_beside(self._file(parcel.run.info.run_id))
        partial.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                file.writelines(encode(_without_place(parcel), parcel.histories()))
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return partial

    def _save_experiments(self) -> None:
        listed = [asdict(it) for it in self._experiments.values()]
        _put(self._folder / "experiments.json", json.dumps(listed, indent=1, ensure_ascii=False))
        _put(self._folder / MARKER, json.dumps(_FORMAT))

    def _file(self, run_id: str) -> Path:
        return self._folder / "runs" / f"{run_id}.jsonl"

    def _artifacts(self, run_id: str) -> Artifacts:
        return open_artifacts(str((self._folder / "artifacts" / run_id).absolute()))


class FolderSource:
    """A `tracker.transfer.source.Source` over such a folder. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        _check_version(folder)
        self._folder = folder
        self._problems: dict[str, tuple[str, ...]] = {}
        self.uri = folder.absolute().as_uri()
        self.description = f"an export of tracker's in {folder}"

    def experiments(self) -> list[Experiment]:
        """Return all experiments, deleted ones too. Raises StoreError."""
        return _experiments(self._folder)

    def count(self, choice: Choice) -> int | None:
        """Return how many runs there are, None where a choice has to be made."""
        if choice.experiments or not choice.is_everything:
            return None
        return len(self._files())

    def runs(self, choice: Choice) -> Iterator[Run]:
        """Yield the chosen runs, the oldest first."""
        is_chosen = chosen(choice, self.experiments())
        found = []
        for path in self._files():
            try:
                run = self._run(path)
            except (TrackerError, OSError) as error:
                self._problems[str(path)] = (f"{path}: {error}",)
                continue
            if is_chosen(run):
                found.append((run.info.start_time, path))
        for _, path in sorted(found):
            yield self._run(path)

    def _run(self, path: Path) -> Run:
        with _opened(path) as file:
            run = decode_run(file)
        if run.info.run_id != path.stem:
            raise StoreError(f"it is the run {run.info.run_id[:80]!r}")
        check_run(run)
        return run

    def _files(self) -> list[Path]:
        found = (self._folder / "runs").glob("*.jsonl")
        return sorted(it for it in found if not it.name.startswith(PARTIAL_PREFIX))

    def histories(self, run: Run) -> Iterator[MetricHistory]:
        """Yield all points of the run, one metric at a time. Raises StoreError."""
        with _opened(self._folder / "runs" / f"{run.info.run_id}.jsonl") as file:
            yield from decode_histories(run.info.run_id, file)

    def files(self, run: Run) -> Files:
        """Return the files of the run."""
        folder = self._folder / "artifacts" / run.info.run_id
        if not RUN_ID.fullmatch(run.info.run_id) or folder.is_symlink():
            return Files(None, "its files lie behind a symbolic link, which is not followed")
        if run.info.artifact_uri:
            return Files(None, f"its files stay at {run.info.artifact_uri}")
        return Files(open_artifacts(str(folder.absolute())))

    def models(self, experiment: Experiment) -> Iterator[tuple[str, Readable]]:
        """Yield id and files of the logged models of an experiment."""
        if EXPERIMENT_ID.fullmatch(experiment.experiment_id):
            yield from models_at(str(self._folder / experiment.experiment_id), self._folder)

    def problems(self) -> Mapping[str, tuple[str, ...]]:
        """Return what could not be read, in sentences, by path."""
        return self._problems


def _without_place(parcel: Parcel) -> Run:
    """Return the run; where its files were is forgotten, unless they stay there."""
    if parcel.files.artifacts is None:
        return parcel.run
    return replace(parcel.run, info=replace(parcel.run.info, artifact_uri=""))


def _check_version(folder: Path) -> None:
    found = _json(folder / MARKER)
    if not isinstance(found, dict) or found.get("format") != _FORMAT["format"]:
        raise StoreError(f"{folder / MARKER} is not of an export of tracker's.")
    if found.get("version") != _FORMAT["version"]:
        raise StoreError(
            f"{folder} is an export of version {str(found.get('version'))[:20]}, and this tracker "
            f"reads version {_FORMAT['version']}. Use the tracker that wrote it, or a later one."
        )


def _experiments(folder: Path) -> list[Experiment]:
    found = _json(folder / "experiments.json")
    try:
        listed = [Experiment(**it) for it in found]
        for it in listed:
            texts = (it.experiment_id, it.name, it.artifact_location, it.lifecycle_stage)
            if not all(isinstance(text, str) for text in (*texts, *it.tags.values())):
                raise TypeError("a text is none")
    except (TypeError, AttributeError) as error:
        raise StoreError(f"{folder / 'experiments.json'} holds no experiments: {error}.") from error
    return listed


def _json(path: Path) -> Any:
    try:
        with _opened(path) as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise StoreError(f"{path} is too large to be read.")
        return json.loads(content)
    except OSError as error:
        raise StoreError(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is not JSON.") from error


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_beside(path)
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Yield a plain file that is no link. Raises StoreError, FileNotFoundError."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise StoreError(f"{path} is a link or no plain file, and is not read.")
    with path.open("rb") as file:
        yield file
