"""What a point costs, from the bare system call up to `tracker.log_metric`.

    python -m tests.benchmarks.log_metric [ROUNDS]

Every way logs a batch in turn, round after round, so that a busy machine is busy for all of them.
The time of an empty call is taken off each. Ratios are to one `os.write` of the same 32 bytes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns

import tracker
from tracker.store.sqlite.journal import create_journal

BATCH = 5_000
"""Points in a round."""
PROMISE = 2.0
"""How many times a bare write `tracker.log_metric` may cost, by the median."""

Log = Callable[[int], object]


def ways_to_log(folder: Path) -> dict[str, Log]:
    """Return what is measured: a call that logs the point of a step."""
    descriptor = os.open(folder / "floor", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    record = bytes(range(32))
    mapped = create_journal(folder, "mapped", mapped=True).log
    appended = create_journal(folder, "appended", mapped=False).log
    tracker.set_tracking_uri(str(folder / "store"))
    tracker.start_run()
    return {
        "an empty call": lambda step: None,
        "os.write, 32 bytes": lambda step: os.write(descriptor, record),
        "journal, mapped": lambda step: mapped("loss", 0.5, 1_700_000_000_000, step),
        "journal, appended": lambda step: appended("loss", 0.5, 1_700_000_000_000, step),
        "tracker.log_metric": lambda step: tracker.log_metric("loss", 0.5, step),
    }


def time_calls(log: Log, first: int) -> list[int]:
    """Return the nanoseconds of each call of a batch."""
    times = []
    for step in range(first, first + BATCH):
        begin = perf_counter_ns()
        log(step)
        times.append(perf_counter_ns() - begin)
    return times


def measure(ways: dict[str, Log], rounds: int) -> dict[str, list[int]]:
    """Return the nanoseconds of all calls of each way, in ascending order."""
    times: dict[str, list[int]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, log in ways.items():
            taken = time_calls(log, turn * BATCH)
            if turn:  # the first one warms up
                times[name] += taken
    return {name: sorted(taken) for name, taken in times.items()}


def report(times: dict[str, list[int]]) -> float:
    """Print a table and return the ratio of `tracker.log_metric` to the bare write."""
    empty, floor, *_ = (statistics.median(taken) for taken in times.values())
    print(f"{'microseconds':22}{'median':>9}{'99 %':>9}{'slowest':>10}{'ratio':>8}")
    ratio = 0.0
    for name, taken in list(times.items())[1:]:
        median = statistics.median(taken) - empty
        ratio = median / (floor - empty)
        late = taken[len(taken) * 99 // 100] - empty
        print(f"{name:22}{median / 1e3:9.2f}{late / 1e3:9.2f}{taken[-1] / 1e3:10.0f}{ratio:8.2f}")
    return ratio


def main() -> int:
    """Measure, print, and return 1 where the promise is not kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        ratio = report(measure(ways_to_log(Path(folder)), rounds))
        tracker.end_run()
    print(f"tracker.log_metric: {ratio:.2f} of a bare write, promised {PROMISE:.0f} at the most")
    return int(ratio > PROMISE)


if __name__ == "__main__":
    sys.exit(main())
