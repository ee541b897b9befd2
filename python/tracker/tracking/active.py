"""The active runs: whose turn it is to be logged to, thread by thread.

Every thread has a stack of runs of its own. One run of the process may be *ambient*: the run of
the notebook cell that is executing. Runs started inside it become its children, and threads that
have no run of their own log to it.

A run is held in one of three ways, which decides what a second `start_run` does:

- ``WITH``     inside its ``with`` block: a second run must say ``nested=True``
- ``BARE``     started without ``with``: a second run ends it, so a cell can simply be run again
- ``AMBIENT``  the cell's own run: only the machinery that opened it ends it
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Protocol

from tracker.entities import Run, RunStatus
from tracker.errors import InvalidState
from tracker.store.base import Store
from tracker.tracking import losses


class Hold(Enum):
    """How a run is held open."""

    BARE = auto()
    WITH = auto()
    AMBIENT = auto()


class Finisher(Protocol):
    """Something that goes on beside a run and must stop before the run ends."""

    def finish(self) -> None:
        """Stop, and log what is left to be logged."""


class ActiveRun(Run):
    """A run that is being logged to, and a context manager that ends it.

    Leaving the ``with`` block ends the run FINISHED, after an exception FAILED, after a keyboard
    interrupt KILLED. `info`, `data` and `inputs` are as they were when the run was started, and
    once it has ended as they were then. `error` is what its block was left with, if it was an
    exception; `may_watch_system` is False where the user said that the machine is not to be
    watched; `is_resumed` says that the run had begun before.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__
    # The one that a frozen dataclass with slots makes knows no subclasses.
    __setattr__ = object.__setattr__

    def __init__(self, run: Run, store: Store, hold: Hold = Hold.BARE) -> None:
        super().__init__(run.info, run.data, run.inputs)
        self.run_id = run.info.run_id
        self.store = store
        self.log_point = store.log_metric
        self.hold = hold
        self.pid = os.getpid()
        self.stack: list[ActiveRun] = local.stack
        self.at_end: list[Finisher] = []
        self.error: BaseException | None = None
        self.may_watch_system = True
        self.is_resumed = False

    def __enter__(self) -> ActiveRun:
        self.hold = Hold.WITH
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.error = error
        end(_open.get(self.run_id, self), status_after(error))

    def take(self, run: Run) -> None:
        """Show the run as it is now in the store."""
        for name in ("info", "data", "inputs"):
            object.__setattr__(self, name, getattr(run, name))


class _Local(threading.local):
    """The stack of one thread."""

    def __init__(self) -> None:
        self.stack: list[ActiveRun] = []
        self.last_run_id: str | None = None


local = _Local()
_open: dict[str, ActiveRun] = {}
_ambient: ActiveRun | None = None
_last_run_id: str | None = None

Watcher = Callable[[ActiveRun], None]

_watchers: list[Watcher] = []
Settler = Callable[[], object]
_settlers: list[Settler] = []


def add_watcher(watch: Watcher) -> None:
    """Have `watch` told of every run that this process starts, right after it has begun.

    It may append to the run's `at_end`. What it raises is lost: it is never in the run's way.
    """
    _watchers.append(watch)


def remove_watcher(watch: Watcher) -> None:
    """Tell it no longer. Does nothing where it was not added."""
    if watch in _watchers:
        _watchers.remove(watch)


def add_settler(settle: Settler) -> None:
    """Have `settle` called by whoever reads runs back that may have ended just now.

    It waits until what is kept of them beside the user's code is there, and not for ever.
    """
    _settlers.append(settle)


def settle() -> None:
    """Wait until all that this process keeps of its runs can be read back."""
    for wait in list(_settlers):
        wait()


def current() -> ActiveRun | None:
    """Return the run that this thread logs to now, or None."""
    stack = local.stack
    return stack[-1] if stack else _ambient


def last_run_id() -> str | None:
    """Return the id of the run that this thread ended last, else that any thread did."""
    return local.last_run_id or _last_run_id


def opened_here() -> list[ActiveRun]:
    """Return the runs that this process opened and did not end, innermost first."""
    return [run for run in reversed(list(_open.values())) if run.pid == os.getpid()]


def push(run: ActiveRun) -> ActiveRun:
    """Make the run the one that this thread logs to."""
    local.stack.append(run)
    _open[run.run_id] = run
    for watch in list(_watchers):
        with suppress(Exception):
            watch(run)
    return run


def make_way() -> None:
    """Prepare for a run that is not nested: end the bare runs of this thread.

    Raises InvalidState inside the ``with`` block of another run. The ambient run and what lies
    below it are left alone.
    """
    own = list(_above_ambient(local.stack))
    for run in own:
        if run.hold is Hold.WITH:
            raise InvalidState(
                f"Run with UUID {run.run_id} is already active. To start a new run, first end the "
                "current run with tracker.end_run(). To start a nested run, call start_run with "
                "nested=True"
            )
    for run in own:
        end(run, RunStatus.FINISHED)


def _above_ambient(stack: list[ActiveRun]) -> Iterator[ActiveRun]:
    """Yield the runs of a stack that were opened inside the ambient one, innermost first.

    What a process inherited when it was forked is its parent's, and stays open below too.
    """
    for run in reversed(list(stack)):
        if run.hold is Hold.AMBIENT or run.pid != os.getpid():
            return
        yield run


def end(run: ActiveRun, status: str) -> None:
    """End a run, and before it the runs that were opened inside it and left open.

    Does nothing where the run has ended already. A store that fails costs the end, not the program.
    """
    global _last_run_id
    if _open.get(run.run_id) is not run:
        return
    if run in run.stack:
        for inner in reversed(run.stack[run.stack.index(run) + 1 :]):
            end(inner, status)
        run.stack.remove(run)
    local.last_run_id = _last_run_id = run.run_id
    _open.pop(run.run_id, None)
    if run.pid != os.getpid():  # a fork leaves the block; the run is its parent's
        return
    try:
        for finisher in run.at_end:
            finisher.finish()
    finally:
        run.error = None  # its frames hold on to the user's data
        # Where an interrupt came in between, the run still ends.
        with losses.Tolerated(run.run_id, "the end"):
            run.take(run.store.update_run(run.run_id, status=status))
    losses.tell(run.run_id)


def end_current(status: str) -> None:
    """End the innermost run of this thread, if it has one that is its own to end."""
    for run in _above_ambient(local.stack):
        end(run, status)
        return


def open_ambient(run: ActiveRun) -> ActiveRun:
    """Make a started run the ambient one: threads without a run of their own log to it."""
    global _ambient
    run.hold = Hold.AMBIENT
    _ambient = run
    return run


def close_ambient(run: ActiveRun, status: str) -> None:
    """End the ambient run, and what was left open inside it, with this status."""
    global _ambient
    end(run, status)
    if _ambient is run:
        _ambient = next((left for left in reversed(run.stack) if left.hold is Hold.AMBIENT), None)


def status_after(error: BaseException | None) -> RunStatus:
    """Return the status of a run whose block ended with this exception, or with none.

    ``sys.exit()`` and ``sys.exit(0)`` are an orderly end.
    """
    if error is None:
        return RunStatus.FINISHED
    if isinstance(error, KeyboardInterrupt):
        return RunStatus.KILLED
    if isinstance(error, SystemExit) and not error.code:
        return RunStatus.FINISHED
    return RunStatus.FAILED
