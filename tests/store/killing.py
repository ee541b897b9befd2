"""Killing processes at random moments, and looking at what they left from fresh ones."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.store.killed_children import Shared, Slot
from tests.store.processes import PATIENCE

ROOT = Path(__file__).parents[2]
GLANCE = 0.0003
"""Seconds between two looks at the numbers that a child shares."""

Runs = dict[str, dict[str, Any]]
"""Runs by name: "status", "points" (metric -> number of points by writer), "counts" (metric -> what
its summary says)."""


class WarmParent:
    """A process that forks those which are killed: they begin in milliseconds."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._alive: set[int] = set()

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[WarmParent]:
        """Start one; it and all that it forked are gone when the block is left."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TRACKER_", "MLFLOW_"))}
        command = [sys.executable, "-m", "tests.store.killed_children"]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=kept
        ) as process:
            parent = cls(process)
            try:
                yield parent
            finally:
                for pid in parent._alive:
                    os.kill(pid, signal.SIGKILL)
                process.kill()

    def fork(self, name: str, folder: Path, seed: str, *arguments: int | str) -> int:
        """Start a child, of that name in `killed_children`; return its pid."""
        pid = self._ask("fork", name, str(folder), seed, *arguments)
        self._alive.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """Kill a child, which must not have ended by itself."""
        os.kill(pid, signal.SIGKILL)
        assert self.reap(pid) == -signal.SIGKILL, "it had ended by itself: see the error output"

    def reap(self, pid: int) -> int:
        """Return the exit code of a child that has ended, or is about to."""
        status = self._ask("reap", pid)
        self._alive.discard(pid)
        return status

    def _ask(self, *question: int | str) -> int:
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


class Scene:
    """One store in a folder, with the children that use it."""

    def __init__(self, parent: WarmParent, folder: Path, seed: str) -> None:
        self.parent = parent
        self.folder = folder
        self.seed = seed
        self.chance = random.Random(seed)
        self.store = folder / "store"
        path = folder / "shared"
        path.write_bytes(bytes(Shared.SIZE))
        self.shared = Shared(path)

    def fork(self, name: str, *arguments: int | str) -> int:
        """Start a child; return its pid."""
        return self.parent.fork(name, self.folder, f"{self.seed} {name}", *arguments)

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something the children do, and miss it by as little as can be."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert not self.shared[Slot.FAILED], "a child failed: see the error output"
            assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:.0f} seconds"
            time.sleep(GLANCE)

    def pass_time(self, longest: float) -> None:
        """Let a random time go by, of at most so many seconds: it chooses the moment."""
        time.sleep(self.chance.uniform(0, longest))

    def kill(self, pid: int) -> None:
        """Kill a child now."""
        self.parent.kill(pid)

    def look(self, name: str = "looks", *arguments: int) -> Runs:
        """Return the runs that a fresh process finds in the store, by name.

        Half of the time another one is killed while it looks, and so may be packing.
        """
        if self.chance.random() < 0.5:
            pid = self.fork(name, str(self.folder / "unread"), *arguments)
            self.pass_time(0.03)
            os.kill(pid, signal.SIGKILL)
            assert self.parent.reap(pid) in (0, -signal.SIGKILL)
        path = self.folder / "report"
        status = self.parent.reap(self.fork(name, str(path), *arguments))
        assert status == 0, f"it cannot look ({status}): see the error output"
        report = json.loads(path.read_text())
        assert report["faults"] == []
        runs: Runs = report["runs"]
        return runs

    def look_after_all_died(self, name: str = "looks", *arguments: int) -> Runs:
        """Return the same, checked for what holds whoever died when."""
        runs = self.look(name, *arguments)
        for run in runs.values():
            assert run["status"] in ("FINISHED", "KILLED")
            assert run["counts"] == {key: sum(points) for key, points in run["points"].items()}
        assert list(self.store.glob("journals/*.journal")) == []
        return runs
