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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GRACE = 5.0
"""Seconds between asking a process to end and ending it."""
_KILLING = 10.0
_PAUSE = 0.05
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
    """Return the living processes below `root`."""
    return [process for process in _below(_snapshot(), {root}) if process.pid != root]


def end_tree(root: int, grace: float = GRACE) -> int:
    """End a process and every one below it: SIGTERM, after `grace` seconds SIGKILL. Say how many.

    Those that start while this happens are found too.
    """
    return _end({root}, None, grace)


def end_descendants(root: int, grace: float = GRACE) -> int:
    """End every process below `root`, as `end_tree` does, and leave `root` alone."""
    return _end({root}, root, grace)


def end_marked(variable: str, value: str, grace: float = GRACE) -> int:
    """End the processes that were started with this environment variable, and those below them.

    For what is left of a tree whose root is gone. Linux only: elsewhere none is found.
    """
    wanted = f"{variable}={value}".encode()
    marked = set()
    for process in _snapshot():
        with suppress(OSError):
            if wanted in (_PROC / str(process.pid) / "environ").read_bytes().split(b"\0"):
                marked.add(process.pid)
    return _end(marked - {os.getpid()}, os.getpid(), grace)


def _end(roots: set[int], spared: int | None, grace: float) -> int:
    known: dict[int, Process] = {}
    began = time.monotonic()
    number = signal.SIGTERM
    while left := _alive(roots, spared, known):
        age = time.monotonic() - began
        if age > grace:
            number = signal.SIGKILL
        if age > grace + _KILLING:
            break
        for process in left:
            if number == signal.SIGKILL or process.pid not in known:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process.pid, number)
            known[process.pid] = process
        time.sleep(_PAUSE)
    return len(known)


def _alive(roots: set[int], spared: int | None, known: dict[int, Process]) -> list[Process]:
    """Return what lives below the roots and below what was found there before.

    A process whose parent has ended is below it no longer, and would be forgotten.
    """
    snapshot = _snapshot()
    same = {p.pid for p in snapshot if p.pid in known and p.started == known[p.pid].started}
    return [p for p in _below(snapshot, roots | same) if p.pid != spared]


def _below(snapshot: list[Process], roots: set[int]) -> list[Process]:
    """Return the living among the roots and all below them."""
    children: dict[int, list[Process]] = {}
    for process in snapshot:
        children.setdefault(process.parent, []).append(process)
    found = {process.pid: process for process in snapshot if process.pid in roots}
    todo = list(roots)
    while todo:
        for process in children.pop(todo.pop(), []):
            found[process.pid] = process
            todo.append(process.pid)
    return [process for process in found.values() if not process.is_zombie]


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
