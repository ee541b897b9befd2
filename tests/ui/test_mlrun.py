"""A project run from a notebook in a real JupyterLab: watched, cancelled, found in the panel."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.projects.runs import is_alive, project
from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import recorded, set_theme, show_panel, wait_for_kernel

MLPROJECT = """
    name: wine-quality
    entry_points:
      main:
        parameters:
          alpha: {type: float, default: 0.5}
          l1_ratio: {type: float, default: 0.1}
        command: "python train.py {alpha} {l1_ratio}"
      forever:
        command: "python forever.py"
"""
TRAIN = """
    import math, os, sys, time
    from pathlib import Path
    import tracker

    alpha = float(sys.argv[1])
    print(f"Training with alpha={alpha} on <b>1,599</b> wines")
    gate = Path("gate")
    for epoch in range(60):
        loss = alpha * math.exp(-epoch / 15) + 0.05 * math.cos(epoch)
        tracker.log_metrics({"rmse": 0.6 + loss, "r2": 0.9 - loss}, step=epoch)
        print(f"epoch {epoch:2d}  rmse {0.6 + loss:.4f}  r2 {0.9 - loss:.4f}")
        while epoch == 40 and not gate.exists():
            time.sleep(0.05)
    tracker.log_text("a model", "model/model.txt")
"""
FOREVER = """
    import os, signal, time
    from pathlib import Path
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path("pid").write_text(str(os.getpid()))
    print("cannot be persuaded to end", flush=True)
    time.sleep(600)
"""
CELLS = [
    "%load_ext tracker",
    "%mlrun wine -P alpha=0.25 --run-name wine --yes",
    "%mlrun wine -e forever --run-name forever --yes",
]


@pytest.fixture
def folder(lab: Lab) -> Path:
    """A folder with a store, a project, and a notebook that runs it."""
    folder: Path = lab.root / "mlrun"
    (folder / ".tracker").mkdir(parents=True, mode=0o700)
    project(folder / "wine", MLPROJECT, train__py=TRAIN, forever__py=FOREVER)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "wine.ipynb")
    return folder


def card_in(page: Page, cell: int) -> Locator:
    return page.locator(".jp-CodeCell").nth(cell).locator(".tracker-card")


def test_a_project_is_watched_cancelled_and_found_in_the_panel(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    page = open_lab(f"{folder.name}/wine.ipynb", width=1400, height=900)
    wait_for_kernel(page)
    show_panel(page)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")

    card = card_in(page, 1)
    log = card.locator(".tracker-log")
    expect(log).to_contain_text("epoch 40", timeout=90_000)
    expect(card).to_contain_text("running")
    expect(card).to_contain_text("alpha = 0.25")
    expect(card.locator("svg path").first).to_be_visible()
    assert log.locator("b").count() == 0, "what a project prints is text"
    page.screenshot(path=screenshots / "mlrun-light.png")
    set_theme(page, "JupyterLab Dark")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    page.screenshot(path=screenshots / "mlrun-dark.png")
    set_theme(page, "JupyterLab Light")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)

    (folder / "wine" / "gate").touch()
    expect(card).to_contain_text("finished", timeout=60_000)
    card.get_by_text("Output").click()
    expect(log).to_contain_text("epoch 59")

    endless = card_in(page, 2)
    expect(endless.locator(".tracker-log")).to_contain_text("cannot be persuaded", timeout=60_000)
    endless.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel the run").click()
    expect(endless).to_contain_text("killed", timeout=60_000)
    expect(endless).to_contain_text("Cancelled from JupyterLab")
    page.screenshot(path=screenshots / "mlrun-cancelled.png")
    assert not is_alive(int((folder / "wine" / "pid").read_text()))

    runs = {run.info.run_name: run for run in recorded(folder)}
    assert {name: run.info.status for name, run in runs.items()} == {
        "wine": "FINISHED",
        "forever": "KILLED",
    }
    rows = page.get_by_role("grid", name="Runs").locator("[data-run-id]")
    expect(rows).to_have_count(2)
    card.get_by_role("link", name="Open in panel").click()
    expect(page.get_by_role("heading", name="wine", level=1)).to_be_visible()
    artifacts = page.get_by_role("region", name="Artifacts")
    artifacts.get_by_role("treeitem", name="project").click()
    artifacts.get_by_role("treeitem", name="log.txt").click()
    expect(artifacts).to_contain_text("epoch 59", timeout=60_000)
    page.screenshot(path=screenshots / "mlrun-run.png")
