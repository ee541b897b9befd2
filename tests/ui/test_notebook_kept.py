"""A run started in a real JupyterLab keeps the notebook as it was, and shows how runs differ."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import wait_for_kernel
from tests.ui.waiting import until
from tracker.capture import tags
from tracker.entities import Run
from tracker.store import open_store

CELLS = [
    "%load_ext tracker\nimport tracker",
    "scale = 2",
    "%%track first\ntotal = scale * 3",
    "with tracker.start_run(run_name='second'):\n    total = scale * 4",
    "%compare first second",
]
PATIENCE = 60_000


@pytest.fixture
def folder(lab: Lab) -> Path:
    """A folder with a store, and a notebook that starts runs."""
    folder: Path = lab.root / "kept"
    (folder / ".tracker").mkdir(parents=True, mode=0o700)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "study.ipynb")
    return folder


def kept(folder: Path) -> dict[str, Path]:
    """The notebooks that the runs kept, by the names of the runs, once all have one."""
    store = open_store(str(folder / ".tracker"))
    files: dict[str, Path] = {}

    def are_there() -> bool:
        runs: list[Run] = list(store.search_runs(None))
        files.update(
            {run.info.run_name: Path(run.info.artifact_uri, tags.NOTEBOOK_FILE) for run in runs}
        )
        return len(files) == 2 and all(file.is_file() for file in files.values())

    until(are_there, "keeping the notebook")
    store.close()
    return files


def test_runs_keep_the_notebook_and_the_notebook_is_saved(open_lab: OpenLab, folder: Path) -> None:
    page = open_lab(f"{folder.name}/study.ipynb")
    wait_for_kernel(page)
    # Not saved by anybody: what the runs keep is what the screen shows.
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(1)"
        ".sharedModel.setSource('scale = 5')"
    )
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    comparison = page.locator(".tracker-comparison")
    expect(comparison).to_contain_text("Code", timeout=PATIENCE)
    for file in kept(folder).values():
        sources = [cell["source"] for cell in json.loads(file.read_text())["cells"]]
        assert sources[1] == "scale = 5"
        assert sources[2] == CELLS[2]
    until(lambda: "scale = 5" in (folder / "study.ipynb").read_text(), "saving the notebook")
