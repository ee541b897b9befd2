"""What a person does to runs in the panel: sort, rename, describe, tag, delete, undo, restore."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import show_panel
from tests.ui.waiting import until
from tracker.store import Store, open_store

OPEN = "path => { window.jupyterapp.commands.execute('docmanager:open', { path }); }"


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own below the server's root, so that nothing else is listed."""
    place: Path = lab.root / request.node.name
    place.mkdir()
    return place


@pytest.fixture
def store(folder: Path) -> Store:
    """Three runs that took 3, 2 and 1 seconds, the longest the newest."""
    store = open_store(folder / ".tracker")
    for name, seconds in [("short", 1), ("middle", 2), ("long", 3)]:
        start = 1_700_000_000_000 + seconds * 60_000
        run_id = store.create_run("0", run_name=name, start_time=start).info.run_id
        store.log_batch(run_id, params={"seconds": str(seconds)})
        store.update_run(run_id, status="FINISHED", end_time=start + seconds * 1000)
    return store


@pytest.fixture
def page(open_lab: OpenLab, folder: Path, store: Store) -> Page:
    """The panel, showing the runs of that store."""
    page = open_lab(folder.name)
    show_panel(page)
    expect(page.locator(".jp-tracker-run")).to_have_count(3)
    return page


def names(page: Page) -> Locator:
    return page.locator(".jp-tracker-run-name")


def stored(store: Store, name: str) -> str:
    [run] = store.search_runs(None, filter_string=f"run_name = '{name}'")
    return run.info.run_id


def test_a_run_is_found_renamed_described_and_tagged(page: Page, store: Store) -> None:
    expect(names(page)).to_have_text(["long", "middle", "short"])
    page.get_by_role("combobox", name="Sort by").select_option(label="Shortest first")
    expect(names(page)).to_have_text(["short", "middle", "long"])

    run_id = stored(store, "middle")
    page.get_by_role("button", name="Open run middle").click()
    page.get_by_role("button", name="Rename this run").click()
    name = page.get_by_role("textbox", name="Name of the run")
    name.fill("the one")
    name.press("Enter")
    expect(page.get_by_role("heading", name="the one", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Open run the one")).to_be_visible()

    page.get_by_role("button", name="Add notes").click()
    notes = "Better **by far** <img src=x onerror=\"document.title='owned'\">"
    page.get_by_role("textbox", name="Notes, as Markdown").fill(notes)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("note").locator("strong")).to_have_text("by far")
    assert page.title() != "owned"

    page.get_by_role("textbox", name="Name of a new tag").fill("stage")
    page.get_by_role("textbox", name="Value of the new tag").fill("final")
    page.get_by_role("button", name="Add the tag").click()
    expect(page.locator('td[data-kind="tag"][data-key="stage"]')).to_have_attribute(
        "data-value", "final"
    )
    until(lambda: "stage" in store.get_run(run_id).data.tags, "storing the tag")
    run = store.get_run(run_id)
    assert run.info.run_name == "the one"
    assert run.data.tags["mlflow.note.content"] == notes
    assert run.data.tags["stage"] == "final"

    toast = page.locator(".jp-toastContainer div", has_text="Set the tag").first
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator('td[data-kind="tag"][data-key="stage"]')).to_have_count(0)
    until(lambda: "stage" not in store.get_run(run_id).data.tags, "removing the tag")


def test_deleted_runs_come_back_by_undo_and_from_the_bin(page: Page, store: Store) -> None:
    page.get_by_role("checkbox", name="Select short").click()
    page.get_by_role("checkbox", name="Select long").click()
    actions = page.get_by_role("toolbar", name="Selected runs")
    actions.get_by_role("button", name="Delete").click()
    expect(page.locator(".jp-tracker-run")).to_have_count(1)
    until(lambda: len(store.search_runs(None)) == 1, "deleting two runs")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".jp-tracker-run")).to_have_count(3)

    page.get_by_role("button", name="Open run middle").click(button="right")
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.locator(".jp-tracker-run")).to_have_count(2)
    page.get_by_role("button", name="Deleted runs").click()
    expect(page.locator(".jp-tracker-run-name")).to_have_text(["middle"])
    page.get_by_role("checkbox", name="Select middle").click()
    actions.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("No deleted runs")).to_be_visible()
    page.get_by_role("button", name="Deleted runs").click()
    expect(page.locator(".jp-tracker-run")).to_have_count(3)


def test_the_list_keeps_to_the_notebook_in_front(
    open_lab: OpenLab, folder: Path, store: Store
) -> None:
    for name in ("mine", "other"):
        book = nbformat.v4.new_notebook()
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, folder / f"{name}.ipynb")
        tags = {"mlflow.source.name": f"{name}.ipynb"}
        store.create_run("0", run_name=f"run of {name}", tags=tags)
    page = open_lab(f"{folder.name}/mine.ipynb")
    show_panel(page)
    expect(page.locator(".jp-tracker-run")).to_have_count(5)
    page.get_by_role("button", name="This notebook").click()
    expect(page.locator(".jp-tracker-run-name")).to_have_text(["run of mine"])
    page.evaluate(OPEN, f"{folder.name}/other.ipynb")
    expect(page.locator(".jp-tracker-run-name")).to_have_text(["run of other"])
