"""A handle of a job that a thread follows to its end: what those of most backends share."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping

from tracker.entities import RunStatus

Outcome = tuple[RunStatus, str | None]
"""How a job ended, and why it failed, if it did."""


class FollowedHandle(ABC):
    """A job that was started; see `tracker.projects.backends.base.Handle`.

    A backend says how the job is followed (`_outcome`) and cancelled (`_ask_to_cancel`), and calls
    `_begin` once it knows what those need.
    """

    tags: Mapping[str, str] = {}

    def __init__(self, status: RunStatus) -> None:
        self._status = status
        self._reason: str | None = None
        self._is_cancelled = False
        self._ended = threading.Event()

    def poll(self) -> RunStatus:
        """Return the state of the job now."""
        return self._status

    def wait(self, timeout: float | None = None) -> RunStatus:
        """Return the state once it is final, or after `timeout` seconds."""
        self._ended.wait(timeout)
        return self._status

    def cancel(self) -> None:
        """End the job, and return when it is gone. Raises what `_ask_to_cancel` does."""
        if self._ended.is_set():
            return
        self._is_cancelled = True
        try:
            self._ask_to_cancel()
        except Exception:
            self._is_cancelled = False
            raise
        self._ended.wait()

    def reason(self) -> str | None:
        """Return why the job failed, if it did."""
        return self._reason

    # -- for a backend ------------------------------------------------------------------------

    def _begin(self, name: str) -> None:
        """Follow the job, on a thread of this name."""
        threading.Thread(target=self._follow, name=name, daemon=True).start()

    @abstractmethod
    def _outcome(self) -> Outcome:
        """Follow the job to its end. What it raises means that the job failed."""

    def _lost(self, error: Exception) -> str:
        """Return why the job failed where following it did."""
        return f"{type(error).__name__}: {error}"

    @abstractmethod
    def _ask_to_cancel(self) -> None:
        """Have the job end."""

    def _clean_up(self) -> None:  # noqa: B027  # a backend may have taken nothing
        """Give back what the job took; raises nothing."""

    def _follow(self) -> None:
        try:
            status, reason = self._outcome()
        except Exception as error:  # what is behind a backend may fail in many ways
            status, reason = RunStatus.FAILED, self._lost(error)
        try:
            self._clean_up()
        finally:
            if self._is_cancelled:
                status, reason = RunStatus.KILLED, None
            self._reason, self._status = reason, status
            self._ended.set()
