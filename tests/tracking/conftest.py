"""Every test records to a store of its own, from a clean start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker
from tracker.store import Store
from tracker.tracking import active, losses, session


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Return the store that the test's calls go to, in the folder `tmp_path/store`."""
    for name in list(os.environ):
        if name.startswith(("MLFLOW_", "TRACKER_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    session.forget_experiment()
    tracker.set_tracking_uri(tmp_path / "store")
    yield session.current_store()
    for run in active.opened_here():
        active.end(run, "FINISHED")
    losses.forget_all()
    session.forget_experiment()
    tracker.set_tracking_uri(None)
