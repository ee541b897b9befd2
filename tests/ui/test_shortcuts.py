"""Keys that do what the panel offers, and nothing that JupyterLab's own keys do."""

from __future__ import annotations

from pathlib import Path

import nbformat
from playwright.sync_api import Page, expect

from tests.ui.conftest import OpenLab, wait_for_focus
from tests.ui.test_curves import curves, log_run
from tests.ui.test_curves import folder as folder  # a fixture
from tracker.store import open_store

BINDINGS = """() => window.jupyterapp.commands.keyBindings
  .map(({ command, keys, selector }) => ({ command, keys: [...keys], selector }))"""


HAS_KEYS = """() => window.jupyterapp.commands.keyBindings
  .some(({ command }) => command === 'tracker:next-run')"""


def begin_alike(keys: list[str], others: list[str]) -> bool:
    return all(a == b for a, b in zip(keys, others, strict=False))


def open_run(page: Page, run_id: str, folder: Path) -> None:
    page.evaluate(
        """async ([runId, folder]) => {
          await window.jupyterapp.commands.execute('tracker:open-run', { runId, folder });
        }""",
        [run_id, folder.name],
    )


def test_keys_do_what_the_panel_offers_and_clash_with_nothing(
    open_lab: OpenLab, folder: Path
) -> None:
    store = open_store(folder / ".tracker")
    ids = [log_run(store, f"run {i}", ["loss"], 20, lr=str(0.1 * (1 + i))) for i in range(3)]
    page = open_lab(folder.name, width=1400)
    page.wait_for_function(HAS_KEYS)
    bindings = page.evaluate(BINDINGS)
    ours = [binding for binding in bindings if binding["command"].startswith("tracker:")]
    others = [binding for binding in bindings if not binding["command"].startswith("tracker:")]
    assert len(ours) == 13
    assert len(others) > 100
    clashes = [
        (mine, other)
        for mine in ours
        for other in others
        if begin_alike(mine["keys"], other["keys"])
    ]
    assert clashes == []

    page.keyboard.press("Alt+Shift+F")
    expect(page.get_by_role("combobox", name="Filter runs")).to_be_focused()
    # What may be typed is offered, above the list.
    offers = page.locator(".jp-tracker-offer")
    expect(offers.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(offers).to_have_count(0)
    for name in ("run 0", "run 1"):
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()
    expect(page.get_by_role("button", name="Refresh runs")).to_have_attribute(
        "title", "Refresh runs (Alt+Shift+U)"
    )
    expect(page.locator(".jp-tracker-run[data-run-id]")).to_have_count(3)
    page.keyboard.press("Alt+Shift+C")
    expect(curves(page, "loss")).to_have_attribute("data-lines", "2")
    page.get_by_role("tab", name="Curves", exact=True).focus()
    for name in ("Parallel", "Scatter"):
        page.keyboard.press("Alt+PageDown")
        expect(page.get_by_role("tab", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Alt+PageUp")
    expect(page.get_by_role("tab", name="Parallel", exact=True)).to_be_focused()

    rows = page.locator(".jp-tracker-run[data-run-id]")
    first, second, _ = rows.evaluate_all("rows => rows.map(row => row.dataset.runId)")
    open_run(page, first, folder)
    heading = page.locator(".jp-tracker-run-view h1:visible")
    expect(heading).to_have_text(f"run {ids.index(first)}")
    page.locator(".jp-tracker-run-view [data-section=overview]").focus()
    page.keyboard.press("Alt+Shift+S")
    expect(page.locator(f'[data-tracker-run="{first}"]')).to_have_attribute(
        "data-tracker-favourite", "true"
    )
    page.keyboard.press("Alt+PageDown")
    expect(heading).to_have_text(f"run {ids.index(second)}")
    page.keyboard.press("Alt+PageUp")
    expect(heading).to_have_text(f"run {ids.index(first)}")


def test_keys_narrow_the_list_read_it_again_and_hide_runs(open_lab: OpenLab, folder: Path) -> None:
    store = open_store(folder / ".tracker")
    source = {"mlflow.source.name": "mine.ipynb"}
    mine = store.create_run("0", run_name="of mine", tags=source, start_time=1000).info.run_id
    store.create_run("0", run_name="of no notebook", start_time=2000)
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "mine.ipynb")
    page = open_lab(f"{folder.name}/mine.ipynb", width=1400)
    wait_for_focus(page, ".jp-NotebookPanel")
    page.wait_for_function(HAS_KEYS)
    rows = page.locator(".jp-tracker-run[data-run-id]")
    page.keyboard.press("Alt+Shift+R")
    expect(rows).to_have_count(2)

    own = page.get_by_role("button", name="This notebook")
    expect(own).to_have_attribute("title", "Only runs of mine.ipynb (Alt+Shift+N)")
    for pressed, names in [("true", ["of mine"]), ("false", ["of no notebook", "of mine"])]:
        page.keyboard.press("Alt+Shift+N")
        expect(own).to_have_attribute("aria-pressed", pressed)
        expect(page.locator(".jp-tracker-run-name")).to_have_text(names)

    page.get_by_role("checkbox", name="Select of mine", exact=True).check()
    with page.expect_response(lambda answer: "/experiments" in answer.url and answer.ok):
        page.keyboard.press("Alt+Shift+U")
    row = page.locator(f'.jp-tracker-run[data-run-id="{mine}"]')
    page.keyboard.press("Alt+Shift+H")
    expect(row).to_have_attribute("data-hidden", "true")
    expect(rows).to_have_count(2)

    open_run(page, mine, folder)
    page.locator(".jp-tracker-run-view [data-section=overview]").focus()
    page.keyboard.press("Alt+Shift+H")
    expect(row).not_to_have_attribute("data-hidden", "true")
