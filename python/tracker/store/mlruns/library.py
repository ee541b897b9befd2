"""The runs of one mlruns folder in memory: each read once, and again when its files changed."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress

from tracker.entities import Experiment, Run
from tracker.errors import NotFound, StoreError
from tracker.store.mlruns import marks
from tracker.store.mlruns.experiments import Experiments
from tracker.store.mlruns.index import Index
from tracker.store.mlruns.layout import (
    META,
    ExperimentFolder,
    below,
    experiment_folders,
    is_run_id,
    run_folders,
)
from tracker.store.mlruns.reading import Entry, read_run

BEING_MADE = 60.0
"""Seconds for which a run's folder may lack its meta.yaml: somebody is about to write it."""

_log = logging.getLogger("tracker")


class Library:
    """What one folder holds. Whoever calls several methods for one answer holds `guard`."""

    def __init__(self, root: str, index: Index) -> None:
        self._root = root
        self._index = index
        self._experiments = Experiments(root)
        self._entries: dict[str, Entry] | None = None
        self._saved: set[str] = set()
        self._reported: set[str] = set()
        self.guard = threading.RLock()
        self._touched: set[str] = set()

    # -- reading ----------------------------------------------------------------------------

    def experiments(self) -> dict[ExperimentFolder, Experiment]:
        """Return all experiments by their folder. Raises StoreError where the folder is gone."""
        if not os.path.isdir(self._root):  # noqa: PTH112 - never raises
            raise StoreError(
                f"The folder {self._root} is not there any more. Set another tracking URI."
            )
        with self.guard:
            found = self._experiments.read()
            for problems in self._experiments.problems.values():
                self._report(problems)
            return found

    def runs(self, folders: Iterable[ExperimentFolder]) -> list[Run]:
        """Return all runs in these folders that can be read."""
        with self.guard:
            found = []
            for folder in folders:
                for entry in self._read_experiment(folder).values():
                    if entry.run is not None:
                        found.append(entry.run)
            self._save()
            return found

    def run(self, run_id: str) -> Run:
        """Return the run. Raises NotFound, StoreError where it is there but cannot be read."""
        folder, path = self.locate(run_id)
        with self.guard:
            entry = self._read(folder, run_id, path)
        if entry.run is None:
            raise StoreError(f"The run {run_id} cannot be read: {'; '.join(entry.problems)}.")
        return entry.run

    def last_change(self, run_id: str) -> int:
        """Return the time in ms when something of a run last changed. Raises NotFound."""
        folder, path = self.locate(run_id)
        with self.guard:
            known = self._read(folder, run_id, path).marks.values()
        return max((it[0] for it in known if it is not None), default=0) // 1_000_000

    def locate(self, run_id: str) -> tuple[ExperimentFolder, str]:
        """Return the experiment's folder and the run's own. Raises NotFound."""
        if is_run_id(run_id):
            for folder in experiment_folders(self._root):
                path = below(folder.path, run_id)
                is_folder = os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114
                if is_folder and os.path.lexists(below(path, META)):
                    return folder, path
        raise NotFound(f"Run with id={run_id} not found in {self._root}.")

    def problems(self, *, look: bool) -> dict[str, tuple[str, ...]]:
        """Return what cannot be read, in sentences, by the path of the run or experiment."""
        with self.guard:
            if look:
                self._experiments.read()
                for folder in list(experiment_folders(self._root)):
                    self._read_experiment(folder)
            known = {path: entry.problems for path, entry in self._loaded().items()}
            found = self._experiments.problems | known
            return {path: problems for path, problems in found.items() if problems}

    def _read_experiment(self, folder: ExperimentFolder) -> dict[str, Entry]:
        found = {}
        for run_id, path in run_folders(folder):
            if _is_run_folder(path):
                found[path] = self._read(folder, run_id, path)
        return found

    def _read(self, folder: ExperimentFolder, run_id: str, path: str) -> Entry:
        entries = self._loaded()
        before = entries.get(path)
        if before is not None and before.is_settled and marks.still_hold(path, before.marks):
            self._report(before.problems)
            return before
        entry = entries[path] = read_run(folder, run_id, path, before)
        self._saved.discard(path)
        self._report(entry.problems)
        if before is None or before.marks != entry.marks:
            self._touched.add(run_id)
        return entry

    def _loaded(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = self._index.load()
            self._saved = set(self._entries)
        return self._entries

    def _save(self) -> None:
        """Keep in the index what was read and will not change by itself."""
        entries = self._loaded()
        fresh = {
            path: entry
            for path, entry in entries.items()
            if path not in self._saved and entry.is_settled
        }
        if fresh:
            self._index.save(fresh, ())
            self._saved.update(fresh)

    def _report(self, problems: Iterable[str]) -> None:
        for problem in problems:
            if problem not in self._reported:
                self._reported.add(problem)
                _log.warning("%s.", problem)

    def begin_anew(self) -> None:
        """In a forked child: another thread may have held the lock at that moment."""
        self.guard = threading.RLock()

    # -- what changed -----------------------------------------------------------------------

    def touch(self, run_id: str) -> None:
        """Have the next look for changes tell of a run that this process wrote to."""
        self._touched.add(run_id)

    def take_touched(self) -> set[str]:
        """Return the ids of the runs that changed since this was last called."""
        touched, self._touched = self._touched, set()
        for run_id in tuple(touched):
            # Read now, it is not taken for a change by others later.
            with suppress(NotFound):
                folder, path = self.locate(run_id)
                self._read(folder, run_id, path)
                self._touched.discard(run_id)
        return touched

    def entries(self) -> Mapping[str, Entry]:
        """Return what is known of each run, by the path of its folder."""
        return self._loaded()

    def refresh(self, folder: ExperimentFolder, *, among: Container[str] | None = None) -> None:
        """Read what changed in an experiment; with `among` only runs whose path is not in it."""
        there = set()
        for run_id, path in run_folders(folder):
            known = among is not None and path in among
            if known or _is_run_folder(path):
                there.add(path)
                if not known:
                    self._read(folder, run_id, path)
        self._forget(it for it in self._runs_in(folder) if it not in there)
        self._save()

    def refresh_run(self, folder: ExperimentFolder, path: str) -> Entry | None:
        """Read a run again where it changed; None where its folder is gone."""
        if not _is_run_folder(path):
            self._forget([path])
            return None
        return self._read(folder, os.path.basename(path), path)  # noqa: PTH119

    def forget_all_but(self, folders: Iterable[ExperimentFolder]) -> None:
        """Forget the runs of experiments that are gone."""
        kept = {it.path for it in folders}
        self._forget(it for it in self._loaded() if os.path.dirname(it) not in kept)  # noqa: PTH120

    def _runs_in(self, folder: ExperimentFolder) -> Iterator[str]:
        return (it for it in self._loaded() if os.path.dirname(it) == folder.path)  # noqa: PTH120

    def _forget(self, paths: Iterable[str]) -> None:
        entries = self._loaded()
        gone = [path for path in paths if path in entries]
        for path in gone:
            del entries[path]
            self._touched.add(os.path.basename(path))  # noqa: PTH119
        if gone:
            self._index.save({}, gone)
            self._saved.difference_update(gone)


def _is_run_folder(path: str) -> bool:
    """Whether a folder is a run's, or was meant to be one.

    MLflow's databases keep artifacts in folders like this: artifacts are all that is in those.
    """
    if os.path.lexists(below(path, META)):
        return True
    if not any(os.path.isdir(below(path, it)) for it in ("metrics", "params")):  # noqa: PTH112
        return False
    known = marks.mark(path)
    return known is not None and (marks.now() - known[0]) / 1e9 > BEING_MADE
