"""A folder that is to be MLflow's, whatever it is called."""

from __future__ import annotations

from pathlib import Path

from tracker.errors import StoreError
from tracker.store import open_store
from tracker.transfer.targets import Target, open_target


def open_mlruns(folder: Path) -> Target:
    """Return the way into an mlruns folder, which is made where there is none.

    Raises StoreError where the folder holds something else.
    """
    from tracker.store.mlruns import experiment_changes
    from tracker.store.mlruns.layout import holds_experiments

    folder = folder.expanduser().absolute()
    if not holds_experiments(folder):
        if folder.exists() and any(it.name != ".trash" for it in folder.iterdir()):
            raise StoreError(f"{folder} holds something else. Name a folder that is empty or new.")
        # Afterwards it is told by its content, not by its name.
        experiment_changes.begin(str(folder))
    return open_target(open_store(folder))
