"""Processes that are killed, and those that look at what they left: `python -m` starts the parent.

The parent has imported `tracker` and opened no store. It forks a child for each line it reads,
`["fork", NAME, ARGUMENT...]`, and answers its pid; to `["reap", PID]` how that ended.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from enum import IntEnum
from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sqlite_utils

import tracker
from tracker.store import open_store
from tracker.store.sqlite import schema, upkeep

WARM = (
    "tracker.store.sqlite.history",
    "tracker.store.sqlite.store",
    "tracker.tracking.client",
    "tracker.tracking.record",
    "tracker.tracking.runs",
    "tracker.tracking.search",
)
"""What children use, imported by their parent."""

LONGEST_LIFE = 60
"""Seconds after which a child ends that nobody killed."""
KEY = "loss"
PACKED_KEYS = 3
WRITERS = 4
MOST_POINTS = 30_000
"""Points after which a writer waits to be killed."""
_SIZES = (30, 1, 3000, 400)


class Slot(IntEnum):
    """What the numbers that a child shares mean; `POINTS` is the first of one for each writer."""

    FAILED = 0
    BEGUN = 1
    ENDING = 2
    ENDED = 3
    BATCHES = 4
    POINTS = 5


class Shared:
    """Whole numbers in a file that is mapped: what is stored there outlives its process."""

    SIZE = 128

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            # Not struct.pack_into: it writes zeros first, and somebody may die between the two.
            self._numbers = memoryview(mmap.mmap(file.fileno(), self.SIZE)).cast("q")

    def __getitem__(self, slot: int) -> int:
        return self._numbers[slot]

    def __setitem__(self, slot: int, number: int) -> None:
        self._numbers[slot] = number


def size_of_run(number: int) -> int:
    """Return how many points `packs` logs to its run of that number."""
    return _SIZES[number % len(_SIZES)]


# -- what is killed -----------------------------------------------------------------------------


def alone(folder: Path, shared: Shared, seed: str) -> None:
    """Log to one run: point by point, in batches, with looks in between that count the points."""
    chance = random.Random(seed)
    run = tracker.start_run()
    step = batch = 0
    while step < MOST_POINTS:
        for _ in range(chance.randrange(1, 500)):
            tracker.log_metric(KEY, float(step), step=step)
            step += 1
            shared[Slot.POINTS] = step
        tracker.log_metrics({"a": float(batch), "b": float(batch)}, step=batch)
        batch += 1
        shared[Slot.BATCHES] = batch
        if chance.random() < 0.2:
            tracker.get_run(run.info.run_id)
    signal.pause()


def owns(folder: Path, shared: Shared, seed: str) -> None:
    """Start the run that others log to as well, and log to it."""
    run = tracker.start_run()
    draft = folder / "draft"
    draft.write_text(run.info.run_id)
    draft.rename(folder / "run_id")
    _log_as_writer(0, shared, log_to_active_run)


def resumes(folder: Path, shared: Shared, seed: str, number: int) -> None:
    """Log to that run as one's own."""
    tracker.start_run(run_id=(folder / "run_id").read_text())
    _log_as_writer(number, shared, log_to_active_run)


def helps(folder: Path, shared: Shared, seed: str, number: int) -> None:
    """Log to that run by its id."""
    run_id = (folder / "run_id").read_text()
    client = tracker.Client()

    def log(step: int) -> None:
        client.log_metric(run_id, KEY, float(step), step=step)

    _log_as_writer(number, shared, log)


def log_to_active_run(step: int) -> None:
    tracker.log_metric(KEY, float(step), step=step)


def _log_as_writer(number: int, shared: Shared, log: Callable[[int], None]) -> None:
    """Log steps that no other writer logs."""
    for logged in range(MOST_POINTS):
        log(number + WRITERS * logged)
        shared[Slot.POINTS + number] = logged + 1
    signal.pause()


def packs(folder: Path, shared: Shared, seed: str) -> None:
    """Log to one run after the other and end each, which packs its points."""
    points = number = 0
    while True:
        tracker.start_run(run_name=str(number))
        shared[Slot.BEGUN] = number + 1
        for i in range(size_of_run(number)):
            step, key = divmod(i, PACKED_KEYS)
            tracker.log_metric(f"m{key}", float(step), step=step)
            points += 1
            shared[Slot.POINTS] = points
        shared[Slot.ENDING] = number + 1
        tracker.end_run()
        number += 1
        shared[Slot.ENDED] = number


