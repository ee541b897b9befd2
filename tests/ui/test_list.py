"""The list of runs: columns, groups, nested runs, stars, eyes, experiments, ticks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import set_theme
from tests.ui.waiting import until
from tracker.entities import Metric
from tracker.server.runs.nesting import PARENT
from tracker.store import Store, open_store

START = 1_700_000_000_000


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own below the server's root, so that nothing else is listed."""
    place: Path = lab.root / request.node.name
    place.mkdir()
    return place


def log(store: Store, name: str, minute: int, rate: str, loss: float, parent: str = "") -> str:
    start = START + minute * 60_000
    tags = {PARENT: parent} if parent else {}
    run_id = store.create_run("1", run_name=name, start_time=start, tags=tags).info.run_id
    points = [Metric("loss", loss + 1 / step, start + step, step) for step in range(1, 30)]
    points.append(Metric("loss", loss, start + 30, 30))
    store.log_batch(run_id, params={"lr": rate}, metrics=points)
    store.update_run(run_id, status="FINISHED", end_time=start + minute * 1000 + 1)
    return run_id


@pytest.fixture
def store(folder: Path) -> Store:
    """Six runs of three rates, three of them nested in the newest, and 100 experiments."""
    store = open_store(folder / ".tracker")
    for number in range(100):
        store.create_experiment(f"study {number}")
    log(store, "slow", 1, "0.001", 0.9)
    log(store, "good", 2, "0.1", 0.1)
    sweep = log(store, "sweep", 3, "0.01", 0.5)
    for number in range(3):
        log(store, f"trial {number}", 4 + number, "0.1", 0.3 + number / 10, sweep)
    return store


@pytest.fixture
def page(open_lab: OpenLab, folder: Path, store: Store) -> Page:
    """The panel, showing the runs of that store."""
    page = open_lab(folder.name, width=1600)
    page.get_by_role("tab", name="Tracker", exact=True).click()
    expect(rows(page)).to_have_count(3)
    return page


def rows(page: Page) -> Locator:
    return page.locator(".jp-tracker-run")


def names(page: Page) -> Locator:
    return page.locator(".jp-tracker-run-name")


def widen(page: Page) -> None:
    """Draw the sidebar wide with the mouse, as a person does."""
    side = page.locator("#tracker-runs").bounding_box()
    assert side is not None
    edge = side["x"] + side["width"] + 2
    page.mouse.move(edge, 400)
    page.mouse.down()
    page.mouse.move(edge + 200, 400)
    page.mouse.move(side["x"] + 900, 400)
    page.mouse.up()


def stored(store: Store, name: str) -> str:
    [run] = store.search_runs(None, filter_string=f"run_name = '{name}'")
    return run.info.run_id


