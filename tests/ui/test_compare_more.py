"""What a comparison is beside its charts: code, outputs, its table, and how it is kept."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, expect

from tests.diff.conftest import executed, keep_run
from tests.ui.conftest import START_MS, OpenLab
from tests.ui.test_compare import compare
from tests.ui.test_compare import folder as folder  # a fixture
from tests.ui.test_quickstart import wait_for_kernel
from tracker.artifacts import open_artifacts
from tracker.entities import Metric
from tracker.store import Store, open_store


def run_cells(page: Page) -> None:
    page.locator(".jp-Notebook .jp-CodeCell").last.click()
    page.evaluate(
        """async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"""
    )


def log_runs(store: Store, count: int) -> list[str]:
    """Runs whose loss falls, faster with a larger rate; the models have names."""
    ids = []
    for i in range(count):
        run_id = store.create_run("0", run_name=f"run {i}", start_time=1000).info.run_id
        points = [Metric("loss", 2.0 ** -(step * (i + 1) / 4), 1000 + 500 * step, step)
                  for step in range(8)]  # fmt: skip
        points += [Metric("error", 1 / (1 + i), 1000, 0), Metric("cost", float(i % 5), 1000, 0)]
        params = {"rate": str(10.0 ** -(i % 4)), "depth": str(i), "model": "abc"[i % 3]}
        store.log_batch(run_id, params=params, metrics=points)
        store.update_run(run_id, status="FINISHED", end_time=9000)
        ids.append(run_id)
    return ids


def take_code(page: Page, kind: str) -> str:
    """Open the chart of that kind as code, and return the source of the new cell."""
    page.get_by_role("tab", name=kind, exact=True).click()
    before = len(sources(page))
    if kind == "Curves":
        page.get_by_role("combobox", name="Take loss along").select_option("0")
    else:
        page.get_by_role("button", name="Code", exact=True).click()
    page.wait_for_function(
        "n => window.jupyterapp.shell.currentWidget.content.widgets?.length > n", arg=before
    )
    source: str = page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source"
    )
    page.get_by_role("tab", name="Compare").click()
    return source


def sources(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => {
          const notebook = [...window.jupyterapp.shell.widgets('main')]
            .find(widget => widget.context?.model?.cells);
          return [...notebook.context.model.cells].map(cell => cell.sharedModel.source);
        }"""
    )
    return found


def figure_of(source: str) -> Any:
    """Run the code of a cell, whose last line shows the figure."""
    names: dict[str, Any] = {}
    exec(source, names)
    return names["figure"]


def test_every_chart_is_taken_along_as_code_that_draws_it(open_lab: OpenLab, folder: Path) -> None:
    store = open_store(folder / ".tracker")
    ids = log_runs(store, 12)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "draw.ipynb")
    page = open_lab(f"{folder.name}/draw.ipynb")
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_be_visible(timeout=60_000)
    compare(page, folder, ids)

    curves = figure_of(take_code(page, "Curves"))
    assert [trace.name for trace in curves.data] == [f"run {i}" for i in range(12)]
    assert list(curves.data[3].x) == list(range(8))
    assert list(curves.data[3].y) == [2.0**-step for step in range(8)]
    scatter = figure_of(take_code(page, "Scatter"))
    assert list(scatter.data[0].x) == list(range(12))
    box = figure_of(take_code(page, "Box"))
    assert [trace.name for trace in box.data] == ["a", "b", "c"]
    assert list(box.data[1].y) == [float(i % 5) for i in range(1, 12, 3)]
    contour = figure_of(take_code(page, "Contour"))
    assert list(contour.data[0].z) == [float(i % 5) for i in range(12)]
    parallel = figure_of(take_code(page, "Parallel"))
    labels = [dimension.label for dimension in parallel.data[0].dimensions]
    assert labels == ["depth", "model", "log10 rate", "cost", "error", "log10 loss"]
    importance = figure_of(take_code(page, "Importance"))
    assert dict(zip(importance.data[0].y, importance.data[0].x, strict=True))["depth"] > 0

    page.get_by_role("tab", name="draw.ipynb").click()
    wait_for_kernel(page)
    run_cells(page)
    last = page.locator(".jp-Notebook .jp-CodeCell").last
    expect(last.locator(".jp-OutputArea-output").first).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-RenderedText[data-mime-type*=stderr]")).to_have_count(0)

    page.get_by_role("tab", name="Compare").click()
    for kind, format_, begins in [
        ("Scatter", "PNG", b"\x89PNG"),
        ("Parallel", "SVG", b"<svg"),
        ("Parallel", "PNG", b"\x89PNG"),
    ]:
        page.get_by_role("tab", name=kind, exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name=format_, exact=True).click()
        assert Path(download.value.path()).read_bytes().startswith(begins)


