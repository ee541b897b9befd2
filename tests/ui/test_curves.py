"""Curves of a comparison: crosshair, zoom with finer points, smoothing, groups, live points."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, Response, expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.waiting import until
from tracker.entities import Metric
from tracker.store import Store, open_store

COMPARE = """async runIds => {
  await window.jupyterapp.commands.execute('tracker:compare-runs', { runIds, folder: FOLDER });
}"""
DARK = """async () => {
  const { commands } = window.jupyterapp;
  await commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' });
}"""
MANY = 20_000


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own below the server's root."""
    place: Path = lab.root / request.node.name
    place.mkdir()
    return place


def log(store: Store, run_id: str, key: str, values: Sequence[float], first: int = 0) -> None:
    points = [Metric(key, v, 1_795_000_000_000 + 100 * s, s) for s, v in enumerate(values, first)]
    store.log_batch(run_id, metrics=points)


def log_run(store: Store, name: str, keys: Sequence[str], points: int, **params: str) -> str:
    run_id = store.create_run("0", run_name=name, start_time=1_795_000_000_000).info.run_id
    store.log_batch(run_id, params=params)
    rate = 1 + 3 * float(params["lr"])
    noise = random.Random(name)
    for key in keys:
        ends_at = noise.gauss(0.05, 0.03)
        loss = [math.exp(-rate * s / points) + noise.gauss(ends_at, 0.03) for s in range(points)]
        rises = key.endswith("accuracy")
        log(store, run_id, key, [1 - 0.8 * value for value in loss] if rises else loss)
    return run_id


def compare(page: Page, folder: Path, run_ids: Sequence[str]) -> None:
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    page.evaluate(COMPARE.replace("FOLDER", f"'{folder.name}'"), run_ids)
    expect(page.locator(".jp-tracker-curves[data-lines]").first).to_be_visible(timeout=60_000)


def chart(page: Page, metric: str) -> Locator:
    return page.locator(f'.jp-tracker-chart[data-key="{metric}"]')


def curves(page: Page, metric: str) -> Locator:
    return chart(page, metric).locator(".jp-tracker-curves")


def span(plot: Locator, axis: str = "x") -> tuple[float, float]:
    low, high = (plot.get_attribute(f"data-{axis}") or "").split(" ")
    return float(low), float(high)


def drag(page: Page, plot: Locator, start: float, end: float) -> None:
    """Drag along a chart, from one share of its width to another."""
    point(plot, start)
    page.mouse.down()
    point(plot, (start + end) / 2)
    point(plot, end)
    page.mouse.up()


def point(plot: Locator, share: float) -> None:
    """Move the pointer to a share of a chart's width, not far below its upper edge."""
    canvas = plot.locator("canvas").last
    width = float(canvas.evaluate("node => node.clientWidth"))
    canvas.hover(position={"x": share * width, "y": 60})


def asks_for_a_part(response: Response) -> bool:
    body = response.request.post_data or ""
    return "metrics/history" in response.url and "start_step" in body


def tells_of_more_than(points: int, request: Request) -> bool:
    response = request.response() if "metrics/history" in request.url else None
    return response is not None and any(row["total"] > points for row in response.json()["series"])


def test_charts_share_crosshair_and_zoom_which_reads_finer_points(
    open_lab: OpenLab, folder: Path
) -> None:
    store = open_store(folder / ".tracker")
    ids = [
        log_run(store, f"run {i}", ["loss"], MANY, lr=str(lr), seed="1")
        for i, lr in enumerate([0.1, 0.2, 0.4])
    ]
    for run_id in ids:
        log(store, run_id, "accuracy", [0.5], first=0)
        log(store, run_id, "accuracy", [0.9], first=MANY - 1)
    page = open_lab(folder.name)
    compare(page, folder, ids)
    loss, accuracy = curves(page, "loss"), curves(page, "accuracy")
    expect(loss).to_have_attribute("data-lines", "3")
    expect(loss).to_have_attribute("data-x", f"0 {MANY - 1}")

    point(loss, 0.5)
    tooltip = page.locator(".jp-tracker-tooltip")
    expect(tooltip.locator("tbody tr")).to_have_count(3)
    expect(tooltip.locator("th").last).to_have_text("lr")
    values = tooltip.locator(".jp-tracker-tooltip-value").all_inner_texts()
    assert [float(value) for value in values] == sorted(map(float, values), reverse=True)
    expect(tooltip.locator("tbody tr").first).to_contain_text("0.1")

    with page.expect_response(asks_for_a_part) as answered:
        drag(page, loss, 0.5, 0.55)
    expect(loss).not_to_have_attribute("data-x", f"0 {MANY - 1}")
    rows = answered.value.json()["series"]
    assert {row["run_id"] for row in rows} == set(ids)
    low, high = span(loss)
    assert 0 < low < high < MANY
    assert high - low < MANY / 10
    # Of the whole there was one point in twenty; of the part there are many more.
    inside = [step for step in rows[0]["steps"] if low <= step <= high]
    assert len(inside) > (high - low) / 4
    expect(accuracy).to_have_attribute("data-x", loss.get_attribute("data-x") or "")

    reset = page.get_by_role("button", name="Show all of loss")
    expect(reset).to_be_visible()
    loss.dblclick()
    expect(accuracy).to_have_attribute("data-x", f"0 {MANY - 1}")
    expect(reset).to_have_count(0)

    canvas = loss.locator("canvas").last
    canvas.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(chart(page, "loss").locator("output")).to_contain_text("step")
    page.keyboard.press("+")
    expect(loss).not_to_have_attribute("data-x", f"0 {MANY - 1}")
    page.keyboard.press("0")
    expect(loss).to_have_attribute("data-x", f"0 {MANY - 1}")

    page.get_by_role("list", name="Legend").get_by_role("button", name="run 1").click()
    expect(loss).to_have_attribute("data-lines", "2")


