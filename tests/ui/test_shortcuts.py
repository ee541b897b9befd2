"""Keys that do what the panel offers, and nothing that JupyterLab's own keys do."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.ui.conftest import OpenLab
from tests.ui.test_curves import curves, log_run
from tests.ui.test_curves import folder as folder  # a fixture
from tracker.store import open_store

BINDINGS = """() => window.jupyterapp.commands.keyBindings
  .map(({ command, keys, selector }) => ({ command, keys: [...keys], selector }))"""


def begin_alike(keys: list[str], others: list[str]) -> bool:
    return all(a == b for a, b in zip(keys, others, strict=False))


def test_keys_do_what_the_panel_offers_and_clash_with_nothing(
    open_lab: OpenLab, folder: Path
) -> None:
    store = open_store(folder / ".tracker")
    ids = [log_run(store, f"run {i}", ["loss"], 20, lr=str(0.1 * (1 + i))) for i in range(3)]
    page = open_lab(folder.name, width=1400)
    page.wait_for_function(
        """() => window.jupyterapp.commands.keyBindings
          .some(({ command }) => command === 'tracker:next-run')"""
    )
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
    page.evaluate(
        """async ([runId, folder]) => {
          await window.jupyterapp.commands.execute('tracker:open-run', { runId, folder });
        }""",
        [first, folder.name],
    )
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
