"""Charts are put into another order and zoomed, and are found so again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Response, expect

from tests.ui.conftest import OpenLab
from tests.ui.test_compare_more import copy_link
from tests.ui.test_curves import DARK, chart, compare, curves, drag, log_run
from tests.ui.test_curves import folder as folder  # a fixture
from tracker.store import open_store

KEYS = ["accuracy", "f1", "loss"]


def expect_order(page: Page, *metrics: str) -> None:
    """Wait until the charts stand in this order."""
    page.wait_for_function(
        """wanted => JSON.stringify([...document.querySelectorAll('.jp-tracker-chart')]
          .filter(card => card.checkVisibility())
          .map(card => card.dataset.key)) === wanted""",
        arg=str(list(metrics)).replace("'", '"').replace(", ", ","),
    )


def keeps_the_zoom(answer: Response) -> bool:
    body = (answer.request.post_data or "").replace(" ", "")
    return "api/workspaces" in answer.url and '"zooms":{"":{"x":[' in body


def test_charts_are_moved_and_zoomed_and_stay_so(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    store = open_store(folder / ".tracker")
    ids = [log_run(store, f"run {i}", KEYS, 300, lr=str(0.1 * (1 + i))) for i in range(3)]
    page = open_lab(folder.name, width=1280, height=900)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    compare(page, folder, ids)
    expect_order(page, "accuracy", "f1", "loss")

    chart(page, "loss").get_by_role("heading").drag_to(chart(page, "accuracy"))
    expect_order(page, "loss", "accuracy", "f1")
    curves(page, "loss").locator("canvas").last.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect_order(page, "accuracy", "loss", "f1")
    expect(curves(page, "loss").locator("canvas").last).to_be_focused()
    page.get_by_role("combobox", name="Move the chart of f1").select_option("First")
    expect_order(page, "f1", "accuracy", "loss")
    expect(chart(page, "f1").locator("[aria-live]", has_text="f1 is chart 1 of 3")).to_have_count(1)

    with page.expect_response(keeps_the_zoom):
        drag(page, curves(page, "f1"), 0.3, 0.6)
    part = curves(page, "f1").get_attribute("data-x") or ""
    assert part != "0 299"
    expect(curves(page, "loss")).to_have_attribute("data-x", part)
    link = copy_link(page)
    chart(page, "accuracy").hover()
    page.screenshot(path=screenshots / "curves-arranged-light.png")

    # Links lead to the workspace that all tests share: this one stays away from it.
    elsewhere = link.replace("/lab?", f"/lab/workspaces/{folder.name}?")
    assert elsewhere != link
    for address in (page.url, elsewhere):
        page.goto(address)
        expect(curves(page, "f1")).to_have_attribute("data-x", part, timeout=60_000)
        expect_order(page, "f1", "accuracy", "loss")
    page.evaluate(DARK)
    expect(page.locator("body[data-jp-theme-light='false']")).to_have_count(1)
    curves(page, "f1").dblclick()
    expect(curves(page, "loss")).to_have_attribute("data-x", "0 299")
    page.screenshot(path=screenshots / "curves-arranged-dark.png")


def test_the_page_of_a_run_keeps_what_its_charts_show(open_lab: OpenLab, folder: Path) -> None:
    store = open_store(folder / ".tracker")
    run_id = log_run(store, "kept", KEYS, 300, lr="0.1")
    page = open_lab(folder.name, width=1280, height=900)
    page.evaluate(
        "args => window.jupyterapp.commands.execute('tracker:open-run', args)",
        {"runId": run_id, "folder": folder.name, "section": "charts"},
    )
    expect(curves(page, "loss")).to_have_attribute("data-x", "0 299", timeout=60_000)
    with page.expect_response(keeps_the_zoom):
        drag(page, curves(page, "accuracy"), 0.3, 0.6)
    part = curves(page, "accuracy").get_attribute("data-x") or ""
    assert part != "0 299"
    expect(curves(page, "loss")).to_have_attribute("data-x", part)
    page.reload()
    expect(curves(page, "loss")).to_have_attribute("data-x", part, timeout=60_000)
    curves(page, "loss").dblclick()
    expect(curves(page, "accuracy")).to_have_attribute("data-x", "0 299")
