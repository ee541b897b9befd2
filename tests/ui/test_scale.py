"""A list of thousands of runs: any place is read at once, and nothing is while nobody looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.benchmarks.peers import OURS
from tests.benchmarks.processes import in_new_process
from tests.benchmarks.runs import fill
from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import show_panel
from tracker.store import open_store

RUNS = 2_000
ROW = 46
LARGEST_PAGE = 100
QUIET_MS = 1000


@pytest.fixture
def folder(lab: Lab, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder whose store has many runs, the last logged with the highest number."""
    place: Path = lab.root / request.node.name
    place.mkdir()
    in_new_process(tmp_path / "filled", fill, OURS, RUNS)
    (tmp_path / "filled" / "store").rename(place / ".tracker")
    return place


def asked_of(page: Page) -> list[Request]:
    """Return what the page asks of our routes from now on; it grows."""
    asked: list[Request] = []
    page.on(
        "request",
        lambda request: asked.append(request) if "/tracker/api/" in request.url else None,
    )
    return asked


def open_run_at(page: Page, place: int) -> None:
    scroller = page.locator(".jp-tracker-list-scroller")
    scroller.evaluate("(node, top) => { node.scrollTop = top; }", place * ROW)
    name = f"Open run run-{RUNS - 1 - place}"
    expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_any_place_of_a_long_list_is_shown_by_few_questions(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    page = open_lab(folder.name)
    asked = asked_of(page)
    show_panel(page)
    expect(page.get_by_role("grid", name="Runs")).to_have_attribute("aria-rowcount", str(RUNS + 1))
    for place in (1_000, 1_900, 300, 0):
        open_run_at(page, place)
        assert page.locator(".jp-tracker-run, .jp-tracker-run-place").count() < 60
    searches = [it.post_data_json for it in asked if it.url.endswith("/runs/search")]
    assert len(searches) <= 12
    assert all(it and it["max_results"] <= LARGEST_PAGE for it in searches)

    page.locator(".jp-tracker-run").first.focus()
    page.keyboard.press("End")
    expect(page.locator(f'[aria-rowindex="{RUNS + 1}"]')).to_be_focused()
    expect(page.get_by_role("button", name="Open run run-1", exact=True)).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator('[aria-rowindex="2"]')).to_be_focused()
    page.screenshot(path=screenshots / "long-list-light.png")


def test_a_panel_that_is_closed_asks_for_nothing_and_catches_up(
    open_lab: OpenLab, lab: Lab
) -> None:
    folder = lab.root / "closed"
    store = open_store(folder / ".tracker")
    store.create_run("0", run_name="before")
    page = open_lab(folder.name)
    show_panel(page)
    expect(page.get_by_role("button", name="Open run before")).to_be_visible()
    asked = asked_of(page)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(page.get_by_role("grid", name="Runs")).to_be_hidden()
    # What was under way when it was closed may still be asked.
    wait_until_quiet(page, asked)
    asked.clear()
    run_id = store.create_run("0", run_name="meanwhile").info.run_id
    for step in range(5):
        store.log_metric(run_id, "m0", float(step), step, step)
    store.update_run(run_id, status="FINISHED")
    page.wait_for_timeout(QUIET_MS)
    assert [it.url for it in asked] == []
    show_panel(page)
    expect(page.get_by_role("button", name="Open run meanwhile")).to_be_visible()


def wait_until_quiet(page: Page, asked: list[Request]) -> None:
    """Wait until the page has asked for nothing in a second."""
    known = -1
    while known != len(asked):
        known = len(asked)
        page.wait_for_timeout(QUIET_MS)
