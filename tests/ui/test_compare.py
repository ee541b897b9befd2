"""What the comparison shows of many runs: how values go together, and a baseline."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tracker.entities import Metric
from tracker.store import Store, open_store

COMPARE = """async runIds => {
  await window.jupyterapp.commands.execute('tracker:compare-runs', { runIds, folder: FOLDER });
}"""


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own below the server's root."""
    place: Path = lab.root / request.node.name
    place.mkdir()
    return place


def log_runs(store: Store, count: int) -> list[str]:
    """Runs of three models whose error falls with the depth, and a cost that rises with it."""
    ids = []
    for i in range(count):
        run_id = store.create_run("0", run_name=f"run {i}", start_time=1000 + i).info.run_id
        metrics = {"error": 1 / (1 + i), "cost": float(i)}
        store.log_batch(
            run_id,
            params={"depth": str(i), "rate": str(10 ** -(i % 4)), "model": "abc"[i % 3]},
            metrics=[Metric(key, value, 1000, 0) for key, value in metrics.items()],
        )
        store.update_run(run_id, status="FINISHED", end_time=2000 + i)
        ids.append(run_id)
    return ids


def compare(page: Page, folder: Path, run_ids: list[str]) -> None:
    page.evaluate(COMPARE.replace("FOLDER", f"'{folder.name}'"), run_ids)
    expect(page.locator(".jp-tracker-table td[data-run-id]").first).to_be_visible()


def choose(page: Page, kind: str) -> Locator:
    page.get_by_role("tab", name=kind, exact=True).click()
    return page.get_by_role("region", name="Curves")


def drag_down(page: Page, grip: Locator, share: float) -> None:
    """Drag along an axis, from its upper end to a share of its length."""
    grip.hover(position={"x": 12, "y": 1})
    page.mouse.down()
    length = float(grip.evaluate("node => node.getBoundingClientRect().height"))
    grip.hover(position={"x": 12, "y": share * length})
    page.mouse.up()


def test_charts_tell_how_params_and_metrics_go_together(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    ids = log_runs(open_store(folder / ".tracker"), 12)
    page = open_lab(folder.name)
    compare(page, folder, ids)

    charts = choose(page, "Parallel")
    lines = charts.locator("path[data-run-id]")
    expect(lines).to_have_count(12)
    grip = charts.get_by_role("slider", name="Range of depth")
    drag_down(page, grip, 0.3)
    # While a pane is read it has a status of its own: this is that of the ranges.
    told = charts.get_by_role("toolbar", name="Ranges").get_by_role("status")
    expect(told).to_have_text("4 of 12 runs")
    page.screenshot(path=screenshots / "parallel-light.png")
    charts.get_by_role("button", name="Draw only these").click()
    expect(lines).to_have_count(4)
    charts.get_by_role("button", name="Clear").click()
    grip.focus()
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    expect(told).to_have_text("2 of 4 runs")
    page.keyboard.press("Escape")
    expect(told).to_contain_text("Drag along an axis")

    charts = choose(page, "Scatter")
    expect(charts.locator(".points path")).to_have_count(4)
    charts.get_by_role("combobox", name="X", exact=True).select_option("cost")
    charts.get_by_role("combobox", name="Y", exact=True).select_option("error")
    expect(charts.get_by_text("no other beats")).to_have_count(0)
    for i in range(8):
        page.get_by_role("list", name="Legend").get_by_role("button").nth(i).click()
    expect(charts.locator(".points path")).to_have_count(12)

    charts = choose(page, "Box")
    expect(charts.locator(".boxlayer .boxes path.box")).to_have_count(3)
    charts = choose(page, "Contour")
    expect(charts.locator(".contourlayer .contourfill path").first).to_be_visible()
    charts = choose(page, "Importance")
    expect(charts.locator("tr").first).to_contain_text("depth")
    expect(charts.locator("tr").first).to_contain_text("1.00")


def test_two_hundred_runs_are_held_against_one_of_them(open_lab: OpenLab, folder: Path) -> None:
    ids = log_runs(open_store(folder / ".tracker"), 200)
    page = open_lab(folder.name)
    compare(page, folder, ids)
    table = page.locator(".jp-tracker-table")
    assert table.locator("thead th").count() < 30
    table.get_by_role("button", name="Baseline: run 2", exact=True).click()
    expect(table.locator("thead th").first).to_contain_text("run 2")
    cell = table.locator(f'td[data-key="error"][data-run-id="{ids[0]}"]')
    expect(cell).to_contain_text("+0.667 (+200 %)")
    table.evaluate("node => { node.parentElement.scrollLeft = 1e9; }")
    last = table.locator(f'td[data-key="error"][data-run-id="{ids[199]}"]')
    expect(last).to_have_attribute("data-value", "0.005")
    expect(cell).to_have_count(0)
    expect(table.locator("thead th").first).to_contain_text("run 2")
