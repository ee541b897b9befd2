"""A store with three runs, which the widgets of a test look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ipywidgets
import pytest

import tracker


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Record three runs and give their ids by name; close every widget afterwards."""
    tracker.set_tracking_uri(tmp_path / "store")
    ids = {}
    for number, rate in enumerate(("0.1", "0.01", "0.5")):
        with tracker.start_run(run_name=f"sgd-{rate}") as run:
            tracker.log_params({"lr": rate, "depth": 3})
            for step in range(10):
                tracker.log_metric("loss", (number + 1) / (step + 1), step=step)
        ids[f"sgd-{rate}"] = run.info.run_id
    yield ids
    ipywidgets.Widget.close_all()
    tracker.set_tracking_uri(None)
