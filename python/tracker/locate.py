"""Which store belongs to a folder, found the way git finds a repository.

So the kernel, the command line and the panel agree without being told.
"""

from __future__ import annotations

import os
from pathlib import Path

from tracker.errors import StoreError

FOLDER = ".tracker"
"""Name of the folder that holds a store."""
VARIABLES = ("TRACKER_TRACKING_URI", "MLFLOW_TRACKING_URI")
"""Environment variables that name a store outright; the first that is set wins."""


def tracking_uri(folder: Path | None = None) -> str:
    """Return the URI of the store for `folder` (where absent the working directory).

    What an environment variable says; else the nearest `.tracker` in the folder or above it; else
    the `.tracker` that is to be made at the root of the git repository, or in the folder itself
    outside of one. Nothing is created.
    """
    for variable in VARIABLES:
        if uri := os.environ.get(variable):
            return uri
    start = (folder or Path.cwd()).absolute()
    trusted = _trusted_owners(start)
    return str(_nearest_store(start, trusted) or (_git_root(start, trusted) or start) / FOLDER)


def make_store_folder(folder: Path) -> None:
    """Make the folder of a store, closed to others and ignored by git; an existing one stays.

    Raises StoreError.
    """
    try:
        if folder.is_dir():
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"Cannot make the folder {folder} for runs: {error.strerror}. Set another tracking URI."
        ) from error


def _nearest_store(start: Path, trusted: frozenset[int]) -> Path | None:
    """Return the nearest store above, leaving out what a stranger may have put there.

    A folder such as /tmp belongs to everyone: a store planted in it would receive others' runs.
    """
    for folder in (start, *start.parents):
        candidate = folder / FOLDER
        if candidate.is_dir() and _belongs_to(trusted, candidate):
            return candidate
    return None


def _git_root(start: Path, trusted: frozenset[int]) -> Path | None:
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder if _belongs_to(trusted, folder) else None
    return None


def _trusted_owners(start: Path) -> frozenset[int]:
    """Return this user, and whoever owns the folder worked in: its notebooks are run anyway.

    In a container those are often two. Empty on Windows, where files tell nothing of the kind.
    """
    if not hasattr(os, "getuid"):
        return frozenset()
    try:
        return frozenset({os.getuid(), start.stat().st_uid})
    except OSError:
        return frozenset({os.getuid()})


def _belongs_to(trusted: frozenset[int], path: Path) -> bool:
    if not trusted:
        return True
    try:
        return {path.stat().st_uid, path.lstat().st_uid} <= trusted
    except OSError:
        return False
