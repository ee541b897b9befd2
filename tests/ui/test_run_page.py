"""The page of a run: what it was given, its log as it is written, and files as what they are."""

from __future__ import annotations

import json
import math
import re
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import OpenLab
from tests.ui.lab import Lab
from tests.ui.test_quickstart import set_theme
from tracker.entities import Dataset, DatasetInput, Metric
from tracker.store import Store, open_store

OPEN = "args => { window.jupyterapp.commands.execute('tracker:open-run', args); }"
DATA_URL = re.compile(r"^data:image/svg\+xml;base64,")
LINES = 60_000
OWNED = """<script>
try { parent.document.title = "owned" } catch { document.body.append("kept out") }
</script>"""
PIXEL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">'
    '<rect width="60" height="40" fill="teal"/></svg>'
)


@pytest.fixture
def folder(lab: Lab, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own below the server's root."""
    place: Path = lab.root / request.node.name
    place.mkdir()
    return place


@pytest.fixture
def store(folder: Path) -> Store:
    return open_store(folder / ".tracker")


@pytest.fixture
def run_id(store: Store) -> str:
    """A running part of a sweep, with params, curves, system metrics and data."""
    sweep = store.create_run("0", run_name="sweep").info.run_id
    tags = {
        "mlflow.parentRunId": sweep,
        "mlflow.source.name": "training/net.ipynb",
        "tracker.cell.execution_count": "12",
        "mlflow.source.git.commit": "1f2e3d4c5b6a7988" * 2,
        "mlflow.source.git.branch": "main",
        "tracker.git.dirty": "true",
        "mlflow.project.entryPoint": "train",
    }
    run_id = store.create_run("0", run_name="trial", user_id="ada", tags=tags).info.run_id
    store.create_run("0", run_name="fold", tags={"mlflow.parentRunId": run_id})
    points = [Metric("loss", 1 / (i + 1), 1000 + i, i) for i in range(50)]
    points += [Metric("system/cpu", 50 + 30 * math.sin(i / 5), 1000 + i, i) for i in range(50)]
    params = {f"param_{i}": str(i) for i in range(60)}
    store.log_batch(run_id, metrics=points, params=params)
    data = Dataset("iris", "0a1b2c", "local", '{"uri": "iris.csv"}', None, '{"num_rows": 150}')
    store.log_inputs(run_id, [DatasetInput(data, {"mlflow.data.context": "training"})])
    return run_id


@pytest.fixture
def files(store: Store, run_id: str) -> Path:
    """Files of many kinds, some of them hostile."""
    files = Path(store.get_run(run_id).info.artifact_uri)
    for name in ("project", "tables", "figures", "model", "environment"):
        (files / name).mkdir(parents=True)
    log = "".join(f"epoch {i}: loss={1 / (i + 1):.4f}\n" for i in range(LINES))
    (files / "project" / "log.txt").write_text(log)
    frame = pd.DataFrame({"id": range(5_000), "label": ["cat", "dog"] * 2_500})
    frame.to_parquet(files / "tables" / "predictions.parquet")
    frame.to_csv(files / "tables" / "predictions.csv", index=False)
    figure = go.Figure(go.Scatter(x=[1, 2, 3], y=[2, 1, 3]), {"title": "Scores"})
    figure.write_html(files / "figures" / "scores.html", include_plotlyjs="cdn")
    (files / "figures" / "mark.svg").write_text(PIXEL)
    (files / "page.html").write_text(f"<h1>Report</h1>{OWNED}")
    (files / "notes.md").write_text("It **converged**. <img src=x onerror=\"title='owned'\">")
    (files / "config.json").write_text(json.dumps({"optimizer": {"name": "adam"}, "seed": 3}))
    (files / "train.py").write_text("import math\n\nprint(math.pi)\n")
    book = nbformat.v4.new_notebook()
    shown = nbformat.v4.new_output("stream", text="hello from the cell\n")
    book.cells = [nbformat.v4.new_code_cell("print('hi')", execution_count=3, outputs=[shown])]
    nbformat.write(book, files / "net.ipynb")
    (files / "model" / "MLmodel").write_text("flavors: {sklearn: {pickled_model: model.pkl}}\n")
    (files / "model" / "model.pkl").write_bytes(b"\x80\x04.")
    environment = {"python": "3.11.7", "distributions": {f"package-{i}": "1.0" for i in range(30)}}
    (files / "environment" / "environment.json").write_text(json.dumps(environment))
    return files


@pytest.fixture
def page(open_lab: OpenLab, folder: Path, files: Path, run_id: str) -> Page:
    page = open_lab(folder.name, width=1280)
    page.evaluate(OPEN, {"runId": run_id, "folder": folder.name})
    expect(page.get_by_role("heading", name="trial", level=1)).to_be_visible(timeout=30_000)
    return page


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def way_to(page: Page, name: str) -> Locator:
    ways = page.get_by_role("navigation", name="Sections of this run")
    return ways.get_by_role("button", name=name, exact=True)


def test_a_run_tells_where_it_comes_from_and_what_it_belongs_to(
    page: Page, screenshots: Path
) -> None:
    overview = page.locator("[data-section='overview']")
    for text in ("training/net.ipynb", "In [12]", "1f2e3d4c5b6a", "with changes", "train"):
        expect(overview).to_contain_text(text)
    expect(overview.get_by_role("row", name="iris")).to_contain_text("150")
    expect(overview.get_by_role("button", name="fold")).to_be_visible()

    params = section(page, "Params")
    params.get_by_role("searchbox").fill("param_5")
    expect(params.get_by_role("row")).to_have_count(11)
    expect(section(page, "Metrics").get_by_role("row", name="loss")).to_contain_text("50")

    way_to(page, "System metrics").press("Enter")
    machine = section(page, "System metrics")
    expect(machine).to_be_focused()
    expect(machine.get_by_role("row", name="system/cpu")).to_be_visible()
    way_to(page, "Environment").click()
    packages = section(page, "Environment")
    packages.get_by_role("searchbox").fill("package-29")
    expect(packages.get_by_role("listitem")).to_have_text(["package-29 1.0"])

    way_to(page, "Overview").click()
    page.screenshot(path=screenshots / "run-overview.png")
    page.evaluate("() => { window.jupyterapp.commands.execute('application:toggle-left-area'); }")
    for theme, width in (("Dark", 1280), ("Light", 360)):
        set_theme(page, f"JupyterLab {theme}")
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=screenshots / f"run-overview-{theme.lower()}-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 900})
    overview.get_by_role("button", name="sweep").click()
    expect(page.get_by_role("heading", name="sweep", level=1)).to_be_visible()


def test_a_log_is_followed_and_searched_without_being_loaded(
    page: Page, files: Path, screenshots: Path
) -> None:
    log = section(page, "Log")
    expect(log).to_contain_text(f"epoch {LINES - 1}:")
    way_to(page, "Log").click()
    with (files / "project" / "log.txt").open("a") as file:
        file.write("the newest line\n")
    expect(log).to_contain_text("the newest line")
    box = log.get_by_role("searchbox", name="Search the text")
    box.fill("EPOCH 777:")
    box.press("Enter")
    expect(log.locator("mark")).to_have_text(["epoch 777:"])
    expect(log.locator("output")).to_have_text("1 / 1")
    page.screenshot(path=screenshots / "run-log.png")
    log.get_by_role("button", name="Jump to the start").click()
    expect(log).to_contain_text("epoch 0:")
    log.get_by_role("region", name="Lines of the log").press("End")
    expect(log).to_contain_text("the newest line")
    drawn = log.locator(".jp-tracker-text-line").count()
    assert drawn < 200


def test_files_are_shown_as_what_they_are_and_do_nothing(
    page: Page, screenshots: Path, run_id: str, folder: Path
) -> None:
    artifacts = section(page, "Artifacts")
    way_to(page, "Artifacts").click()
    tree = artifacts.get_by_role("tree")

    def choose(name: str) -> Locator:
        tree.get_by_role("treeitem", name=name).first.click()
        return artifacts.get_by_role("figure").first

    # By keyboard: to the folder by its first letters, into it, and to a file.
    tree.get_by_role("treeitem").first.focus()
    page.keyboard.type("tab")
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("treeitem", name="predictions.parquet")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    table = artifacts.get_by_role("table", name="tables/predictions.parquet")
    expect(table.get_by_role("row").nth(1)).to_have_text("10cat")
    row = artifacts.get_by_role("spinbutton", name="Go to row")
    row.fill("4321")
    row.press("Enter")
    expect(table.get_by_role("rowheader", name="4321")).to_be_visible()
    expect(artifacts).to_contain_text("5,000 rows · 2 columns")
    page.screenshot(path=screenshots / "run-artifacts-table.png")

    choose("figures")
    choose("scores.html")
    expect(artifacts.locator(".jp-tracker-plot .main-svg").first).to_be_visible(timeout=20_000)
    expect(artifacts).to_contain_text("Scores")
    choose("mark.svg")
    expect(artifacts.locator("img")).to_have_attribute("src", DATA_URL)

    choose("page.html")
    frame = artifacts.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Report")).to_be_visible()
    expect(frame.locator("body")).not_to_contain_text("kept out")
    artifacts.get_by_role("button", name="Run its scripts").click()
    expect(frame.locator("body")).to_contain_text("kept out")

    expect(choose("notes.md").locator("strong")).to_have_text("converged")
    json_tree = choose("config.json").get_by_role("tree")
    json_tree.get_by_role("treeitem", name="optimizer").click()
    expect(json_tree).to_contain_text('"adam"')
    expect(choose("train.py").locator("pre").nth(1)).to_contain_text("print(math.pi)")
    expect(choose("net.ipynb")).to_contain_text("hello from the cell")
    choose("model")
    expect(choose("MLmodel")).to_contain_text(f'load_model("runs:/{run_id}/model")')
    expect(choose("model.pkl")).to_contain_text("never loaded here")
    assert "owned" not in page.title()

    set_theme(page, "JupyterLab Dark")
    page.evaluate(OPEN, {"runId": run_id, "folder": folder.name, "artifact": "figures/scores.html"})
    expect(artifacts.locator(".jp-tracker-plot .main-svg").first).to_be_visible(timeout=20_000)
    page.screenshot(path=screenshots / "run-artifacts-dark.png")


def test_files_are_saved_one_by_one_and_all_together(page: Page, files: Path) -> None:
    artifacts = section(page, "Artifacts")
    with page.expect_download() as all_of_them:
        artifacts.get_by_role("button", name="Download all artifacts as a ZIP archive").click()
    assert all_of_them.value.suggested_filename == "trial.zip"
    with zipfile.ZipFile(all_of_them.value.path()) as archive:
        assert archive.read("train.py") == (files / "train.py").read_bytes()
        assert "tables/predictions.parquet" in archive.namelist()
    artifacts.get_by_role("treeitem", name="train.py").click()
    with page.expect_download() as one:
        artifacts.get_by_role("figure").get_by_role("button", name="Download train.py").click()
    assert one.value.path().read_bytes() == (files / "train.py").read_bytes()
