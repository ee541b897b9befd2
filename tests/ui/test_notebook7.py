"""Notebook 7 has no main area and no activity bar: runs and comparisons are there all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.lab import Lab, running_lab
from tests.ui.layers import layer
from tests.ui.test_quickstart import wait_for_kernel

START_MS = 60_000
CELLS = [
    "%load_ext tracker\nimport tracker",
    "%%track first\nrate = 0.1\ntracker.log_metric('loss', rate)",
    "%%track second\nrate = 0.2\ntracker.log_metric('loss', rate)",
]


@pytest.fixture(scope="module")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    environment = layer("notebook>=7,<8").environment
    work = tmp_path_factory.mktemp("notebook7")
    with running_lab(work, module="notebook", environment=environment) as running:
        yield running


@pytest.fixture
def page(notebook7: Lab, browser: Browser) -> Iterator[Page]:
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, notebook7.root / "study.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    opened = context.new_page()
    # Notebook 7.6 raises one of its own while it starts, without tracker too.
    opened.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    opened.goto(f"{notebook7.url}notebooks/study.ipynb?token={notebook7.token}")
    opened.wait_for_function("() => !!window.jupyterapp", timeout=START_MS)
    opened.evaluate("async () => { await window.jupyterapp.restored; }")
    yield opened
    context.close()
    notebook7.shut_down_kernels()
    assert [error for error in errors if "jupyterlab-tracker" in error] == []


def test_runs_of_a_notebook_are_listed_opened_and_compared(page: Page, screenshots: Path) -> None:
    wait_for_kernel(page)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    links = page.locator('a[href^="#tracker-run="]')
    expect(links).to_have_count(2, timeout=START_MS)

    page.get_by_role("menuitem", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Tracker Runs").click()
    rows = page.locator(".jp-tracker-run")
    expect(rows).to_have_count(2)
    rows.get_by_role("button", name="Open run first").click()
    heading = page.get_by_role("heading", name="first")
    expect(heading).to_be_visible()
    for i in range(2):
        rows.nth(i).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    table = page.locator(".jp-tracker-table")
    expect(table.locator('td[data-key="rate"]').first).to_be_visible()
    page.screenshot(path=screenshots / "notebook7.png")

    rows.get_by_role("button", name="Open run first").click()
    expect(heading).to_be_visible()

    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    expect(rows).to_have_count(4)
