"""Every view by axe-core's rules, in light, dark and high contrast; and by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import REPOSITORY, OpenLab
from tests.ui.lab import Lab
from tests.ui.test_compare import compare, log_runs
from tests.ui.test_quickstart import set_theme
from tracker.entities import Metric
from tracker.store import Store, open_store

AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of a whole page: here only the parts of it that are ours are looked at.
OF_PAGES = ["region", "page-has-heading-one", "landmark-one-main", "bypass"]
AUDIT = """async ([selector, rules, off]) => {
  const disabled = Object.fromEntries(off.map(id => [id, { enabled: false }]));
  const { violations, passes } = await axe.run(selector, { runOnly: rules, rules: disabled });
  return {
    passes: passes.length,
    violations: violations.flatMap(({ id, nodes }) =>
      nodes.map(node => `${id}: ${node.html.slice(0, 200)}: ${node.failureSummary}`))
  };
}"""
OPEN_RUN = """async ([runId, folder]) => {
  await window.jupyterapp.commands.execute('tracker:open-run', { runId, folder });
}"""
RUN = ".jp-tracker-view:has(.jp-tracker-run-view)"
COMPARISON = ".jp-tracker-view:has(.jp-tracker-compare)"
VIEWS = {
    "Curves": ".jp-tracker-curves[data-lines]",
    "Parallel": "path[data-run-id]",
    "Importance": ".jp-tracker-relation tr",
    "Code": "[aria-label='Code'] .jp-tracker-empty pre",
    "Outputs": "[aria-label='Outputs'] .jp-tracker-empty pre",
}
"""The ways to look at a comparison, with what is there once it is drawn."""


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own, with a store."""
    place: Path = lab.root / request.node.name
    (place / ".tracker").mkdir(parents=True, mode=0o700)
    return place


@pytest.fixture
def run_ids(folder: Path) -> list[str]:
    """Six runs with a curve each, notes and files, one of them failed and one going on."""
    store = open_store(folder / ".tracker")
    ids = log_runs(store, 5)
    for run_id in ids:
        store.log_batch(
            run_id,
            metrics=[Metric("loss", 1 / (1 + step), 1000 + step, step) for step in range(30)],
        )
    files = Path(store.get_run(ids[0]).info.artifact_uri)
    files.mkdir(parents=True, exist_ok=True)
    (files / "notes.md").write_text("# Notes\n\nSome *words*.\n")
    (files / "table.csv").write_text("a,b\n1,2\n")
    store.update_run(ids[1], status="FAILED")
    ids.append(going_on(store))
    return ids


def going_on(store: Store) -> str:
    run_id = store.create_run("0", run_name="still training").info.run_id
    store.log_metric(run_id, "loss", 0.5, 1000, 0)
    return run_id


def audit(page: Page, selector: str) -> dict[str, Any]:
    """What axe-core says of a part of the page."""
    if not page.evaluate("() => 'axe' in window"):
        # RequireJS-like loaders of the page must not take it for one of theirs.
        page.evaluate(f"(() => {{ const module = undefined; {AXE.read_text()} }})()")
    found: dict[str, Any] = page.evaluate(AUDIT, [selector, RULES, OF_PAGES])
    return found


def look(page: Page, selector: str, drawn: str) -> None:
    """Wait for what is drawn last in a part of the page, and ask axe-core about the part."""
    expect(page.locator(selector).locator(drawn).first).to_be_visible()
    found = audit(page, selector)
    assert found["passes"] > 5
    theme = page.locator("body").get_attribute("data-jp-theme-name")
    assert found["violations"] == [], f"{selector} with {drawn} in {theme}"


def show_sidebar(page: Page) -> None:
    page.evaluate("async () => { await window.jupyterapp.commands.execute('tracker:show-runs') }")
    expect(page.locator(".jp-tracker-panel").get_by_text("still training")).to_be_visible()


def assert_that_nothing_moves(page: Page) -> None:
    moving = page.evaluate(
        "() => document.getAnimations().filter(({ effect, playState }) =>"
        " playState === 'running' && effect.target?.closest('.jp-tracker-panel')"
        " && effect.getComputedTiming().duration > 1).length"
    )
    assert moving == 0


def test_every_view_is_accessible_in_every_theme_and_rests_where_people_ask_for_it(
    open_lab: OpenLab, folder: Path, run_ids: list[str]
) -> None:
    page = open_lab(folder.name)
    page.emulate_media(reduced_motion="reduce")
    show_sidebar(page)
    assert_that_nothing_moves(page)
    page.evaluate(OPEN_RUN, [run_ids[0], folder.name])
    run = page.get_by_role("tab", name="run 0", exact=True)
    expect(run).to_be_visible()
    compare(page, folder, run_ids)
    comparison = page.get_by_role("tab", name=f"Compare {len(run_ids)} runs", exact=True)
    for theme in THEMES:
        set_theme(page, theme)
        look(page, ".jp-tracker-panel", ".jp-tracker-run")
        run.click()
        look(page, RUN, "text=notes.md")
        comparison.click()
        for view, drawn in VIEWS.items():
            page.get_by_role("tab", name=view, exact=True).click()
            look(page, COMPARISON, drawn)


def test_runs_are_ticked_and_compared_by_keyboard_alone(
    open_lab: OpenLab, folder: Path, run_ids: list[str]
) -> None:
    page = open_lab(folder.name)
    show_sidebar(page)
    panel = page.locator(".jp-tracker-panel")
    rows = panel.locator(".jp-tracker-run")
    rows.first.focus()
    page.keyboard.press("Space")
    expect(panel.locator(".jp-tracker-actions-count")).to_have_text("1 selected")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(panel.locator(".jp-tracker-actions-count")).to_have_text("2 selected")
    compare_button = panel.get_by_role("button", name="Compare", exact=True)
    expect(compare_button).to_be_enabled()
    for _ in range(40):
        if compare_button.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(COMPARISON)).to_be_visible()
