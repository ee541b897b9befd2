"""Widgets of runs in a real notebook: filtered, ticked, drawn, and pictures once it is closed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import wait_for_kernel

CELLS = [
    """%load_ext tracker
import tracker, traitlets
for rate in (0.1, 0.2, 0.3, 0.4):
    with tracker.start_run(run_name=f"rate {rate}"):
        tracker.log_params({"rate": rate, "depth": 3})
        for step in range(40):
            tracker.log_metric("loss", rate + 1 / (1 + step * rate), step=step)""",
    "table = %runs metrics.loss > 0.31\ntable",
    """chart = tracker.LiveChart()
_ = traitlets.dlink((table, "selection"), (chart, "runs"))
chart""",
]
PATIENCE = 60_000


@pytest.fixture
def notebook(lab: Lab) -> str:
    """A notebook beside a store of its own; returns its path."""
    folder: Path = lab.root / "widgets"
    (folder / ".tracker").mkdir(parents=True, mode=0o700)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "study.ipynb")
    return f"{folder.name}/study.ipynb"


def dark(page: Page) -> None:
    page.evaluate(
        "() => window.jupyterapp.commands.execute"
        "('apputils:change-theme', { theme: 'JupyterLab Dark' })"
    )
    page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")


def test_runs_are_filtered_ticked_and_drawn_in_the_notebook_and_stay_there_as_pictures(
    open_lab: OpenLab, notebook: str, screenshots: Path
) -> None:
    page = open_lab(notebook, width=1280, height=1000)
    wait_for_kernel(page)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    table, chart = page.locator(".tracker-widget").nth(0), page.locator(".tracker-widget").nth(1)
    expect(chart.locator("svg[role=img]")).to_be_visible(timeout=PATIENCE)
    expect(table.locator("tbody tr")).to_have_count(3)

    words = table.get_by_role("textbox", name="Filter")
    words.fill("metrics.loss >> 0.3")
    words.press("Enter")
    expect(table.get_by_role("alert")).to_contain_text("column 14")
    words.fill("metrics.loss > 0.35")
    words.press("Enter")
    expect(table.get_by_role("alert")).to_have_count(0)
    expect(table.locator("tbody tr")).to_have_count(2)

    table.get_by_role("checkbox").nth(0).check()
    table.get_by_role("checkbox").nth(1).check()
    expect(chart.locator("svg")).to_contain_text("rate 0.3")
    expect(chart.locator("svg")).not_to_contain_text("rate 0.1")
    page.screenshot(path=screenshots / "widgets-light.png")
    dark(page)
    page.screenshot(path=screenshots / "widgets-dark.png")

    # What the file keeps is the chart as it became.
    page.wait_for_function(
        "() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.cells.get(2)"
        ".outputs.toJSON()[0].data['image/svg+xml'] ?? '').includes('rate 0.3')"
    )
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)"
    )
    outputs = page.locator(".jp-OutputArea-output")
    expect(page.locator(".tracker-widget")).to_have_count(0)
    expect(outputs.locator(".tracker-runs")).to_be_visible()

    again = open_lab(notebook)
    expect(again.locator(".jp-OutputArea-output .tracker-runs")).to_be_visible(timeout=PATIENCE)
    expect(again.locator(".jp-tracker-widgetView").nth(1).locator("svg, img")).to_be_visible()
    expect(again.get_by_text("model not found")).to_have_count(0)
