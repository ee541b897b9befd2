"""What a comparison is beside its charts: code, outputs, the table as arranged, what is taken along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, expect

from tests.ui.conftest import OpenLab
from tests.ui.test_compare import compare
from tests.ui.test_compare import folder as folder  # a fixture
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
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_be_visible(timeout=30_000)
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
    run_cells(page)
    last = page.locator(".jp-Notebook .jp-CodeCell").last
    expect(last.locator(".jp-OutputArea-output").first).to_be_visible(timeout=30_000)
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0

    page.get_by_role("tab", name="Compare").click()
    for kind, format_, begins in [
        ("Scatter", "PNG", b"\x89PNG"), ("Parallel", "SVG", b"<svg"), ("Parallel", "PNG", b"\x89PNG"),
    ]:  # fmt: skip
        page.get_by_role("tab", name=kind, exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name=format_, exact=True).click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
