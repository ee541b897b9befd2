"""Which store the sidebar looks at: the folder's, one of MLflow's found below it, any other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import OpenLab, wait_until_started
from tests.ui.lab import Lab
from tests.ui.test_quickstart import set_theme, show_panel
from tracker.store import open_store

MLFLOW = """
import sys
import mlflow
for uri in sys.argv[1:]:
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("digits")
    for model, loss in [("ridge", 0.25), ("lasso", 0.5), ("ridge", 0.125)]:
        with mlflow.start_run(run_name=f"{model}-{loss}"):
            mlflow.log_params({"model": model, "alpha": loss * 2})
            for step in range(5):
                mlflow.log_metric("loss", loss * (5 - step), step=step)
"""


@pytest.fixture(scope="module")
def places(lab: Lab) -> Path:
    """A folder with a store of our own and, in two folders of old projects, MLflow's own two."""
    place = lab.root / "stores"
    folder, database = place / "old" / "mlruns", place / "older" / "mlflow.db"
    folder.parent.mkdir(parents=True)
    database.parent.mkdir()
    # Real MLflow makes them. It wants to be told that folders are still wanted.
    subprocess.run(
        [sys.executable, "-c", MLFLOW, folder.as_uri(), f"sqlite:///{database}"],
        env={**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONWARNINGS": "ignore"},
        cwd=place,
        check=True,
        capture_output=True,
    )
    store = open_store(place / ".tracker")
    for name in ("here-a", "here-b"):
        run_id = store.create_run("0", run_name=name).info.run_id
        store.log_batch(run_id, params={"optimizer": "adam", "note": "it's"}, tags={"stage": "dev"})
        store.update_run(run_id, status="FINISHED")
    return place


@pytest.fixture
def page(open_lab: OpenLab, places: Path) -> Page:
    """The panel, showing the store of the folder."""
    page = open_lab(places.name, width=1280, height=900)
    show_panel(page)
    expect(names(page)).to_have_text(["here-b", "here-a"])
    return page


def names(page: Page) -> Locator:
    return page.locator("#tracker-runs .jp-tracker-run-name")


def switcher(page: Page) -> Locator:
    return page.get_by_role("button", name="Store: ")


def choose(page: Page, place: str) -> None:
    """Open the menu and take the store that lies there."""
    switcher(page).click()
    page.get_by_role("dialog", name="Stores").get_by_text(place, exact=True).click()


def test_the_list_looks_at_any_store_that_is_found(page: Page, screenshots: Path) -> None:
    switcher(page).click()
    menu = page.get_by_role("dialog", name="Stores")
    expect(menu.get_by_text("stores/older/mlflow.db", exact=True)).to_be_visible()
    # The keyboard is on the store looked at, and goes from one to the next.
    expect(menu.get_by_role("button", name="Follows your folder")).to_be_focused()
    set_theme(page, "JupyterLab Light")
    page.screenshot(path=screenshots / "stores-light.png")
    mlruns = menu.locator("button", has_text="stores/old/mlruns").first
    # The stores of other tests are found here too, one after another.
    expect(menu.get_by_role("status")).to_have_text("")
    expect(mlruns).to_be_visible()
    for _ in range(menu.locator("button").count()):
        page.keyboard.press("ArrowDown")
        if mlruns.evaluate("node => node === document.activeElement"):
            break
    expect(mlruns).to_be_focused()
    page.keyboard.press("Enter")
    expect(switcher(page)).to_contain_text("mlruns")
    expect(names(page)).to_have_text(["ridge-0.125", "lasso-0.5", "ridge-0.25"])
    expect(switcher(page)).to_be_focused()

    choose(page, "stores/older/mlflow.db")
    expect(switcher(page)).to_contain_text("mlflow.db")
    expect(switcher(page).get_by_role("img", name="read only")).to_be_visible()
    expect(names(page)).to_have_text(["ridge-0.125", "lasso-0.5", "ridge-0.25"])
    page.get_by_role("checkbox", name="Select all runs shown").check()
    deletes = page.get_by_role("button", name="Delete", exact=True)
    expect(deletes).to_be_disabled()
    expect(deletes).to_have_attribute("title", re.compile("only read here"))

    # Its runs open and are compared as any others, and the choice outlives the page.
    page.get_by_role("button", name="Compare", exact=True).click()
    headers = page.locator(".jp-tracker-compare, .jp-tracker-view").get_by_text("lasso-0.5")
    expect(headers.first).to_be_visible()
    names(page).first.click()
    rename = page.get_by_role("button", name="Rename this run")
    expect(rename).to_be_disabled()
    wait_until_kept(page)
    page.reload()
    wait_until_started(page)
    expect(names(page)).to_have_text(["ridge-0.125", "lasso-0.5", "ridge-0.25"])
    expect(switcher(page)).to_contain_text("mlflow.db")
    expect(rename).to_be_disabled()

    switcher(page).click()
    menu.get_by_role("button", name="Follows your folder").click()
    expect(names(page)).to_have_text(["here-b", "here-a"])


def test_another_store_is_opened_by_its_path(page: Page, lab: Lab, screenshots: Path) -> None:
    elsewhere = lab.root.parent / "elsewhere"
    open_store(elsewhere / ".tracker").create_run("0", run_name="far away")
    switcher(page).click()
    page.get_by_role("button", name="Open another store").click()
    field = page.get_by_role("textbox", name="Path or URL")
    expect(field).to_be_focused()
    field.fill("nowhere/mlruns")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="nothing at")).to_be_visible()
    set_theme(page, "JupyterLab Dark")
    page.screenshot(path=screenshots / "stores-open-dark.png")
    field.fill(str(elsewhere))
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["far away"])
    switcher(page).click()
    recent = page.get_by_role("region", name="Recent")
    expect(recent).to_contain_text(str(elsewhere))
    # Forgotten, it is left too.
    recent.get_by_role("button", name="Forget elsewhere").click()
    expect(names(page)).to_have_text(["here-b", "here-a"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Stores")).to_have_count(0)


def wait_until_kept(page: Page) -> None:
    """Wait until the workspace on the server holds the choice and the open views."""
    page.evaluate(
        """async () => {
          const base = window.jupyterapp.serviceManager.serverSettings.baseUrl;
          const name = location.pathname.split('/workspaces/')[1].split('/')[0];
          for (let text = ''; !/"kind":"mlflow"/.test(text) || !text.includes('tracker-run:');) {
            await new Promise(resolve => setTimeout(resolve, 100));
            const answer = await fetch(`${base}lab/api/workspaces/${name}`);
            text = answer.ok ? JSON.stringify((await answer.json()).data) : '';
          }
        }"""
    )


def test_a_filter_is_completed_with_what_runs_have(page: Page, screenshots: Path) -> None:
    box = page.get_by_role("combobox", name="Filter runs")
    options = page.get_by_role("listbox", name="What can be filtered by").get_by_role("option")
    box.click()
    expect(options.filter(has_text="params.optimizer")).to_be_visible()
    page.keyboard.type("opti")
    expect(options).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box).to_have_value("params.optimizer ")
    expect(options.first).to_contain_text("=")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(options.filter(has_text="'adam'")).to_contain_text("2 runs")
    page.screenshot(path=screenshots / "filter-completion-light.png")
    options.filter(has_text="'adam'").click()
    expect(box).to_have_value("params.optimizer = 'adam' ")
    expect(box).to_be_focused()
    expect(options).to_have_text(["AND", "OR"])
    page.keyboard.type("AND params.note = it")
    expect(options).to_contain_text(["it's"])
    page.keyboard.press("Tab")
    expect(box).to_have_value("params.optimizer = 'adam' AND params.note = \"it's\" ")
    expect(names(page)).to_have_text(["here-b", "here-a"])

    # What is wrong is marked below; a filter that was used is offered again.
    page.keyboard.type("AND parms.lr = 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").locator("mark")).to_have_text("parms.lr")
    box.fill("here-a")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["here-a"])
    page.keyboard.press("Escape")
    expect(names(page)).to_have_text(["here-b", "here-a"])
    page.keyboard.press("ArrowDown")
    expect(options.first).to_contain_text("here-a")

    page.keyboard.press("Escape")
    page.get_by_role("button", name="How to filter").click()
    help_ = page.get_by_role("region", name="How to filter")
    set_theme(page, "JupyterLab Dark")
    page.screenshot(path=screenshots / "filter-help-dark.png")
    help_.get_by_role("button", name="IS NOT NULL").click()
    expect(help_).to_have_count(0)
    expect(names(page)).to_have_text(["here-b", "here-a"])
