"""The page outside JupyterLab, in a browser: the same list, runs and comparisons."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import NewPage
from tests.ui.lab import Lab
from tracker.entities import Metric
from tracker.store import Store, open_store

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
START_MS = 60_000
OpenPage = Callable[..., Page]


@pytest.fixture
def store(lab: Lab, request: pytest.FixtureRequest) -> Store:
    """The store of a folder of the test's own."""
    return open_store(lab.root / request.node.name / ".tracker")


@pytest.fixture
def open_page(lab: Lab, new_page: NewPage, request: pytest.FixtureRequest) -> OpenPage:
    """Open the page on the test's folder, as a person with a light system does."""

    def opened(query: str = "", *, width: int = 1280, height: int = 800) -> Page:
        page = new_page(width, height)
        page.emulate_media(color_scheme="light")
        page.goto(f"{lab.url}tracker?token={lab.token}&folder={request.node.name}{query}")
        expect(page.locator(".jp-tracker-run").first).to_be_attached(timeout=START_MS)
        return page

    return opened


def record(store: Store, name: str, rate: float = 0.1) -> str:
    run_id = store.create_run("0", run_name=name).info.run_id
    points = [Metric("loss", 1 / (1 + step * rate), 1000 + step, step) for step in range(50)]
    store.log_batch(run_id, params={"lr": str(rate), "model": "mlp"}, metrics=points)
    store.update_run(run_id, status="FINISHED")
    return run_id


def wait_until_shown(page: Page, view: str | None) -> None:
    """Wait until the address names the view."""
    pattern = r"/tracker(\?folder=[^&]*)?$" if view is None else rf"[?&]show={view}(&|$)"
    expect(page).to_have_url(re.compile(pattern))


def test_the_address_follows_what_is_in_front_and_leads_back(
    open_page: OpenPage, store: Store, screenshots: Path
) -> None:
    ids = [record(store, f"run {i}", 0.1 * (i + 1)) for i in range(3)]
    page = open_page()
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    page.get_by_role("button", name="Open run run 1").click()
    expect(page.get_by_role("heading", name="run 1")).to_be_visible()
    wait_until_shown(page, "open-run")
    for run_id in ids:
        page.locator(f'.jp-tracker-run[data-run-id="{run_id}"]').get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".jp-tracker-table td[data-run-id]").first).to_be_visible()
    wait_until_shown(page, "compare-runs")
    page.screenshot(path=screenshots / "page-light-1280.png")

    page.reload()
    expect(page.locator(".jp-tracker-table td[data-run-id]").first).to_be_visible(timeout=START_MS)
    page.get_by_role("button", name="Theme: as the system").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    expect(page.locator("body")).to_have_css("color-scheme", "dark")
    page.screenshot(path=screenshots / "page-dark-1280.png")

    page.go_back()
    wait_until_shown(page, "open-run")
    expect(page.get_by_role("heading", name="run 1")).to_be_visible()
    page.go_back()
    wait_until_shown(page, None)
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="run 1")).to_be_visible()
    wait_until_shown(page, "open-run")


def test_what_is_deleted_is_told_with_the_way_back(open_page: OpenPage, store: Store) -> None:
    record(store, "kept")
    record(store, "unwanted")
    page = open_page()
    row = page.locator(".jp-tracker-run").filter(has_text="unwanted")
    row.click(button="right")
    page.get_by_role("menuitem", name="Delete").click()
    expect(row).to_have_count(0)
    page.get_by_role("list", name="Messages").get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    record(store, "recorded meanwhile")
    expect(page.locator(".jp-tracker-run").filter(has_text="meanwhile")).to_be_visible()
    page.keyboard.press("Control+Shift+C")
    page.get_by_label("Search the commands").fill("refresh")
    expect(page.locator(".lm-CommandPalette-item").filter(has_text="Refresh Runs")).to_be_visible()
    page.keyboard.press("Escape")


def test_a_narrow_window_shows_the_list_or_a_view(
    open_page: OpenPage, store: Store, screenshots: Path
) -> None:
    for name in ("baseline", "wider layers", "lower rate"):
        record(store, name)
    page = open_page(width=280, height=640)
    page.screenshot(path=screenshots / "page-light-280.png")
    page.get_by_role("button", name="Open run baseline").click()
    expect(page.get_by_role("heading", name="baseline")).to_be_visible()
    expect(page.locator(".jp-tracker-run").first).to_be_hidden()
    page.get_by_role("button", name="Runs", exact=True).click()
    expect(page.locator(".jp-tracker-run").first).to_be_visible()
    wait_until_shown(page, None)
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_text("Nothing is open")).to_be_visible()


def test_the_page_has_no_barriers(open_page: OpenPage, store: Store) -> None:
    run_id = record(store, "one")
    page = open_page(f"&show=open-run&runId={run_id}")
    expect(page.locator(".jp-tracker-curves[data-lines]").first).to_be_visible()
    page.add_script_tag(path=AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    told = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]
    assert told == []
