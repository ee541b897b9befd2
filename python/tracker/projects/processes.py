"""Process trees: who descends from whom, and ending all of them, whatever they do about it.

A process that leaves its session and loses its parent is found by nobody any more, except where the
process at the root *adopts* orphans: Linux lets it. Elsewhere the tree is what `ps` shows of it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GRACE = 5.0
"""Seconds between asking a process to end and ending it."""
_KILLING = 10.0
_PAUSE = 0.02
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it was seen. A pid with another `started` is another process."""

    pid: int
    parent: int
    started: str
    is_zombie: bool = False


def adopt_orphans() -> bool:
    """Make this process the parent of its descendants that lose theirs; return whether it is."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def descendants(root: int) -> list[Process]:
    """Return the processes below `root`, parents before their children, without the dead ones."""
    children: dict[int, list[Process]] = {}
    for process in _snapshot():
        children.setdefault(process.parent, []).append(process)
    found, todo = [], [root]
    while todo:
        below = children.pop(todo.pop(), [])
        found += [process for process in below if not process.is_zombie]
        todo += [process.pid for process in below]
    return found


def end_descendants(root: int, grace: float = GRACE) -> int:
    """End every process below `root`: SIGTERM, after `grace` seconds SIGKILL. Return how many.

    Those that start while this happens are found too.
    """
    seen = _signal(descendants(root), signal.SIGTERM)
    if seen and not _gone(root, grace):
        deadline = time.monotonic() + _KILLING
        while (left := descendants(root)) and time.monotonic() < deadline:
            seen |= _signal(left, signal.SIGKILL)
            time.sleep(_PAUSE)
    return len(seen)


def _gone(root: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while descendants(root):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)
    return True


def _signal(processes: Iterable[Process], number: int) -> set[tuple[int, str]]:
    reached = set()
    for process in processes:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, number)
            reached.add((process.pid, process.started))
    return reached


def _snapshot() -> list[Process]:
    return _from_proc() if (_PROC / "self" / "stat").exists() else _from_ps()


def _from_proc() -> list[Process]:
    found = []
    for entry in os.scandir(_PROC):
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                text = (_PROC / entry.name / "stat").read_text(errors="replace")
                # The name in parentheses may itself hold blanks and parentheses.
                fields = text[text.rindex(")") + 2 :].split()
                state, parent, started = fields[0], int(fields[1]), fields[19]
                found.append(Process(int(entry.name), parent, started, state in "ZX"))
    return found


def _from_ps() -> list[Process]:
    command = ["ps", "-A", "-o", "pid=,ppid=,stat=,lstart="]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as shown:
        lines = shown.communicate()[0].splitlines()
    found = []
    for line in lines:
        pid, parent, state, started = line.split(None, 3)
        if int(pid) != shown.pid:
            found.append(Process(int(pid), int(parent), started, state.startswith("Z")))
    return found
