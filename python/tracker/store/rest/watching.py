"""What changed at a server, found by looking at its newest runs now and then.

The API has nothing that says so. What is logged from here is known at once; what others do to the
runs that began last is found within `INTERVAL` seconds, and older runs are not looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from tracker.entities import Changes
from tracker.errors import StoreError

INTERVAL = 3.0
"""Seconds between two looks."""
NEWEST = 100
"""Runs that are looked at."""

Look = Callable[[], tuple[Mapping[str, str], str]]
"""Returns a fingerprint of each of the newest runs, and one of all experiments."""


class Watcher:
    """Counts what is noticed: its revisions are of this process only."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._guard = threading.Lock()
        # Revisions of an earlier process must not pass for ours.
        self._revision = time.time_ns() // 1000
        self._first = self._revision
        self._runs: dict[str, int] = {}
        self._experiments = 0
        self._seen: Mapping[str, str] | None = None
        self._seen_experiments = ""
        self._own: set[str] = set()
        self._next_look = 0.0

    @property
    def revision(self) -> int:
        """The number of what was noticed last."""
        return self._revision

    def note_run(self, run_id: str) -> None:
        """Something was done to a run from here."""
        with self._guard:
            self._revision += 1
            self._runs[run_id] = self._revision
            self._own.add(run_id)

    def note_experiments(self) -> None:
        """Something was done to an experiment from here."""
        with self._guard:
            self._revision += 1
            self._experiments = self._revision
            self._seen_experiments = ""

    def changes(self, since: int | None) -> Changes:
        """Return what changed after a revision; of one that is not known, that all may have."""
        if since is None:
            return Changes(self._revision, (), False)
        self._look_if_due()
        with self._guard:
            changed = sorted(
                (revision, run_id) for run_id, revision in self._runs.items() if revision > since
            )
            is_unknown = not self._first <= since <= self._revision
            return Changes(
                self._revision,
                tuple(run_id for _, run_id in changed),
                is_unknown or self._experiments > since,
            )

    def _look_if_due(self) -> None:
        with self._guard:
            if time.monotonic() < self._next_look:
                return
            self._next_look = time.monotonic() + INTERVAL
            own, self._own = self._own, set()
        try:
            runs, experiments = self._look()
        except StoreError:  # whoever reads what is shown hears of it
            return
        with self._guard:
            self._take(runs, experiments, own | self._own)

    def _take(self, runs: Mapping[str, str], experiments: str, own: set[str]) -> None:
        """Compare with what was seen last. What we did ourselves was told already."""
        seen = self._seen
        if seen is not None:
            changed = {it for it, mark in runs.items() if seen.get(it) != mark} - own
            changed |= {it for it in seen.keys() - runs.keys() - own if len(runs) < NEWEST}
            if changed:
                self._revision += 1
                self._runs.update(dict.fromkeys(changed, self._revision))
            if self._seen_experiments and experiments != self._seen_experiments:
                self._revision += 1
                self._experiments = self._revision
        # Of a run that changes from here, what others do to it shows at the next look.
        self._seen = {it: seen.get(it, "") if seen and it in own else m for it, m in runs.items()}
        self._seen_experiments = experiments

    def after_fork_in_child(self) -> None:
        """Begin anew with the lock."""
        self._guard = threading.Lock()
