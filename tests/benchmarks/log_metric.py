"""`log_metric`: at most twice a bare `os.write` of the same record, and under 5 us."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, perf_counter_ns

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Figure, Findings, Row, compare
from tests.benchmarks.peers import make_tool
from tests.benchmarks.processes import in_new_process

TIMES_A_WRITE = 2.0
MOST = 5e-6
"""Seconds."""

BATCH = 5_000
"""Calls of each way before the next one has its turn."""
PATIENCE = 4.0
"""Seconds for which a peer's calls are timed, where it does not get through a batch sooner."""

FLOOR = "os.write, 32 bytes"
OURS = "tracker.log_metric"
Log = Callable[[float, int], object]


def measure(bench: Bench) -> Findings:
    """Time our call beside the floor in one process, the peers' in processes of their own."""
    batches = bench.size(20, 4)
    processes = bench.rounds(5)
    found = [
        in_new_process(bench.scratch(), time_ours_and_floor, batches) for _ in range(processes)
    ]
    ways = {name: Figure.of(answer[name] for answer in found) for name in found[0]}
    peers = in_turn(bench.rounds(3) - 1, bench.peers, lambda name: _time_peer(bench, name))
    return Findings("log_metric", _rows(ways, peers), notes=[_note(ways, batches, processes)])


def _rows(ways: dict[str, Figure], peers: dict[str, Figure]) -> list[Row]:
    ours, floor = ways[OURS], ways[FLOOR]
    most = TIMES_A_WRITE * floor.median
    is_near = ours.median <= most
    what = "log_metric, median of a call"
    return [
        Row(what, "at most 2 x os.write", ours, FLOOR, floor, is_near, most),
        *compare(what, "under 5 us", ours.median < MOST, ours, peers, most=MOST),
    ]


def _note(ways: dict[str, Figure], batches: int, processes: int) -> str:
    layers = ", ".join(f"{name} {ways[name]}" for name in ways if name not in (FLOOR, OURS))
    return (
        f"`log_metric`: {batches} batches of {BATCH:,} calls in each of {processes} processes, "
        f"batches of the floor and ours in turn; an empty call is taken off. Below our call lie: "
        f"{layers}."
    )


def _time_peer(bench: Bench, name: str) -> float:
    return in_new_process(bench.scratch(), time_peer, name)


# -- in the fresh process ---------------------------------------------------------------------


def time_ours_and_floor(batches: int) -> dict[str, float]:
    """Return the median seconds of a call of each way, less those of an empty one."""
    ways = _ways(Path.cwd())
    times: dict[str, list[int]] = {name: [] for name in ways}
    for turn in range(batches + 1):
        for name, log in ways.items():
            taken = _time_calls(log, turn * BATCH, (turn + 1) * BATCH)
            if turn:  # the first one warms up
                times[name] += taken
    empty, *medians = (statistics.median(taken) for taken in times.values())
    found = {
        name: (median - empty) / 1e9 for name, median in zip(list(ways)[1:], medians, strict=True)
    }
    late = sorted(times[OURS])
    return found | {"its 99th percentile": (late[len(late) * 99 // 100] - empty) / 1e9}


def _ways(folder: Path) -> dict[str, Log]:
    """Return the calls that are timed. The first one is empty."""
    from tracker.store.sqlite.journal import create_journal

    descriptor = os.open(folder / "floor", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    record = bytes(range(32))
    mapped = create_journal(folder, "mapped", mapped=True).log
    appended = create_journal(folder, "appended", mapped=False).log
    tool = make_tool("tracker", folder)
    tool.start()
    return {
        "an empty call": lambda value, step: None,
        FLOOR: lambda value, step: os.write(descriptor, record),
        OURS: tool.point_logger(),
        "the journal, mapped": lambda value, step: mapped("loss", value, 1_700_000_000_000, step),
        "appended instead": lambda value, step: appended("loss", value, 1_700_000_000_000, step),
    }


def time_peer(name: str) -> float:
    """Return the median seconds of a call, less those of an empty one."""
    tool = make_tool(name, Path.cwd())
    tool.start()
    log = tool.point_logger()
    for step in range(20):
        log(0.5, step)
    empty = statistics.median(_time_calls(lambda value, step: None, 0, BATCH))
    median = statistics.median(_time_calls(log, 20, 20 + BATCH))
    tool.end()
    return (median - empty) / 1e9


def _time_calls(log: Log, first: int, last: int) -> list[int]:
    """Return the nanoseconds of each call of a batch, which ends early when patience does."""
    times = []
    deadline = perf_counter() + PATIENCE
    for step in range(first, last):
        value = 1.0 / (step + 1)
        begin = perf_counter_ns()
        log(value, step)
        end = perf_counter_ns()
        times.append(end - begin)
        if not step % 64 and perf_counter() > deadline:
            break
    return times
