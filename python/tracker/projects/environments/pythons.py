"""Which Python a project asks for, and which of those on this machine it gets.

MLflow demands the very patch version. People write `python: 3.8.15` because that is what they had;
any patch of the same minor version runs what they wrote, so it is taken, with a remark.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from tracker.errors import InvalidValue, TrackerError

_PLAIN = re.compile(r"={0,3}\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?((?:a|b|rc)\d+)?(\.\*|\*)?")
_PROBE = "import sys, platform; print(sys.executable); print(platform.python_version())"
_PROBE_SECONDS = 30
_NEWEST_MINOR = 20
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class PythonRequest:
    """The versions that will do, and the `text` that was written.

    `exact` is a patch version that was named. `minor` is set where only one minor version will do.
    """

    text: str
    versions: SpecifierSet
    exact: Version | None = None
    minor: str | None = None


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine."""

    path: Path
    version: Version


def parse_python(text: str | None) -> PythonRequest:
    """Read `3.8.15`, `3.8`, `3.8.*`, `=3.8`, `>=3.8,<3.11` or None for the running version.

    Raises InvalidValue.
    """
    if text is None:
        running = Version(platform.python_version())
        return PythonRequest("", SpecifierSet(f"=={running.major}.{running.minor}.*"))
    written = text.strip().removeprefix("python").strip()
    if match := _PLAIN.fullmatch(written):
        return _plain(text, match)
    try:
        if len(written) > _LONGEST:
            raise InvalidSpecifier
        return PythonRequest(text, SpecifierSet(re.sub(r"(?<![<>=!~])=(?!=)", "==", written)))
    except InvalidSpecifier as error:
        raise InvalidValue(
            f"{text[:100]!r} is no version of Python such as 3.11 or >=3.9."
        ) from error


def _plain(text: str, match: re.Match[str]) -> PythonRequest:
    major, minor, patch, pre, _star = match.groups()
    if minor is None:
        return PythonRequest(text, SpecifierSet(f"=={major}.*"))
    same_minor = f"{major}.{minor}"
    exact = Version(f"{same_minor}.{patch}{pre or ''}") if patch is not None else None
    return PythonRequest(text, SpecifierSet(f"=={same_minor}.*"), exact, same_minor)


def find(request: PythonRequest) -> Interpreter | None:
    """Return the Python of this machine that suits best, or None.

    The very version that was named; else the running one if it will do; else the newest that does.
    """
    best: Interpreter | None = None
    for candidate in _candidates(request):
        interpreter = _probe(candidate)
        if interpreter is None or not _suits(interpreter, request):
            continue
        if request.exact in (None, interpreter.version):
            return interpreter
        if best is None or interpreter.version > best.version:
            best = interpreter
    return best


def remark(request: PythonRequest, version: Version) -> list[str]:
    """Say that another patch version was taken, if it was."""
    if request.exact in (None, version):
        return []
    return [f"Python {version} is used; the project asks for {request.exact}."]


def missing(request: PythonRequest) -> TrackerError:
    """Return the error for a Python that is not to be had."""
    wanted = request.minor or request.text
    return TrackerError(
        f"The project asks for Python {request.text}, and no such Python is on this machine "
        f"(looked for on PATH, in pyenv and in uv). Install it with `uv python install {wanted}` "
        f"or `pyenv install {wanted}`, or run the project with --env-manager local."
    )


def _suits(interpreter: Interpreter, request: PythonRequest) -> bool:
    return request.versions.contains(interpreter.version, prereleases=True)


def _candidates(request: PythonRequest) -> Iterator[Path]:
    """Paths that may be a Python that will do, without starting any; each once, best first."""
    seen: set[Path] = set()
    for path in (Path(sys.executable), *_on_path(request), *_in_pyenv(request), *_in_uv(request)):
        if path not in seen:
            seen.add(path)
            yield path


def _on_path(request: PythonRequest) -> Iterator[Path]:
    minors = [f"3.{minor}" for minor in range(_NEWEST_MINOR, 4, -1)]
    names = [f"python{m}" for m in minors if request.versions.contains(f"{m}.99")]
    for name in (*names, "python3", "python"):
        if found := shutil.which(name):
            yield Path(found)


def _in_pyenv(request: PythonRequest) -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from _in_versions(root / "versions", r"(?P<version>\d+\.\d+\.\d+)", request)


def _in_uv(request: PythonRequest) -> Iterator[Path]:
    given = os.environ.get("UV_PYTHON_INSTALL_DIR")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folder = Path(given) if given else data / "uv" / "python"
    yield from _in_versions(folder, r"cpython-(?P<version>\d+\.\d+\.\d+)-.*", request)


def _in_versions(folder: Path, names: str, request: PythonRequest) -> Iterator[Path]:
    """Interpreters in folders that are named by their versions, the newest first."""
    found: list[tuple[Version, Path]] = []
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        match = re.fullmatch(names, entry.name)
        if match and request.versions.contains(match["version"]):
            found.append((Version(match["version"]), entry / "bin" / "python3"))
    found.sort(key=lambda item: (item[0] == request.exact, item[0]), reverse=True)
    yield from (path for _, path in found if path.exists())


@functools.lru_cache(maxsize=64)
def _probe(path: Path) -> Interpreter | None:
    """Start a Python to ask it for its version; None where it is none (a shim without one)."""
    if path == Path(sys.executable):
        return Interpreter(path, Version(platform.python_version()))
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=True,
        )
        executable, version = answer.stdout.splitlines()
        return Interpreter(Path(executable), Version(version))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
