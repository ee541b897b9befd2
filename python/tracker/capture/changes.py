"""How the project's own files that a run used differ from the commit that is checked out.

Starts git, so it belongs into a background thread; the user's cell never waits for it. Only files
that the run used are looked at: the notebook, and the modules of the project that are imported.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

MOST = 500_000
"""Bytes of a patch that are kept; whole files are left out beyond."""
MOST_FILES = 500
_SECONDS = 20
_QUIET = [
    *("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"),
    *("-c", "core.hooksPath=" + os.devnull),
]


@dataclass(frozen=True, slots=True)
class Changes:
    """A patch that `git apply` takes, and the files whose part of it was too long to keep."""

    patch: str
    left_out: tuple[str, ...] = ()

    @property
    def is_dirty(self) -> bool:
        """Whether any of the files differs from the commit."""
        return bool(self.patch or self.left_out)


def imported_files(root: Path, modules: Iterable[ModuleType]) -> list[Path]:
    """Return the files of imported modules that lie in the project, installed ones left out."""
    # Modules found by way of a link to the folder tell that way as their place.
    prefixes = tuple({f"{folder}{os.sep}" for folder in (root, root.resolve())})
    found = set()
    for module in modules:
        file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
        if isinstance(file, str) and file.startswith(prefixes) and file.endswith(".py"):
            path = Path(file).resolve()
            if not _is_installed(path):
                found.add(path)
    return sorted(found)[:MOST_FILES]


def _is_installed(path: Path) -> bool:
    inside = {"site-packages", "dist-packages"} & set(path.parts)
    environment = sys.prefix != sys.base_prefix and path.is_relative_to(sys.prefix)
    return bool(inside) or environment


def changes_of(root: Path, files: Sequence[Path]) -> Changes | None:
    """Return how the files differ from the commit; None where git cannot tell.

    New files are in the patch too. `root` is the work tree's top folder.
    """
    git, root = shutil.which("git"), root.resolve()
    names = [str(file.relative_to(root)) for file in files if file.is_relative_to(root)]
    if git is None or not names:
        return None
    changed = _git(git, root, "diff", "--name-only", "-z", "HEAD", "--", *names)
    new = _git(git, root, "ls-files", "-z", "--others", "--", *names)
    if changed is None or new is None:
        return None
    parts, left_out, room = [], [], MOST
    for name, patch in _patches(git, root, _names(changed), _names(new)):
        if patch is None or len(patch) > room:
            left_out.append(name)
            continue
        room -= len(patch)
        parts.append(patch)
    return Changes(b"".join(parts).decode("utf-8", "replace"), tuple(left_out))


def _patches(
    git: str, root: Path, changed: list[str], new: list[str]
) -> Iterator[tuple[str, bytes | None]]:
    for name in changed:
        options = ("--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/")
        yield name, _git(git, root, "diff", *options, "--dst-prefix=b/", "HEAD", "--", name)
    for name in new:
        yield name, _new_file(root, name)


def _git(git: str, root: Path, *arguments: str) -> bytes | None:
    # A name with wildcards in it means that name.
    environment = {**os.environ, "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [git, *_QUIET, *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _names(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _new_file(root: Path, name: str) -> bytes | None:
    """Return a file that git does not know as a patch that makes it; None for a very long one."""
    path = root / name
    try:
        if path.stat().st_size > MOST:
            return None
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        return None
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n\\ No newline at end of file\n"
    body = "".join(difflib.unified_diff([], lines, "/dev/null", f"b/{name}"))
    return f"diff --git a/{name} b/{name}\nnew file mode 100644\n{body}".encode()