def migrates(folder: Path, shared: Shared, seed: str) -> None:
    """Open a store of an earlier release with a later one."""
    become_later_release(shared)
    shared[Slot.BEGUN] = 1
    tracker.search_runs(output_format="list")
    shared[Slot.ENDED] = 1
    signal.pause()


# -- what is there before and after -------------------------------------------------------------


def fill(folder: Path, shared: Shared, seed: str, points: int) -> None:
    """Make a store with ended runs, and one that goes on until this process is killed."""
    for number in range(100):
        with tracker.start_run(run_name=f"ended {number}"):
            tracker.log_params({f"p{i}": number for i in range(50)})
            _log_many(points // 100)
    tracker.start_run(run_name="left")
    _log_many(points)
    shared[Slot.BEGUN] = 1
    signal.pause()


def _log_many(points: int) -> None:
    for step in range(points):
        tracker.log_metric(KEY, float(step), step=step)


def become_later_release(shared: Shared) -> None:
    """Be a release whose schema is one version newer, reached by a step that takes a while."""
    schema.VERSION += 1
    from tracker.store.sqlite import upgrading

    upgrading.STEPS[schema.VERSION - 1] = lambda database: change_schema(database, shared)


def change_schema(database: sqlite_utils.Database, shared: Shared) -> None:
    database.table("runs").add_column("color", str)
    database.execute("UPDATE runs SET color = 'red'")
    database.table("metric_segments").transform(rename={"key": "name"})
    database.table("metric_segments").transform(rename={"name": "key"})
    database.execute("UPDATE params SET value = value || '.0'")
    shared[Slot.ENDING] = 1


def looks(folder: Path, shared: Shared, seed: str, report: str, writers: int = 1) -> None:
    """Write what is in the store, as whoever looks next finds it.

    Of each metric the number of points of each writer, whose steps are checked: none is missing
    between two others, none there twice.
    """
    store = open_store(folder)
    runs = {}
    for run in tracker.search_runs(search_all_experiments=True, output_format="list"):
        points = {}
        for key in {KEY, *run.data.metrics}:  # of a live run, summaries follow a little later
            history = store.metric_history(run.info.run_id, key)
            assert np.array_equal(history.values, history.steps.astype(float)), key
            if history.total:
                points[key] = count_points(history.steps, writers)
        runs[run.info.run_name] = {
            "status": run.info.status,
            "points": points,
            "counts": {key: it.count for key, it in run.data.summaries.items()},
        }
    faults = upkeep.integrity_faults(folder / "tracker.db")
    Path(report).write_text(json.dumps({"runs": runs, "faults": faults}))


def count_points(steps: npt.NDArray[np.int64], writers: int) -> list[int]:
    """Return how many points each writer has, whose steps must be its own without a hole."""
    counts = []
    for writer in range(writers):
        own = steps[steps % writers == writer]
        assert np.array_equal(own, writer + writers * np.arange(len(own))), own[:100]
        counts.append(len(own))
    return counts


def looks_later(folder: Path, shared: Shared, seed: str, report: str) -> None:
    """Do the same as a later release."""
    become_later_release(shared)
    looks(folder, shared, seed, report)


CHILDREN: dict[str, Callable[..., None]] = {
    child.__name__: child
    for child in (alone, owns, resumes, helps, packs, migrates, fill, looks, looks_later)
}


# -- the parent ---------------------------------------------------------------------------------


def fork(name: str, folder: str, seed: str, *arguments: int | str) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    shared = Shared(Path(folder, "shared"))
    try:
        os.dup2(2, 1)  # the parent's answers go there
        signal.alarm(LONGEST_LIFE)
        store = Path(folder, "store")
        tracker.set_tracking_uri(store)
        CHILDREN[name](store, shared, seed, *arguments)
        status = 0
    except BaseException:
        traceback.print_exc()
        shared[Slot.FAILED] = 1
    finally:
        sys.stderr.flush()
        os._exit(status)


def reap(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def answer_until_nobody_asks() -> None:
    for module in WARM:
        import_module(module)
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        answer = fork(*arguments) if command == "fork" else reap(*arguments)
        print(answer, flush=True)


if __name__ == "__main__":
    answer_until_nobody_asks()
