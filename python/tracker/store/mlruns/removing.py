"""Removing runs for good."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from tracker.store.mlruns.files import failure, remove
from tracker.store.mlruns.layout import META, below, folders_in


def remove_run(path: str) -> None:
    """Remove what MLflow keeps of a run; its artifacts are somebody else's to remove.

    The meta.yaml goes first: what is left then is no run any more. Raises StoreError.
    """
    remove(below(path, META))
    try:
        for name in folders_in(path):
            if name != "artifacts":
                shutil.rmtree(below(path, name))
        for entry in list(Path(path).iterdir()):
            if not entry.is_dir() or entry.is_symlink():
                entry.unlink()
    except OSError as error:
        raise failure(path, error) from error
    with suppress(OSError):  # not empty: there are artifacts
        Path(path, "artifacts").rmdir()
    with suppress(OSError):
        Path(path).rmdir()
