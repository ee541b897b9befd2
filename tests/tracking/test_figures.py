from __future__ import annotations

import json
from io import BytesIO

import matplotlib
import plotly.graph_objects as go
import pytest
from matplotlib.figure import Figure
from PIL import Image

import tracker
from tracker.artifacts import load_text, open_artifacts
from tracker.entities import Run
from tracker.errors import InvalidValue

matplotlib.use("Agg")


def content(run: Run, path: str) -> bytes:
    with open_artifacts(run.info.artifact_uri).open(path) as file:
        return file.read()


@pytest.fixture
def drawn() -> Figure:
    figure = Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([1, 2, 3])
    return figure


def test_a_matplotlib_figure_is_kept_in_the_format_of_its_name(drawn: Figure) -> None:
    with tracker.start_run() as run:
        tracker.log_figure(drawn, "plots/a.png")
        tracker.log_figure(drawn, "a.svg")
        tracker.log_figure(drawn, "a.pdf")
        tracker.log_figure(drawn, "big.png", save_kwargs={"dpi": 100})
    assert Image.open(BytesIO(content(run, "plots/a.png"))).size == (100, 50)
    assert Image.open(BytesIO(content(run, "big.png"))).size == (200, 100)
    assert b"<svg" in content(run, "a.svg")
    assert content(run, "a.pdf").startswith(b"%PDF")


def test_a_plotly_figure_is_kept_as_page_or_json() -> None:
    figure = go.Figure(go.Scatter(y=[1, 2, 3]))
    with tracker.start_run() as run:
        tracker.log_figure(figure, "a.html")
        tracker.log_figure(figure, "a.plotly.json")
    page = content(run, "a.html").decode()
    assert "<html" in page
    assert "scatter" in page
    assert len(page) < 100_000
    kept = json.loads(load_text(f"runs:/{run.info.run_id}/a.plotly.json"))
    assert kept["data"][0]["type"] == "scatter"
    assert "layout" in kept


def test_what_is_no_figure_or_no_format_is_refused(drawn: Figure) -> None:
    with tracker.start_run():
        with pytest.raises(InvalidValue, match=r"not builtins\.int"):
            tracker.log_figure(3, "a.png")
        with pytest.raises(InvalidValue, match=r"cannot be saved as '\.xyz'"):
            tracker.log_figure(drawn, "a.xyz")
        with pytest.raises(InvalidValue, match=r"cannot be saved as '\.xyz'"):
            tracker.log_figure(go.Figure(), "a.xyz")