def square(shade: int) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([shade]) * 32 for _ in range(32))
    head = struct.pack(">IIBBBBB", 32, 32, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def notebook_runs(store: Store) -> list[str]:
    """Two runs of one notebook: a cell changed, one is new, one was moved, and so did outputs."""
    load, shape, fit = "data = load()", "data.shape", "model = fit(data, rate={})\nmodel.score"
    ids = []
    for name, rate, shade in [("first", 1, 40), ("second", 2, 200)]:
        cells = [load, "extra = 1", fit.format(rate)] if rate == 2 else [load, fit.format(rate)]
        run = keep_run(
            store,
            name,
            executed(*cells, ids=["a", "x", "c"] if rate == 2 else ["a", "c"]),
            params={"rate": str(rate), "shape": shape},
            outputs=[{"output_type": "stream", "name": "stdout", "text": f"score {rate}\ndone\n"}],
            packages={"numpy": f"{rate}.0", "pandas": "2.2"},
        )
        open_artifacts(run.info.artifact_uri).put("plots/fit.png", [square(shade)])
        store.log_batch(run.info.run_id, metrics=[Metric("loss", 1 / rate, 1000, 0)])
        store.update_run(run.info.run_id, status="FINISHED", end_time=run.info.start_time + 1)
        ids.append(run.info.run_id)
    return ids


def test_code_and_outputs_of_two_runs_stand_side_by_side(
    open_lab: OpenLab, folder: Path, screenshots: Path
) -> None:
    ids = notebook_runs(open_store(folder / ".tracker"))
    page = open_lab(folder.name)
    compare(page, folder, ids)
    packages = page.locator("tr[data-kind=package]")
    expect(packages.filter(has_text="numpy").locator("td[data-run-id]")).to_have_text(
        ["1.0", "2.0"]
    )

    page.get_by_role("tab", name="Code", exact=True).click()
    code = page.get_by_role("region", name="Code")
    toolbar = code.get_by_role("toolbar", name="Runs side by side")
    expect(toolbar.get_by_role("status")).to_contain_text("1 changed")
    expect(code.locator("del, ins")).to_have_text(["1", "2"])
    expect(code.locator(".jp-tracker-lines[data-split=true]").first).to_be_visible()
    page.screenshot(path=screenshots / "compare-code-light.png")
    code.get_by_role("button", name="Swap the two runs").click()
    expect(code.locator("del, ins")).to_have_text(["2", "1"])

    page.get_by_role("tab", name="Outputs", exact=True).click()
    outputs = page.get_by_role("region", name="Outputs", exact=True)
    expect(outputs.get_by_role("group", name="Text").locator("del")).to_have_text("2")
    expect(outputs.locator(".jp-tracker-picture img")).to_have_count(2)
    outputs.get_by_text("Swipe").click()
    frame = outputs.get_by_role("img", name="plots/fit.png of second and first")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-tracker-picture img')].every(it => it.complete)"
    )
    frame.hover()
    width = float(frame.evaluate("node => node.getBoundingClientRect().width"))
    frame.click(position={"x": width / 4, "y": 20})
    slider = outputs.get_by_role("slider", name="Where the left picture ends")
    expect(slider).to_have_value("25")
    outputs.get_by_role("button", name="Larger").click()
    expect(outputs.get_by_role("button", name="150 %")).to_be_visible()
    page.screenshot(path=screenshots / "compare-outputs-light.png")


