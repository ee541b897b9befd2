"""What could not be stored: warned of once, counted, told at the end of the run.

A store that is gone, full or read-only must not stop a training. Its errors end here; mistakes
of the caller (InvalidValue and the like) pass through.
"""

from __future__ import annotations

import os
import threading
import warnings
from types import TracebackType

from tracker.errors import InvalidState, NotFound, StoreError

Errors = tuple[type[Exception], ...]

STORE_ERRORS: Errors = (StoreError, OSError)
"""The store cannot keep what it is given."""

LOSS_ERRORS: Errors = (*STORE_ERRORS, NotFound, InvalidState)
"""The same of an active run: gone or in the bin, it was removed by somebody else meanwhile."""


class TrackerWarning(UserWarning):
    """Something could not be recorded. The program goes on."""


class _Losses:
    """What one run lost so far."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.warned: set[tuple[str, type[BaseException]]] = set()
        self.last_error: BaseException | None = None


_lock = threading.RLock()
_losses: dict[str, _Losses] = {}


EXPERIMENT = ""
"""Stands in the place of a run's id for what belongs to no run."""


def _whose(run_id: str) -> str:
    return "the experiment" if run_id == EXPERIMENT else f"run {run_id}"


def note(run_id: str, what: str, count: int, error: BaseException) -> None:
    """Count `count` lost things ("metric points", "params", "the end"); warn of the first."""
    with _lock:
        lost = _losses.setdefault(run_id, _Losses())
        lost.counts[what] = lost.counts.get(what, 0) + count
        lost.last_error = error
        is_first = (what, type(error)) not in lost.warned
        lost.warned.add((what, type(error)))
    if is_first:
        warn(
            f"Could not store {what} of {_whose(run_id)}: {error} Your program goes on; what "
            "is lost is counted and told when the run ends."
        )


def tell(run_id: str) -> None:
    """Say, once, what the run lost in all. Called when it ends."""
    with _lock:
        lost = _losses.pop(run_id, None)
    if lost is not None:
        parts = [
            what if what.startswith("the ") else f"{count} {what}"
            for what, count in sorted(lost.counts.items())
        ]
        ended = "The process" if run_id == EXPERIMENT else f"Run {run_id}"
        warn(
            f"{ended} ended, but {', '.join(parts)} of {_whose(run_id)} could not be stored. "
            f"The last reason was: {lost.last_error}"
        )


def tell_all() -> None:
    """Say what every run lost that nobody has ended. Called when the process ends."""
    for run_id in list(_losses):
        tell(run_id)


def forget_all() -> None:
    """Start counting anew, without a word about what was lost."""
    with _lock:
        _losses.clear()


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.RLock()  # the thread that held it may not be here
    forget_all()  # the parent tells


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class Tolerated:
    """Context manager in whose body certain errors cost what is logged, never the program."""

    def __init__(
        self, run_id: str, what: str, count: int = 1, errors: Errors = LOSS_ERRORS
    ) -> None:
        self._lost = (run_id, what, count)
        self._errors = errors

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, self._errors):
            return False
        note(*self._lost, error)
        return True


def warn(message: str) -> None:
    """Say something about the recording, at the line of the caller's own code that led to it."""
    # Under `-W error` a warning is an exception, and even then tracking must not stop a training.
    try:
        warnings.warn(message, TrackerWarning, stacklevel=_user_level())
    except TrackerWarning:
        import logging

        logging.getLogger("tracker").warning(message)


def _user_level() -> int:
    """Return the stack level of the first frame outside tracker, where the warning belongs."""
    import sys

    level, frame = 1, sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("tracker."):
        level += 1
        if frame.f_back is None:
            break
        frame = frame.f_back
    return level
