"""Points lost at SIGKILL in a burst, at any moment: none."""

from __future__ import annotations

import mmap
import os
import random
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import stored
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Findings, Unit, compare
from tests.benchmarks.peers import OURS, make_tool
from tests.benchmarks.processes import WorkerFailed, in_new_process, start_in_new_process

LONGEST_BURST = 0.5
"""Seconds."""
MOST_POINTS = 1_000_000
STARTS_WITHIN = 120.0
"""Seconds for a tool to log its first point; some make a database first."""
SETTLES_WITHIN = 20.0
"""Seconds in which a tool's own processes may still store what they were given."""
SETTLED_FOR = 2.0
_COUNTER = struct.Struct("<q")
_COUNTER_FILE = "returned"


@dataclass(frozen=True, slots=True)
class Kill:
    """What one SIGKILL left: calls that had returned, points stored, and the run's status."""

    returned: int
    stored: int
    status: str

    @property
    def lost(self) -> int:
        """Points whose call had returned and that are not there."""
        return max(0, self.returned - self.stored)


def measure(bench: Bench) -> Findings:
    """Kill processes that log as fast as they can, at random moments."""
    moments = random.Random(1)
    ours = [_kill(bench, OURS, moments) for _ in range(bench.size(20, 4))]
    theirs = {
        name: [_kill(bench, name, moments) for _ in range(bench.rounds(3))] for name in bench.peers
    }
    lost = Figure.of([kill.lost for kill in ours], Unit.COUNT)
    is_kept = not any(kill.lost for kill in ours)
    others = {
        name: Figure.of([kill.lost for kill in found], Unit.COUNT) for name, found in theirs.items()
    }
    rows = compare("points lost at SIGKILL in a burst", "0", is_kept, lost, others)
    return Findings("sigkill", rows, notes=[_note({OURS: ours} | theirs)])


def _note(kills: dict[str, list[Kill]]) -> str:
    counted = "; ".join(f"{name}: {_told(found)}" for name, found in kills.items())
    return (
        "SIGKILL: processes that log one point after the other without a pause, killed up to "
        f"{LONGEST_BURST:g} s after the first. Lost is a point whose call had returned and that is "
        "not there once the tool's own processes have come to rest. In all, "
        f"{counted}."
    )


def _told(kills: list[Kill]) -> str:
    lost, returned = sum(it.lost for it in kills), sum(it.returned for it in kills)
    text = f"{lost:,} of {returned:,} points lost in {len(kills)} kills"
    statuses = sorted({kill.status for kill in kills if kill.status})
    return f"{text}, then {' or '.join(statuses)}" if statuses else text


def _kill(bench: Bench, name: str, moments: random.Random) -> Kill:
    folder = bench.scratch()
    with _logging(folder, name) as process:
        _wait_for_points(folder, process)
        time.sleep(moments.uniform(0, LONGEST_BURST))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        count, status = _stored_at_rest(folder, name)
    return Kill(_returned(folder), count, status)


@contextmanager
def _logging(folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that logs, and end what it left behind: some peers have helpers."""
    process = start_in_new_process(folder, log_without_end, name)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _wait_for_points(folder: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _returned(folder):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            printed = process.stdout.read() if process.stdout is not None else ""
            raise WorkerFailed(f"No point was logged:\n{printed[-4000:]}")
        time.sleep(0.005)


def _stored_at_rest(folder: Path, name: str) -> tuple[int, str]:
    """Return the points and the run's status once no more points arrive."""
    deadline = time.monotonic() + SETTLES_WITHIN
    count, status = in_new_process(folder, stored.look, name)
    since = time.monotonic()
    while name != OURS and time.monotonic() < min(deadline, since + SETTLED_FOR):
        time.sleep(0.2)
        again, status = in_new_process(folder, stored.look, name)
        if again != count:
            count, since = again, time.monotonic()
    return count, status


def _returned(folder: Path) -> int:
    try:
        data = (folder / _COUNTER_FILE).read_bytes()
    except FileNotFoundError:
        return 0
    return int(_COUNTER.unpack(data)[0]) if len(data) == _COUNTER.size else 0


# -- in the fresh process ---------------------------------------------------------------------


def log_without_end(name: str) -> None:
    """Log points until killed; how many calls have returned stands in a file, always."""
    folder = Path.cwd()
    tool = make_tool(name, folder)
    tool.start()
    log = tool.point_logger()
    (folder / _COUNTER_FILE).write_bytes(bytes(_COUNTER.size))
    with (folder / _COUNTER_FILE).open("r+b") as file:
        counter = mmap.mmap(file.fileno(), _COUNTER.size)
    for step in range(MOST_POINTS):
        log(1.0 / (step + 1), step)
        _COUNTER.pack_into(counter, 0, step + 1)
    signal.pause()