def test_cells_of_two_runs_of_one_session_face_each_other(open_lab: OpenLab, folder: Path) -> None:
    store = open_store(folder / ".tracker")
    cells = executed("model = make()", "model.fit(rate=0.1)", "model.fit(rate=0.25)")
    ids = [keep_run(store, f"to {end}", cells[:end]).info.run_id for end in (2, 3)]
    page = open_lab(folder.name)
    compare(page, folder, ids)
    page.get_by_role("tab", name="Code", exact=True).click()
    code = page.get_by_role("region", name="Code")
    heads = code.locator(".jp-tracker-cell header")
    expect(heads).to_contain_text(["[2]only on the right", "[2] → [3]changed"])
    expect(code.locator("del, ins")).to_have_text(["0.1", "0.25"])
    code.get_by_role("button", name="Swap the two runs").click()
    expect(heads).to_contain_text(["[2]only on the left", "[3] → [2]changed"])
    expect(code.locator("del, ins")).to_have_text(["0.25", "0.1"])


def copy_link(page: Page) -> str:
    """Return the link to the view in front; what another test copied is forgotten first."""
    page.evaluate("() => navigator.clipboard.writeText('')")
    page.get_by_role("button", name="Link", exact=True).click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('tracker')")
    link: str = page.evaluate("() => navigator.clipboard.readText()")
    return link


def test_a_view_is_arranged_kept_named_and_linked(open_lab: OpenLab, folder: Path) -> None:
    ids = notebook_runs(open_store(folder / ".tracker"))
    page = open_lab(folder.name)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    compare(page, folder, ids)
    table = page.locator(".jp-tracker-table")
    heads = table.locator("thead th")
    heads.nth(0).get_by_role("button", name="Open run").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(heads.nth(0)).to_contain_text("second")
    heads.nth(1).drag_to(heads.nth(0))
    expect(heads.nth(0)).to_contain_text("first")
    table.get_by_role("button", name="Baseline: second").click()
    expect(heads.nth(0)).to_contain_text("second")
    table.get_by_role("button", name="Pin row loss").click()
    expect(table.locator("tbody").first).to_contain_text("Pinned")
    table.get_by_role("button", name="Hide row shape").click()
    expect(table.locator("th[scope=row]").filter(has_text="shape")).to_have_count(0)
    edge = table.get_by_role("separator", name="Width of second")
    before = edge.get_attribute("aria-valuenow") or ""
    edge.press("ArrowRight")
    expect(edge).not_to_have_attribute("aria-valuenow", before)
    width = edge.get_attribute("aria-valuenow")
    with page.expect_response(
        lambda answer: (
            "api/workspaces" in answer.url
            and '"chart":"box"' in (answer.request.post_data or "").replace(" ", "")
        )
    ):
        page.get_by_role("tab", name="Box", exact=True).click()
    page.reload()

    expect(heads.nth(0)).to_contain_text("second", timeout=START_MS)
    expect(page.get_by_role("tab", name="Box", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    expect(table.locator("tbody").first).to_contain_text("Pinned")
    expect(edge).to_have_attribute("aria-valuenow", str(width))
    link = copy_link(page)

    page.get_by_role("button", name="Save…").click()
    page.get_by_role("textbox", name="Name").fill("The best two")
    with page.expect_response(lambda answer: "views" in answer.url and answer.ok):
        page.get_by_role("dialog").get_by_role("button", name="Save").click()

    page.goto(link)
    heads = page.locator(".jp-tracker-table thead th")
    expect(heads.first).to_contain_text("second", timeout=START_MS)
    box = page.get_by_role("tab", name="Box", exact=True)
    expect(box).to_have_attribute("aria-selected", "true")
    expect(page).not_to_have_url(re.compile("tracker="))
    page.evaluate(
        """async () => {
          const { commands, shell } = window.jupyterapp;
          shell.currentWidget.close();
          await commands.execute('tracker:open-view', { name: 'The best two' });
        }"""
    )
    expect(heads.first).to_contain_text("second")
