"""Installers as child processes: their lines go to the caller, their end to an error that helps."""

from __future__ import annotations

import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tracker.errors import TrackerError
from tracker.projects.environments.cache import Progress, room
from tracker.projects.environments.requirements import Line

_TAIL_LINES = 20
_LOOK_SECONDS = 0.2
_NO_SPACE = re.compile(r"no space left|ENOSPC|not enough space|disk quota exceeded", re.I)
_ELSEWHERE = frozenset(
    ["PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_TARGET", "PIP_USER", "UV_SYSTEM_PYTHON"]
)
"""Variables of the user's that would have packages installed into, or taken from, other places."""
_CREDENTIALS = re.compile(r"(://)[^/\s@]+@")


class InstallerFailed(TrackerError):
    """An installer ended with an error; `tail` are its last lines, `code` is < 0 for a signal."""

    def __init__(self, message: str, tail: Sequence[str], code: int) -> None:
        super().__init__(message)
        self.tail = tuple(tail)
        self.code = code


def run(
    command: Sequence[str | Path],
    *,
    folder: Path,
    say: Progress,
    lock: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> None:
    """Run an installer in `folder` and give each line that it prints to `say`.

    It inherits `lock`, a descriptor. Raises InstallerFailed; ends its process group on an exception
    such as KeyboardInterrupt, or one that `say` raises, which is asked a few times a second.
    """
    say("")
    words = [os.fspath(word) for word in command]
    inherited = {name: text for name, text in os.environ.items() if name not in _ELSEWHERE}
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    process = _start(words, folder, lock, {**inherited, **(variables or {})})
    try:
        for line in _lines(process):
            if line := without_credentials(line.rstrip()):
                tail.append(line)
            say(line)
        code = process.wait()
    except BaseException:
        _kill(process)
        raise
    if code:
        raise InstallerFailed(_message(words, code, tail, folder), tail, code)


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield what a process prints, and empty lines while it prints nothing."""
    printed: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                printed.put(line)
        printed.put(None)

    threading.Thread(target=read, name="tracker-installer", daemon=True).start()
    is_over = False
    while True:
        try:
            line = printed.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            if is_over:  # and something that it left running keeps its output open
                return
            is_over = process.poll() is not None
            line = ""
        if line is None:
            return
        yield line


def without_credentials(text: str) -> str:
    """Return the text without users and passwords of its URLs."""
    return _CREDENTIALS.sub(r"\1", text)


def blamed(tail: Sequence[str], lines: Sequence[Line]) -> Line | None:
    """Return the requirement that an installer's last lines complain of, if they name one."""
    text = "\n".join(tail).lower()
    named = [line for line in lines if line.option is None and _names(line, text)]
    return max(named, key=lambda line: text.rfind(_name(line)), default=None)


def _names(line: Line, text: str) -> bool:
    name = _name(line)
    return bool(name) and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _name(line: Line) -> str:
    if line.path:
        return line.path.name.lower()
    match = re.match(r"[A-Za-z0-9][\w.-]*", line.text.removeprefix("--editable "))
    return match[0].lower() if match else ""


def _start(
    words: Sequence[str], folder: Path, lock: int | None, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    pass_on = () if lock is None or sys.platform == "win32" else (lock,)
    try:
        return subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=pass_on,
            start_new_session=True,
        )
    except OSError as error:
        raise TrackerError(f"{words[0]} cannot be started: {error.strerror or error}.") from error


def _kill(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _message(words: Sequence[str], code: int, tail: Sequence[str], folder: Path) -> str:
    command = without_credentials(shlex.join(words))
    how = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
    lines = "\n".join(f"  {line}" for line in tail)
    space = ""
    if _NO_SPACE.search("\n".join(tail)):
        space = f"No space is left for it. {room(folder)} TRACKER_ENV_ROOT names another folder.\n"
    return f"{space}{command} {how}" + (f". Its last lines:\n{lines}" if lines else ".")
