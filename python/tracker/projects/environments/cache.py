"""Where environments are kept: one folder for each content, made once by whoever comes first.

A folder counts as an environment only with `MARKER` in it, which is written last. The maker holds a
lock on a file beside the folder; the installers that it starts inherit the lock, so that nobody
takes a folder over while an installer of a killed maker still writes into it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tracker.errors import TrackerError

VARIABLES = ("TRACKER_ENV_ROOT", "MLFLOW_ENV_ROOT")
"""Environment variables that name the folder of all environments; the first that is set wins."""
MARKER = "tracker-environment.json"
_POLL_SECONDS = 0.05

Progress = Callable[[str], None]
"""Receives lines that tell how far the making of an environment is.

Empty ones only ask whether to go on, which it may answer by raising an exception.
"""


def root() -> Path:
    """Return the folder of all environments."""
    for variable in VARIABLES:
        if folder := os.environ.get(variable):
            return Path(folder).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("jupyterlab-tracker", appauthor=False) / "environments"


def key(content: Mapping[str, object]) -> str:
    """Return the name of the environment that is made from `content`."""
    text = json.dumps(content, sort_keys=True, default=str)
    return "tracker-" + hashlib.sha256(text.encode()).hexdigest()[:24]


def make_once(
    content: Mapping[str, object], make: Callable[[Path, int], Mapping[str, object]], say: Progress
) -> tuple[Path, Mapping[str, object]]:
    """Return the environment's folder and what was noted when it was made.

    Where it is not there, `make(folder, lock)` makes it in a folder that does not exist yet, and
    returns what is to be noted; `lock` is the descriptor that its child processes inherit. What a
    failed or killed maker left is removed. Raises TrackerError where there is no room or right to
    write, and whatever `make` raises.
    """
    name = key(content)
    folder = root() / name
    if (known := _noted(folder)) is not None:
        return folder, known
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder.with_name(f"{name}.lock"), say) as lock:
            if (known := _noted(folder)) is None:
                known = _make(folder, content, make, lock)
    except OSError as error:
        raise TrackerError(
            f"No environment could be made in {folder.parent}: {error.strerror or error}. "
            f"{room(folder.parent)} {VARIABLES[0]} names another folder."
        ) from error
    return folder, known


def room(folder: Path) -> str:
    """Say how much space is left where `folder` is."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    return f"{free / 1e6:,.0f} MB are free there."


def _make(
    folder: Path,
    content: Mapping[str, object],
    make: Callable[[Path, int], Mapping[str, object]],
    lock: int,
) -> Mapping[str, object]:
    _remove(folder)
    try:
        noted = {**make(folder, lock), "content": content}
        noted["has_python"] = python_in(folder).exists()
        half = folder / f"{MARKER}.half"
        half.write_text(json.dumps(noted, indent=1, default=str), encoding="utf-8")
        half.replace(folder / MARKER)
    except BaseException:
        _remove(folder)
        raise
    return noted


def _noted(folder: Path) -> Mapping[str, object] | None:
    """What was noted of a finished environment whose interpreter, if it had one, is still there."""
    try:
        noted = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(noted, dict):
        return None
    # It is a link to the Python it was made with, which may have been removed since.
    is_whole = not noted.get("has_python") or python_in(folder).exists()
    return noted if is_whole else None


def python_in(folder: Path) -> Path:
    """Return where an environment has its interpreter."""
    if sys.platform != "win32":
        return folder / "bin" / "python"
    scripts = folder / "Scripts" / "python.exe"
    return scripts if scripts.exists() else folder / "python.exe"  # the second is conda's


def _remove(folder: Path) -> None:
    """Remove what may be read-only in part; what cannot be removed raises OSError."""

    def let_write(_function: object, path: str, _error: object) -> None:
        Path(path).parent.chmod(0o700)
        Path(path).unlink(missing_ok=True)

    if folder.is_symlink():
        folder.unlink()
    with suppress(FileNotFoundError):
        shutil.rmtree(folder, onerror=let_write)


@contextmanager
def _locked(file: Path, say: Progress) -> Iterator[int]:
    """Hold the file's lock, and give its descriptor. The file stays: others may wait for it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if not _lock(descriptor):
            say("Another process is making this environment; waiting for it.")
            while not _lock(descriptor):
                say("")
                time.sleep(_POLL_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
