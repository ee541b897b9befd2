"""Processes that the tests of journals start: NAME FOLDER KIND [THREADS]."""

from __future__ import annotations

import os
import random
import resource
import signal
import struct
import sys
import threading
from pathlib import Path
from typing import NoReturn

from tracker.entities import Metric
from tracker.store.sqlite.journal import JournalClosed, JournalWriter, create_journal

folder = Path(sys.argv[2])
mapped = sys.argv[3] == "mapped"


def create() -> JournalWriter:
    return create_journal(folder, "run", mapped)


def until_killed() -> None:
    """Log from some threads and print how many points of each have been logged."""
    writer = create()
    for thread in range(int(sys.argv[4])):
        threading.Thread(target=_log_for_ever, args=(writer, thread)).start()


def _log_for_ever(writer: JournalWriter, thread: int) -> NoReturn:
    step = 0
    while True:
        key = f"t{thread}/{step // 500} {'long' * (step % 7)}"
        for _ in range(random.randrange(1, 60)):
            writer.log(key, float(step), thread, step)
            step += 1
        if random.random() < 0.3:
            batch = range(step, step + random.randrange(1, 300))
            writer.extend(Metric(key, float(i), thread, i) for i in batch)
            step = batch.stop
        os.write(1, struct.pack("<II", thread, step))


def many() -> None:
    """Log 300,000 points to two metrics, and half-way one to a third."""
    writer = create()
    print(writer.path, flush=True)
    input()
    for i in range(300_000):
        writer.log("a" if i % 3 else "b", float(i), i, i)
        if i == 150_000:
            writer.log("c", 0.0, 0, 0)
    writer.close()


def fork() -> None:
    """Fork while another thread logs; the child can log to its own journal only."""
    writer = create()
    writer.log("m", 1.0, 0, 1)
    stop = threading.Event()
    thread = threading.Thread(target=_log_until, args=(stop, writer))
    thread.start()
    for _ in range(20):
        child = os.fork()
        if child == 0:
            os._exit(_in_forked_child(writer))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    stop.set()
    thread.join()
    assert not writer.closed
    writer.log("m", 3.0, 0, 3)


def _log_until(stop: threading.Event, writer: JournalWriter) -> None:
    while not stop.is_set():
        writer.log("thread", 0.0, 0, 0)


def _in_forked_child(writer: JournalWriter) -> int:
    refused = 0
    for key in ("m", "a new one"):
        try:
            writer.log(key, 99.0, 0, 99)
        except JournalClosed:
            refused += 1
    writer.close()
    create().log("m", 2.0, 0, 2)
    return 0 if refused == 2 and writer.closed else 1


def signals() -> None:
    """Log from a signal handler while the interrupted thread logs; print both counts."""
    writer = create()
    handled = 0

    def handle(*_: object) -> None:
        nonlocal handled
        mine = handled  # a handler may be interrupted by the next
        handled += 1
        writer.log(f"handler{mine // 100}", 0.0, 0, mine)

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.00005, 0.00005)
    step = 0
    while handled < 3000:
        writer.log(f"main{step // 1000}", 0.0, 0, step)
        step += 1
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    print(step, handled, writer.path)


def interrupts() -> None:
    """Log under a thousand KeyboardInterrupts; print the number of calls that returned."""
    writer = create()
    armed = False

    def interrupt(*_: object) -> None:
        nonlocal armed
        if armed:
            armed = False
            raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    step = interrupted = 0
    while interrupted < 1000:
        try:
            armed = True
            while True:
                writer.log(f"m{step // 1000}", 0.0, 0, step)
                step += 1
        except KeyboardInterrupt:
            interrupted += 1
    writer.log("last", 0.0, 0, step)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    print(step + 1, writer.path)


def no_space() -> None:
    """Log where a file cannot grow beyond a limit, then without one; print the points stored."""
    limit = 300_007
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    writer = create()
    step = failed = 0
    while failed < 100:
        try:
            writer.log(f"m{step // 100}", 0.0, 0, step)
            step += 1
        except OSError:
            failed += 1
    assert step > 1000
    assert writer.path.stat().st_size <= limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for _ in range(5000):
        writer.log("later", 0.0, 0, step)
        step += 1
    writer.close()
    print(step, writer.path)


if __name__ == "__main__":
    children = (until_killed, many, fork, signals, interrupts, no_space)
    {child.__name__: child for child in children}[sys.argv[1]]()
