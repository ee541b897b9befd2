"""The main job in a real JupyterLab: run the quickstart, watch its runs, compare three of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import tracker
from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tracker.store import open_store

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"
COMPARED = ["slow", "steady", "hasty"]
RUNS = 13
ALIEN = "of no notebook"
TRAINING_MS = 120_000
TRAIN_LESS = """() => {
  for (const { sharedModel } of window.jupyterapp.shell.currentWidget.content.model.cells) {
    sharedModel.setSource(sharedModel.source.replace('epochs = 40', 'epochs = 4'));
  }
}"""
KERNEL = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own below the server's root, with a store and the quickstart."""
    folder: Path = lab.root / request.node.name
    (folder / ".tracker").mkdir(parents=True, mode=0o700)
    shutil.copy(NOTEBOOK, folder)
    return folder


def wait_for_kernel(page: Page) -> None:
    page.wait_for_function(f"() => {KERNEL}", timeout=60_000)
    page.evaluate(f"async () => {{ await {KERNEL}.info; }}")


def show_panel(page: Page) -> None:
    page.get_by_role("tab", name="Tracker", exact=True).click()
    expect(page.get_by_role("grid", name="Runs")).to_be_visible()


def set_theme(page: Page, theme: str) -> None:
    page.evaluate(
        """async theme => {
          await window.jupyterapp.commands.execute('apputils:change-theme', { theme });
        }""",
        theme,
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
    # Chosen again while it fades, JupyterLab would take its splash away twice, which is an error.
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)


def run_all(page: Page) -> None:
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")


def wait_for_last_cell(page: Page) -> None:
    """Wait until the notebook's last cell has been executed."""
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=TRAINING_MS)


def recorded(folder: Path) -> list[tracker.Run]:
    client = tracker.Client(str(folder / ".tracker"))
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    return list(client.search_runs(experiments))


def wait_until_one_trains(page: Page, name: str) -> None:
    """Wait until the list shows the run of that name, and no other, as one that is going on.

    Asked in every frame: a run may go on for little more than a second.
    """
    page.wait_for_function(
        """name => {
          const rows = [...document.querySelectorAll('#tracker-runs [data-run-id]')];
          const running = rows.filter(row => row.querySelector('[aria-label="Running"]'));
          return running.length === 1
            && running[0].querySelector(`[aria-label="Open run ${name}"]`);
        }""",
        arg=name,
        timeout=TRAINING_MS,
    )


def test_the_quickstart_is_watched_compared_and_run_again(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    page = open_lab(f"{folder.name}/quickstart.ipynb", width=1600, height=1000)
    wait_for_kernel(page)
    show_panel(page)
    rows = page.get_by_role("grid", name="Runs").locator("[data-run-id]")
    expect(rows).to_have_count(0)

    run_all(page)
    wait_until_one_trains(page, "slow")
    page.screenshot(path=screenshots / "training-light.png")
    wait_for_last_cell(page)
    expect(page.get_by_role("grid", name="Runs").get_by_role("img", name="Finished")).to_have_count(
        RUNS
    )

    store = open_store(folder / ".tracker")
    store.create_run("0", run_name=ALIEN, tags={"mlflow.source.name": "train.py"})
    expect(rows).to_have_count(RUNS + 1)
    page.get_by_role("button", name="This notebook").click()
    expect(rows).to_have_count(RUNS)

    card = page.locator(".jp-OutputArea-output", has=page.get_by_text("steady", exact=True)).first
    card.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "card-light.png")
    card.locator("a[href^='#tracker-run=']").click()
    expect(page.get_by_role("heading", name="steady", level=1)).to_be_visible()
    expect(page.locator(".jp-tracker-curves[data-lines]").first).to_be_visible(timeout=60_000)
    page.screenshot(path=screenshots / "run-light.png")

    for name in COMPARED:
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()
    page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Compare").click()
    table = page.get_by_role("region", name="Differences")
    expect(table.locator("td[data-key=loss]")).to_have_count(3)
    charts = page.locator(".jp-tracker-compare .jp-tracker-curves[data-lines]")
    expect(charts.first).to_be_visible(timeout=60_000)

    runs = {run.info.run_name: run for run in recorded(folder)}
    for name in COMPARED:
        run = runs[name]
        for kind, facts in (("metric", run.data.metrics), ("param", run.data.params)):
            for key, value in facts.items():
                cell = table.locator(
                    f"td[data-kind={kind}][data-key='{key}'][data-run-id='{run.info.run_id}']"
                )
                shown = cell.get_attribute("data-value")
                assert shown is not None
                assert (float(shown) if kind == "metric" else shown) == value
    expect(table.locator("tr[data-differs=true] td[data-key=learning_rate]")).to_have_count(3)
    expect(table.locator("tr[data-differs=true] td[data-key=epochs]")).to_have_count(0)

    page.screenshot(path=screenshots / "compare-light.png")
    set_theme(page, "JupyterLab Dark")
    page.screenshot(path=screenshots / "compare-dark.png")

    set_theme(page, "JupyterLab Light")

    # Run All once more, after a restart: as many runs again, none of the first is touched.
    page.get_by_role("tab", name="quickstart.ipynb").click()
    page.evaluate(TRAIN_LESS)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:restart-run-all') }")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.locator(".jp-CodeCell .jp-InputPrompt").last).not_to_have_text(
        re.compile(r"\[\d+\]"), timeout=TRAINING_MS
    )
    wait_for_last_cell(page)
    again = [run for run in recorded(folder) if run.info.run_name != ALIEN]
    assert [run.info.status for run in again] == ["FINISHED"] * (2 * RUNS)