def test_nested_runs_fold_and_are_ticked_by_keyboard_and_mouse(
    page: Page, screenshots: Path
) -> None:
    expect(names(page)).to_have_text(["sweep", "good", "slow"])
    rows(page).first.focus()
    page.keyboard.press("ArrowRight")
    expect(names(page)).to_have_text(["sweep", "trial 2", "trial 1", "trial 0", "good", "slow"])
    page.screenshot(path=screenshots / "list-nested-light.png")
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    count = page.locator(".jp-tracker-actions-count")
    expect(count).to_have_text("2 selected")
    page.keyboard.press("Control+a")
    expect(count).to_have_text("6 selected")
    page.get_by_role("button", name="Clear", exact=True).click()
    rows(page).nth(1).click(position={"x": 200, "y": 36})
    rows(page).nth(3).click(position={"x": 200, "y": 36}, modifiers=["Shift"])
    expect(count).to_have_text("3 selected")
    rows(page).nth(2).click(position={"x": 200, "y": 36}, modifiers=["Control"])
    expect(count).to_have_text("2 selected")
    rows(page).nth(3).focus()
    page.keyboard.press("ArrowLeft")
    expect(rows(page).first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(names(page)).to_have_text(["sweep", "good", "slow"])


def test_columns_are_chosen_sorted_by_and_put_into_groups(page: Page, screenshots: Path) -> None:
    page.get_by_role("button", name="Columns and groups").click()
    page.get_by_role("checkbox", name="lr", exact=True).check()
    page.get_by_role("button", name="loss min").click()
    page.keyboard.press("Escape")
    expect(rows(page).nth(1)).to_contain_text("lr 0.1")
    widen(page)
    page.get_by_role("button", name="loss (min)", exact=True).click()
    expect(names(page)).to_have_text(["good", "sweep", "slow"])
    page.get_by_role("button", name="loss (min)", exact=True).click()
    expect(names(page)).to_have_text(["slow", "sweep", "good"])
    page.screenshot(path=screenshots / "list-columns-light.png")

    page.get_by_role("button", name="Columns and groups").click()
    page.get_by_role("combobox", name="Group by").select_option("param:lr")
    page.keyboard.press("Escape")
    groups = page.locator("[data-group]")
    expect(groups).to_have_count(3)
    expect(groups.first).to_have_attribute("data-group", "0.001")
    fast = page.locator('[data-group="0.1"]')
    # 0.1, 0.3, 0.4 and 0.5: the nested runs count as all others.
    expect(fast.locator(".jp-tracker-count")).to_have_text("4")
    expect(fast.locator("[data-key=loss]")).to_have_text("0.3250 ± 0.17")
    fast.click()
    expect(names(page)).to_have_text(["trial 2", "trial 1", "trial 0", "good"])
    set_theme(page, "JupyterLab Dark")
    page.screenshot(path=screenshots / "list-groups-dark.png")


def test_stars_and_eyes_mark_runs(page: Page, store: Store) -> None:
    page.get_by_role("button", name="Open run good").locator("xpath=../..").hover()
    page.get_by_role("button", name="Favourite good").click()
    expect(page.get_by_role("button", name="Favourite good")).to_have_attribute(
        "aria-pressed", "true"
    )
    good = stored(store, "good")
    until(
        lambda: store.get_run(good).data.tags.get("tracker.favourite") == "true", "storing the star"
    )
    page.get_by_role("button", name="Favourites", exact=True).click()
    expect(names(page)).to_have_text(["good"])
    rows(page).first.focus()
    page.keyboard.press("f")
    expect(page.get_by_text("No favourites here")).to_be_visible()
    page.get_by_role("button", name="Show all runs").last.click()
    expect(rows(page)).to_have_count(3)

    curve = page.locator(f'[data-run-id="{stored(store, "slow")}"] svg.jp-tracker-sparkline')
    expect(curve).to_have_count(1)
    page.get_by_role("button", name="Open run slow").click(button="right")
    page.get_by_role("menuitem", name="Hide from Charts").click()
    expect(curve).to_have_count(0)
    for name in ("slow", "good"):
        page.get_by_role("checkbox", name=f"Select {name}").click()
    page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Compare").click()
    expect(page.get_by_role("region", name="Differences").get_by_text("slow")).to_be_visible()
    legend = page.locator(".jp-tracker-compare .jp-tracker-legend")
    expect(legend.get_by_role("button", pressed=True)).to_have_count(1)


def test_one_of_100_experiments_is_found_by_typing(page: Page) -> None:
    page.get_by_role("button", name="Experiment: All experiments").click()
    box = page.get_by_role("combobox", name="Search experiments")
    expect(box).to_be_focused()
    box.fill("study 9")
    found = page.get_by_role("listbox", name="Experiments").get_by_role("option")
    expect(found).to_have_count(19)
    box.fill("study 99")
    box.press("Enter")
    expect(page.get_by_text("No runs in this experiment yet")).to_be_visible()
    expect(page.get_by_role("button", name="Experiment: study 99")).to_be_focused()
