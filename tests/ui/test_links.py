"""From cells to their runs and back, in a real JupyterLab: marks, reveal, again, verify, export."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

import tracker
from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import recorded, set_theme, wait_for_kernel
from tests.ui.waiting import until

CELLS = [
    "%load_ext tracker\nimport tracker",
    "%%track baseline\nrate = 0.5\ntracker.log_metric('twice', rate * 2)",
    "with tracker.start_run(run_name='plain'):\n    tracker.log_param('kind', 'ordinary')",
    "x = 1\ny = 2  # no run of its own",
]
PATIENCE = 60_000


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder with a store, and a notebook whose second and third cells make runs."""
    folder: Path = lab.root / request.node.name
    (folder / ".tracker").mkdir(parents=True, mode=0o700)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "study.ipynb")
    return folder


def mark(page: Page, cell: int) -> Locator:
    return page.locator(".jp-Notebook .jp-CodeCell").nth(cell).locator(".jp-tracker-cell-mark")


def set_source(page: Page, cell: int, source: str) -> None:
    page.evaluate(
        "([cell, source]) => window.jupyterapp.shell.currentWidget.content.model.cells.get(cell)"
        ".sharedModel.setSource(source)",
        [cell, source],
    )


def execute(page: Page, command: str, **arguments: object) -> None:
    page.evaluate(
        "([command, args]) => { window.jupyterapp.commands.execute(command, args) }",
        [command, arguments],
    )


def run_of(folder: Path, name: str) -> tracker.Run:
    return next(run for run in recorded(folder) if run.info.run_name == name)


def cells_written(folder: Path) -> list[str]:
    """The cells of the notebook that was made of a run; none until all of it is written."""
    for written in folder.glob("study-*.ipynb"):
        with contextlib.suppress(ValueError):
            return [cell["source"] for cell in json.loads(written.read_text())["cells"]]
    return []


def run_all(page: Page) -> None:
    wait_for_kernel(page)
    execute(page, "notebook:run-all-cells")
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=PATIENCE)


def test_cells_that_made_runs_are_marked_and_grow_stale(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    page = open_lab(f"{folder.name}/study.ipynb", width=1280, height=800)
    run_all(page)
    expect(mark(page, 1)).to_have_accessible_name(
        "1 run of this cell; latest: baseline, Finished", timeout=PATIENCE
    )
    expect(mark(page, 2)).to_have_accessible_name(re.compile("plain, Finished"))
    expect(mark(page, 0)).to_have_count(0)
    expect(mark(page, 3)).to_have_count(0)

    set_source(page, 1, CELLS[1].replace("0.5", "0.25"))
    expect(mark(page, 1)).to_have_accessible_name(re.compile("edited since"))
    expect(mark(page, 2)).not_to_have_accessible_name(re.compile("edited"))
    mark(page, 1).focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Runs of This Cell")
    expect(menu.get_by_role("menuitem", name="Open Run “baseline”")).to_be_visible()
    page.screenshot(path=screenshots / "cell-mark-light.png")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    changes = page.get_by_role("group", name="What changed in the cell")
    expect(changes.locator("[data-kind=removed]")).to_contain_text("rate = 0.5")
    expect(changes.locator("[data-kind=added]")).to_contain_text("rate = 0.25")
    set_theme(page, "JupyterLab Dark")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    page.screenshot(path=screenshots / "cell-changes-dark.png")
    set_theme(page, "JupyterLab Light")
    page.get_by_role("button", name="Close", exact=True).click()

    # Executed as it is now it is up to date again, and there is something to compare with.
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    execute(page, "notebook:run-cell")
    expect(mark(page, 1)).to_have_accessible_name(
        "2 runs of this cell; latest: baseline, Finished", timeout=PATIENCE
    )
    # A cell that is moved takes its mark along, one that is deleted takes it away.
    execute(page, "notebook:move-cell-up")
    expect(mark(page, 0)).to_have_accessible_name(re.compile("2 runs"))
    expect(page.locator(".jp-tracker-cell-mark")).to_have_count(2)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2; }")
    execute(page, "notebook:delete-cell")
    expect(page.locator(".jp-tracker-cell-mark")).to_have_count(1)
    mark(page, 0).click()
    menu.get_by_role("menuitem", name="Compare with the Previous").click()
    expect(page.get_by_role("tab", name=re.compile("Compare 2 runs"))).to_be_visible(
        timeout=PATIENCE
    )


def test_a_run_leads_to_its_cell_and_to_new_runs(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    page = open_lab(f"{folder.name}/study.ipynb", width=1280, height=800)
    run_all(page)
    expect(mark(page, 1)).to_be_visible(timeout=PATIENCE)
    mark(page, 1).click()
    page.get_by_role("menuitem", name="Open Run “baseline”").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("baseline", timeout=PATIENCE)

    def act(name: str) -> None:
        page.get_by_role("button", name="Actions").click()
        page.get_by_role("menuitem", name=name).click()

    act("Run Again with Other Params")
    form = page.get_by_role("dialog")
    rate = form.get_by_label("rate")
    expect(rate).to_have_value("0.5", timeout=PATIENCE)
    rate.fill("many")
    expect(form.get_by_role("alert")).to_have_text("A number is needed.")
    rate.fill("0.75")
    form.get_by_label("Name of the new run").fill("second try")
    form.get_by_label("Environment").select_option("local")
    page.screenshot(path=screenshots / "run-again-light.png")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(form).to_have_count(0, timeout=PATIENCE)
    expect(heading.filter(has_text="second try")).to_be_visible(timeout=PATIENCE)
    until(lambda: run_of(folder, "second try").info.status == "FINISHED", "the second run")
    again = run_of(folder, "second try")
    assert again.data.params["rate"] == "0.75"
    assert again.data.metrics["twice"] == 1.5

    baseline = run_of(folder, "baseline").info.run_id
    here = {"runId": baseline, "folder": folder.name}
    execute(page, "tracker:open-run", **here)
    expect(heading.filter(has_text="baseline")).to_be_visible()
    act("Verify")
    form.get_by_label("Environment").select_option("local")
    form.get_by_role("button", name="Verify", exact=True).click()
    expect(form).to_have_count(0, timeout=PATIENCE)
    expect(page.locator(".jp-tracker-badge[data-verdict]").first).to_have_text(
        "reproduced exactly", timeout=PATIENCE
    )
    set_theme(page, "JupyterLab Dark")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    page.screenshot(path=screenshots / "run-verified-dark.png")
    set_theme(page, "JupyterLab Light")

    act("Export as MLproject")
    expect(form.get_by_role("textbox")).to_have_value(f"{folder.name}/study-project")
    form.get_by_role("button", name="Export").click()
    expect(form).to_have_count(0)
    until((folder / "study-project" / "MLproject").is_file, "the export")
    act("Open as Notebook")
    until(lambda: cells_written(folder), "the notebook")
    assert cells_written(folder)[1] == CELLS[1]

    execute(page, "tracker:reveal-cell", **here)
    active = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("%%track baseline")
    title = page.locator(".lm-DockPanel-tabBar .lm-mod-current .lm-TabBar-tabLabel")
    expect(title.filter(has_text="study.ipynb")).to_be_visible()
    execute(page, "notebook:delete-cell")
    execute(page, "tracker:reveal-cell", **here)
    expect(page.get_by_text("The cell of this run is gone.")).to_be_visible(timeout=PATIENCE)
