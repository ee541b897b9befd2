"""What changed in an mlruns folder since earlier looks, at a cost that is bounded.

Whether a file changed only the file itself tells: 5,000 runs have 100,000 of them. So not all is
looked at each time. Every look sees new and removed runs, and all of the runs that changed not
long ago; those that have been quiet are gone through now and then, their meta.yaml more often than
the rest. Both are told by the clock to take no more than their share of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping

from tracker.entities import Changes, Experiment
from tracker.store.mlruns import marks
from tracker.store.mlruns.layout import META, ExperimentFolder, below
from tracker.store.mlruns.library import Library
from tracker.store.mlruns.reading import Entry

SHARES = {"busy": 10, "metas": 50, "all": 50}
"""Of the time between two looks of a kind, at most one part in so many is spent on looking."""
QUIET_AFTER = 600_000_000_000
"""Nanoseconds after the last change of a run from which on it is looked at less often."""


class Watch:
    """Follows one folder. Its methods may be called by any thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._first = self._revision = time.time_ns() // 1_000_000
        self._changed: dict[str, int] = {}
        self._baseline: dict[ExperimentFolder, Experiment] | None = None
        self._experiments_changed = 0
        self._folders: dict[ExperimentFolder, tuple[marks.Mark, bool]] = {}
        self._busy: dict[str, ExperimentFolder] = {}
        self._next_sweeps = dict.fromkeys(SHARES, 0.0)

    def changes(self, since: int | None) -> Changes:
        """Return what changed after `since`: everything, where that is not of this counting."""
        with self._library.guard:
            self._look()
            if since is None:
                return Changes(self._revision, (), experiments_changed=False)
            if not self._first <= since <= self._revision:
                everything = tuple(map(os.path.basename, self._library.entries()))
                return Changes(self._revision, everything, experiments_changed=True)
            changed = tuple(run_id for run_id, at in self._changed.items() if at > since)
            return Changes(self._revision, changed, self._experiments_changed > since)

    def _look(self) -> None:
        """Count up where this process wrote, or others did."""
        is_first = self._baseline is None
        experiments = self._library.experiments()
        self._notice_others(experiments)
        touched = self._library.take_touched()
        if not is_first and (touched or experiments != self._baseline):
            self._revision += 1
            self._changed |= dict.fromkeys(touched, self._revision)
            if experiments != self._baseline:
                self._experiments_changed = self._revision
        self._baseline = experiments

    def _notice_others(self, experiments: Mapping[ExperimentFolder, Experiment]) -> None:
        if self._baseline is None or self._baseline.keys() != experiments.keys():
            self._library.forget_all_but(experiments)
        for folder in experiments:
            self._notice_new_runs(folder)
        self._sweep("busy", self._go_through_busy)
        self._sweep("all", lambda: self._go_through(experiments))
        self._sweep("metas", lambda: self._go_through_metas(experiments))

    def _notice_new_runs(self, folder: ExperimentFolder) -> None:
        """A folder changes with the names in it."""
        mark, is_settled = marks.mark(folder.path), False
        if self._folders.get(folder) == (mark, True):
            return
        if mark is not None:
            is_settled = marks.are_settled({"": mark}, marks.now())
        self._library.refresh(folder, among=self._library.entries())
        self._folders[folder] = (mark, is_settled)
        for path, entry in self._library.entries().items():
            if os.path.dirname(path) == folder.path:  # noqa: PTH120 - paths are text, for speed
                self._follow(path, folder, entry)

    def _follow(self, path: str, folder: ExperimentFolder, entry: Entry | None) -> None:
        """Look at a run every time for as long as it changes."""
        times = [it[0] for it in entry.marks.values() if it is not None] if entry else []
        if marks.now() - max(times, default=0) < QUIET_AFTER:
            self._busy[path] = folder
        else:
            self._busy.pop(path, None)

    def _sweep(self, name: str, work: Callable[[], None]) -> None:
        began = time.monotonic()
        if began < self._next_sweeps[name]:
            return
        work()
        now = time.monotonic()
        self._next_sweeps[name] = now + (now - began) * (SHARES[name] - 1)

    def _go_through_busy(self) -> None:
        for path, folder in tuple(self._busy.items()):
            self._follow(path, folder, self._library.refresh_run(folder, path))

    def _go_through(self, experiments: Mapping[ExperimentFolder, Experiment]) -> None:
        for folder in experiments:
            self._library.refresh(folder)
        for path, folder, entry in self._with_folders(experiments):
            self._follow(path, folder, entry)

    def _go_through_metas(self, experiments: Mapping[ExperimentFolder, Experiment]) -> None:
        for path, folder, entry in self._with_folders(experiments):
            if marks.mark(below(path, META)) != entry.marks.get(META):
                self._follow(path, folder, self._library.refresh_run(folder, path))

    def _with_folders(
        self, experiments: Iterable[ExperimentFolder]
    ) -> list[tuple[str, ExperimentFolder, Entry]]:
        by_path = {it.path: it for it in experiments}
        known = self._library.entries().items()
        parents = ((path, os.path.dirname(path), entry) for path, entry in known)  # noqa: PTH120
        return [(path, by_path[it], entry) for path, it, entry in parents if it in by_path]
