"""With real-time collaboration a notebook is several people's: runs keep it, and all see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import wait_until_started
from tests.ui.lab import Lab, running_lab
from tests.ui.layers import layer
from tests.ui.test_quickstart import wait_for_kernel
from tests.ui.waiting import until
from tracker.capture import tags
from tracker.store import open_store

START_MS = 60_000
CELLS = [
    "%load_ext tracker\nimport tracker",
    "rate = 0.1",
    "%%track shared\ntracker.log_metric('loss', rate)",
]
EDIT = """() => window.jupyterapp.shell.currentWidget.content.model.cells.get(1)
  .sharedModel.setSource('rate = 0.7')"""


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    environment = layer("jupyter-collaboration>=4").environment
    work = tmp_path_factory.mktemp("shared")
    with running_lab(work, environment=environment) as running:
        yield running


@pytest.fixture
def people(shared_lab: Lab, browser: Browser) -> Iterator[list[Page]]:
    """Two people who have the same notebook open."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, shared_lab.root / "study.ipynb")
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    pages = []
    for name in ("ada", "grace"):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
        # A machine that is busy is asked for patience, which is no question about versions.
        patience = page.get_by_role("button", name="Continue waiting", exact=True)
        page.add_locator_handler(patience, lambda button: button.click())
        address = f"{shared_lab.url}lab/workspaces/{name}/tree/study.ipynb"
        page.goto(f"{address}?token={shared_lab.token}")
        wait_until_started(page)
        pages.append(page)
    yield pages
    for context in contexts:
        context.close()
    shared_lab.shut_down_kernels()
    assert [error for error in errors if "jupyterlab-tracker" in error] == []


def kept_sources(root: Path, count: int) -> list[list[str]]:
    """The cells of the notebooks that so many runs kept, the newest first."""
    store = open_store(root / ".tracker")

    def files() -> list[Path]:
        runs = store.search_runs(None)
        return [Path(run.info.artifact_uri, tags.NOTEBOOK_FILE) for run in runs]

    until(
        lambda: len(files()) == count and all(file.is_file() for file in files()),
        "keeping the notebook",
    )
    books = [json.loads(file.read_text()) for file in files()]
    return [["".join(cell["source"]) for cell in book["cells"]] for book in books]


def test_two_people_see_one_run_which_keeps_what_both_wrote(
    people: list[Page], shared_lab: Lab
) -> None:
    ada, grace = people
    for page in people:
        wait_for_kernel(page)
    assert ada.evaluate("() => window.jupyterapp.hasPlugin('@jupyter/docprovider-extension:yfile')")
    # One writes, the other runs at once: nobody has saved.
    grace.evaluate(EDIT)
    second = ada.locator(".jp-Notebook .jp-CodeCell").nth(1)
    expect(second.locator(".jp-InputArea-editor")).to_contain_text("rate = 0.7", timeout=START_MS)
    ada.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    for page in people:
        expect(page.locator('a[href^="#tracker-run="]')).to_have_count(1, timeout=START_MS)
        page.get_by_role("tab", name="Tracker", exact=True).click()
        expect(page.locator(".jp-tracker-run")).to_have_count(1)
    (sources,) = kept_sources(shared_lab.root, 1)
    assert sources == [CELLS[0], "rate = 0.7", CELLS[2]]

    grace.locator('a[href^="#tracker-run="]').click()
    expect(grace.get_by_role("heading", name="shared", level=1)).to_be_visible()
    ada.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    for page in people:
        expect(page.locator(".jp-tracker-run")).to_have_count(2)
        # Nobody is asked whose version of the notebook it is to be.
        expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert kept_sources(shared_lab.root, 2)[0] == sources
