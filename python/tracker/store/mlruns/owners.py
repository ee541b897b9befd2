"""Runs of ours whose process is gone: they end, as KILLED, when somebody looks.

Runs that MLflow started are left alone, for nothing tells whether they still go on.
"""

from __future__ import annotations

import time

from tracker.entities import RunStatus
from tracker.store.mlruns import meta
from tracker.store.mlruns.files import Unreadable
from tracker.store.mlruns.index import Index
from tracker.store.mlruns.layout import META, below
from tracker.store.sqlite.process import is_alive, this_process

LOOK_EVERY = 1.0
"""Seconds between two looks."""


class Owners:
    """Which process each running run of one folder belongs to."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._next_look = 0.0

    def own(self, run_id: str) -> None:
        """Remember that the run is this process's."""
        self._index.own(run_id, this_process())

    def disown(self, run_id: str) -> None:
        """Forget whose the run was."""
        self._index.disown(run_id)

    def dead(self) -> list[str]:
        """Return the runs whose process is gone; asked again too soon, none."""
        if time.monotonic() < self._next_look:
            return []
        self._next_look = time.monotonic() + LOOK_EVERY
        now = time.time_ns() // 1_000_000
        # Nothing beats here, so a process of another machine always counts as alive.
        return [
            run_id
            for run_id, owner in self._index.owners().items()
            if not is_alive(owner, heartbeat_time=now)
        ]


def is_running(path: str) -> bool:
    """Whether the run in a folder is said to be running."""
    try:
        return meta.status_of(meta.load(below(path, META))) is RunStatus.RUNNING
    except Unreadable:
        return False
