"""What runs on a Dask worker: one job as a child process, its output sent back through a queue.

The messages, in this order: `("started", address)` once, `("output", text)` any number of times,
`("ended", status, reason)` once.
"""

from __future__ import annotations

import codecs
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

Message = tuple[str, ...]
LOST = "the Dask worker that ran it was lost"

_LOOK_SECONDS = 0.3
_SEND_SECONDS = 0.1
_LARGEST_PIECE = 65_536
_UNREAD_SECONDS = 30
_MOST_FAILED_LOOKS = 3
_connecting = threading.Lock()
"""Held while a worker connects as a client, which two of its threads must not do at once."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A job as it travels to a worker. `host` is where the store is served, None for anywhere."""

    key: str
    line: str
    folder: str
    needs: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    host: str | None = None


def queue_name(key: str) -> str:
    """Return the name of the queue of a job's messages."""
    return f"{key}-messages"


def cancel_name(key: str) -> str:
    """Return the name of the event that is set to cancel a job."""
    return f"{key}-cancel"


def started_name(key: str) -> str:
    """Return the name of the event that is set once a worker has begun with a job."""
    return f"{key}-started"


def run_on_worker(ordered: Ordered) -> None:
    """Run the job, on a thread of a worker. It is run once only, also if that worker dies."""
    distributed = import_module("distributed")
    worker = distributed.get_worker()
    with _connecting:
        client = distributed.get_client()
    queue = distributed.Queue(queue_name(ordered.key), client=client)
    started = distributed.Event(started_name(ordered.key), client=client)
    if started.is_set():  # Dask gives the tasks of a lost worker to another
        queue.put(("ended", "FAILED", LOST))
        return
    started.set()
    queue.put(("started", worker.address))
    if trouble := _missing_here(ordered):
        queue.put(("ended", "FAILED", trouble))
        return
    cancel = distributed.Event(cancel_name(ordered.key), client=client)
    queue.put(("ended", *_run(ordered, _Sender(queue), Looks(worker, cancel, ordered.key))))


class Looks:
    """Tells, when called, whether a job is over: cancelled, or nobody can hear of it any more."""

    def __init__(self, worker: Any, cancel: Any, key: str) -> None:
        self._worker = worker
        self._cancel = cancel
        self._key = key
        self._failed = 0

    def __call__(self) -> bool:
        """Look."""
        task = self._worker.state.tasks.get(self._key)
        if task is None or task.state == "cancelled":
            return True
        try:
            is_cancelled = bool(self._cancel.is_set())
        except (OSError, TimeoutError):
            # A scheduler that is busy may close a connection and answer on the next one.
            self._failed += 1
            return self._failed >= _MOST_FAILED_LOOKS
        self._failed = 0
        return is_cancelled


def _missing_here(ordered: Ordered) -> str | None:
    here = socket.gethostname()
    missing = [path for path in (ordered.folder, *ordered.needs) if not Path(path).exists()]
    if missing:
        return (
            f"the Dask worker on {here} does not see {missing[0]}: workers on other machines need "
            "the project's and the environments' folders on a shared filesystem (TRACKER_ENV_ROOT)"
        )
    if ordered.host not in (None, here):
        return (
            f"the Dask worker on {here} cannot reach the store, which is served on the loopback of "
            f"{ordered.host}: log to a server (tracker.set_tracking_uri('https://...'))"
        )
    return None


def _run(ordered: Ordered, sender: _Sender, is_over: Callable[[], bool]) -> tuple[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        process = _start(ordered, report)
        reading = threading.Thread(target=sender.pass_on, args=(process.stdout,), daemon=True)
        reading.start()
        try:
            while process.poll() is None and not is_over():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_SECONDS)
        finally:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()  # which ends what still runs
            process.wait()
            reading.join(_UNREAD_SECONDS)
            process.stdout.close()
        return _read(report, process.returncode)


def _read(report: Path, code: int) -> tuple[str, str]:
    try:
        found = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "FAILED", f"what ran it ended with exit code {code}"
    return found["status"], found["reason"] or ""


def _start(ordered: Ordered, report: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker.projects.backends.guarded"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    asked = {
        "line": ordered.line,
        "folder": ordered.folder,
        "variables": {**os.environ, **ordered.variables},
        "report": str(report),
    }
    process.stdin.write(json.dumps(asked).encode() + b"\n")
    process.stdin.flush()
    return process


class _Sender:
    """Sends output in few messages: all that came in a tenth of a second in one."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def pass_on(self, output: Any) -> None:
        """Send all of it. What nobody takes any more is read too, or the job would wait."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while piece := output.read1(_LARGEST_PIECE):
            with suppress(OSError, TimeoutError):
                self._queue.put(("output", decoder.decode(piece)), timeout=_UNREAD_SECONDS)
            if len(piece) < _LARGEST_PIECE:
                time.sleep(_SEND_SECONDS)
