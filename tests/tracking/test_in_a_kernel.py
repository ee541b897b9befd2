"""Bare runs in a notebook: cells run again, kernels that stop."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import tracker


def execute(folder: Path, *cells: str) -> Any:
    """Run cells in a new kernel, which is then shut down, and return the notebook."""
    sources = [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=sources)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}})
    return client.execute(env=dict(os.environ))


def statuses() -> list[str]:
    runs = tracker.search_runs(order_by=["start_time ASC"], output_format="list")
    return [run.info.status for run in runs]


def test_a_bare_run_spans_cells_and_ends_with_the_next_and_with_the_kernel(
    tmp_path: Path,
) -> None:
    start = "import tracker\nrun = tracker.start_run()\ntracker.log_param('a', 1)"
    log = "tracker.log_metric('m', 1.0)"
    execute(tmp_path, start, log, start, log)
    assert statuses() == ["FINISHED", "FINISHED"]
    runs = tracker.search_runs(output_format="list")
    assert [run.data.metrics for run in runs] == [{"m": 1.0}, {"m": 1.0}]
    assert {run.data.tags["mlflow.source.type"] for run in runs} == {"NOTEBOOK"}
    assert {run.data.tags["mlflow.source.name"] for run in runs} == {"<notebook>"}


def test_a_cell_that_fails_inside_a_block_fails_its_run(tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(tmp_path, "import tracker\nwith tracker.start_run():\n    1 / 0")
    assert statuses() == ["FAILED"]


def test_the_kernels_working_directory_decides_where_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.set_tracking_uri(None)
    (tmp_path / "study").mkdir()
    execute(tmp_path / "study", "import tracker\nwith tracker.start_run(): pass")
    assert (tmp_path / "study" / ".tracker" / "tracker.db").is_file()
