"""Removing runs for good: rows and points first, then the files that only they had."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.artifacts.objects import Objects
from tracker.errors import NotFound
from tracker.store import Store


@dataclass(slots=True)
class Removed:
    """What was done. `left` are places outside of the store: nobody asked to empty those."""

    freed_bytes: int = 0
    left: list[str] = field(default_factory=list)


def remove_runs(store: Store, path: Path, run_ids: Sequence[str]) -> Removed:
    """Remove runs of the store in the file `path`. Raises StoreError.

    A crash in between leaves files without a run, which `tracker doctor` finds.
    """
    removed = Removed()
    uris = {run_id: _artifact_uri(store, run_id) for run_id in run_ids}
    store.delete_runs(run_ids)
    for run_id, uri in uris.items():
        folder = _own_folder(path.parent / "artifacts", uri, run_id)
        if folder is not None:
            removed.freed_bytes += _remove(folder)
        elif uri is not None and not _is_empty(uri):
            removed.left.append(uri)
    removed.freed_bytes += Objects(path.parent / "objects").sweep()
    return removed


def _artifact_uri(store: Store, run_id: str) -> str | None:
    try:
        return store.get_run(run_id).info.artifact_uri
    except NotFound:  # somebody else was quicker
        return None


def _own_folder(artifacts: Path, uri: str | None, run_id: str) -> Path | None:
    """Return the run's folder where it lies in the store, None where it lies elsewhere.

    What the store says is not believed: a run's folder is two levels below the artifacts, bears
    the run's id, and no link leads to it.
    """
    if uri is None:
        return None
    folder = Path(uri).parent
    is_own = folder.name == run_id and folder.resolve().parent.parent == artifacts.resolve()
    return folder if is_own and not folder.is_symlink() else None


def _remove(folder: Path) -> int:
    """Remove a folder and return the bytes that nothing else links to."""
    if not folder.is_dir():
        return 0
    states = [file.lstat() for file in folder.rglob("*") if not file.is_dir()]
    shutil.rmtree(folder)
    return sum(state.st_size for state in states if state.st_nlink == 1)


def _is_empty(uri: str) -> bool:
    """Whether there is nothing to speak of: a local folder that was never made."""
    return ":" not in uri and not Path(uri).exists()
