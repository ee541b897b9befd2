"""A child process of this one: its output as it comes, its end, and the end of all it started."""

from __future__ import annotations

import codecs
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tracker.entities import RunStatus
from tracker.errors import TrackerError
from tracker.projects import processes

_LAST_WORDS = 2.0
"""Seconds in which the output of a child that has ended is still read, though others hold it."""


class Child:
    """A command that runs; a backend's `Handle`."""

    tags: Mapping[str, str] = {}

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        output: Callable[[str], None],
    ) -> None:
        """Start the command in a session of its own. Raises TrackerError where it cannot be."""
        try:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise TrackerError(
                f"{command[0]} cannot be started: {error.strerror or error}."
            ) from error
        self._output = output
        self._is_cancelled = False
        self._ended = threading.Event()
        reader = threading.Thread(target=self._read, name="tracker-output", daemon=True)
        reader.start()
        threading.Thread(
            target=self._follow, args=(reader,), name="tracker-child", daemon=True
        ).start()

    def poll(self) -> RunStatus:
        """Return the state as of now."""
        if not self._ended.is_set():
            return RunStatus.RUNNING
        if self._is_cancelled:
            return RunStatus.KILLED
        return RunStatus.FINISHED if self._process.returncode == 0 else RunStatus.FAILED

    def wait(self, timeout: float | None = None) -> RunStatus:
        """Return the state once it is final, or after `timeout` seconds."""
        self._ended.wait(timeout)
        return self.poll()

    def cancel(self) -> None:
        """End the command and every process it started."""
        if self._ended.is_set():
            return
        self._is_cancelled = True
        processes.end_tree(self._process.pid)
        self._ended.wait()

    def reason(self) -> str | None:
        """Return why it failed: an exit code or a signal."""
        code = self._process.returncode
        if not code:
            return None
        number = -code if code < 0 else code - 128  # as a shell tells of what it ran
        with suppress(ValueError):
            if number > 0:
                return f"ended by {signal.Signals(number).name}"
        return f"exit code {code}"

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        assert self._process.stdout is not None
        while piece := os.read(self._process.stdout.fileno(), 65_536):
            self._output(decoder.decode(piece))
        if rest := decoder.decode(b"", final=True):
            self._output(rest)

    def _follow(self, reader: threading.Thread) -> None:
        self._process.wait()
        reader.join(_LAST_WORDS)
        self._ended.set()
