"""What becomes of open runs when the process ends.

An orderly end leaves them FINISHED, an uncaught exception or a nonzero ``sys.exit`` FAILED, a
keyboard interrupt KILLED. After SIGKILL the store finds out by itself.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from tracker.entities import RunStatus
from tracker.tracking import active, losses

_lock = threading.RLock()
_watched_pid: int | None = None
_uncaught: BaseException | None = None
_exit: SystemExit | None = None


def watch_this_process() -> None:
    """See to it that runs left open are ended with the process. Costs nothing when called again."""
    global _watched_pid
    if _watched_pid == os.getpid():
        return
    with _lock:
        if _watched_pid is None:
            atexit.register(end_open_runs)
            _chain_excepthook()
            _chain_exit()
        _watched_pid = os.getpid()
    _watch_child_process()


def end_open_runs() -> None:
    """End the runs this process left open, with the status its own end gives them."""
    _end_all(_status_of_process())
    losses.tell_all()


def _end_all(status: RunStatus) -> None:
    for run in active.opened_here():
        active.end(run, status)


def _status_of_process() -> RunStatus:
    if _uncaught is not None:
        return active.status_after(_uncaught)
    return RunStatus.FAILED if _exit is not None and _left_with(_exit) else RunStatus.FINISHED


def _left_with(error: SystemExit) -> bool:
    """Return whether this exit is what ended the program, rather than having been caught.

    The first frame of its traceback is the last one that handled it in any way. The exit went on
    from there if that frame has executed nothing since, or nothing but raising it again.
    """
    handled = error.__traceback__
    if handled is None:
        return True
    import dis

    frame = handled.tb_frame
    last = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    return frame.f_lasti == handled.tb_lasti or last in ("RERAISE", "RAISE_VARARGS")


def _chain_excepthook() -> None:
    previous = sys.excepthook

    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        global _uncaught
        _uncaught = error
        previous(kind, error, traceback)

    sys.excepthook = hook


def _chain_exit() -> None:
    if "ipykernel" in sys.modules:  # a kernel survives sys.exit
        return
    previous: Callable[..., NoReturn] = sys.exit

    def leave(status: object = None, /) -> NoReturn:
        global _exit
        try:
            previous(status)
        except SystemExit as error:
            _exit = error if error.code else None
            raise

    sys.exit = leave


def _watch_child_process() -> None:
    """In a child of multiprocessing, which skips atexit, end its runs in its own way of ending."""
    multiprocessing = sys.modules.get("multiprocessing.process")
    if multiprocessing is None or multiprocessing.parent_process() is None:
        return
    from multiprocessing.util import Finalize

    Finalize(None, _end_child, exitpriority=100)


def _end_child() -> None:
    _end_all(active.status_after(sys.exc_info()[1]))
    losses.tell_all()