def test_curves_are_drawn_as_a_person_likes_them(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    store = open_store(folder / ".tracker")
    keys = ["train/loss", "val/loss", "train/accuracy", "val/accuracy", "grad/norm"]
    ids = []
    for i in range(12):
        lr = str([0.1, 0.3, 0.9][i % 3])
        run_id = log_run(store, f"amber-otter-{i}", keys, 400, lr=lr, seed=str(i // 3))
        log(store, run_id, "tokens", [512.0 * (1 + i % 2) * step for step in range(400)])
        log(store, run_id, "grad/spikes", [1e6 if s % 97 == 50 else s / 400 for s in range(400)])
        ids.append(run_id)
    page = open_lab(folder.name, width=1280, height=900)
    compare(page, folder, ids)
    loss = curves(page, "train/loss")
    expect(loss).to_have_attribute("data-lines", "12")
    charts = page.get_by_role("toolbar", name="Charts")
    charts.get_by_role("slider", name="Smoothing").fill("80")
    charts.get_by_role("combobox", name="Kind of smoothing").select_option("centred")

    charts.get_by_role("combobox", name="X axis").select_option("metric:tokens")
    expect(loss).to_have_attribute("data-x", f"0 {512 * 2 * 399}")
    charts.get_by_role("combobox", name="X axis").select_option("relative")
    expect(loss).to_have_attribute("data-x", "0 39900")
    charts.get_by_role("combobox", name="X axis").select_option("step")

    charts.get_by_role("button", name="More").click()
    charts.get_by_role("combobox", name="Outliers").select_option("0.1")
    spikes = chart(page, "grad/spikes")
    expect(spikes.get_by_text("lie outside, as outliers")).to_be_visible()
    page.wait_for_function(
        "([node, most]) => Number(node.dataset.y.split(' ')[1]) < most",
        arg=[curves(page, "grad/spikes").element_handle(), 1e5],
    )
    charts.get_by_label("Log X").check()
    expect(loss).to_have_attribute("data-x", "1 399")
    charts.get_by_label("Log X").uncheck()
    charts.get_by_role("button", name="More").click()

    added = page.get_by_label("Draw another metric in the chart of train/loss")
    added.select_option("val/loss")
    expect(loss).to_have_attribute("data-lines", "24")
    expect(chart(page, "val/loss")).to_have_count(0)
    chart(page, "train/loss").get_by_role("button", name="Pin the chart of train/loss").click()
    expect(page.locator(".jp-tracker-chart").first).to_have_attribute("data-key", "train/loss")
    point(loss, 0.4)
    expect(page.locator(".jp-tracker-tooltip tbody tr")).to_have_count(12)
    page.screenshot(path=screenshots / "curves-light.png")

    charts.get_by_role("combobox", name="Group by").select_option("param:lr")
    charts.get_by_role("combobox", name="Band").select_option("ci")
    expect(loss).to_have_attribute("data-lines", "6")
    page.evaluate(DARK)
    expect(page.locator("body[data-jp-theme-light='false']")).to_have_count(1)
    point(loss, 0.3)
    expect(page.locator(".jp-tracker-tooltip tbody tr")).to_have_count(6)
    page.screenshot(path=screenshots / "curves-groups-dark.png")

    find = page.get_by_role("textbox", name="Find metrics")
    find.fill("^grad/(n|x)")
    expect(page.locator(".jp-tracker-chart")).to_have_count(1)
    expect(page.get_by_text("1 of 7 metrics")).to_be_visible()
    find.fill("grad(")
    expect(page.get_by_text("No regular expression")).to_be_visible()


def test_a_chart_that_is_zoomed_stays_so_while_points_arrive(
    open_lab: OpenLab, folder: Path
) -> None:
    store = open_store(folder / ".tracker")
    run_id = log_run(store, "running", ["loss"], 500, lr="0.1")
    page = open_lab(folder.name)
    compare(page, folder, [run_id])
    loss = curves(page, "loss")
    expect(loss).to_have_attribute("data-x", "0 499")
    log(store, run_id, "loss", [1.0] * 100, first=500)
    expect(loss).to_have_attribute("data-x", "0 599")
    drag(page, loss, 0.4, 0.6)
    expect(loss).not_to_have_attribute("data-x", "0 599")
    part = loss.get_attribute("data-x") or ""
    answered: list[Request] = []
    page.on("requestfinished", lambda request: answered.append(request))
    log(store, run_id, "loss", [2.0] * 100, first=600)
    until(lambda: any(tells_of_more_than(600, it) for it in answered), "reading more", page)
    expect(loss).to_have_attribute("data-x", part)
    loss.dblclick()
    expect(loss).to_have_attribute("data-x", "0 699")
