"""`LiveChart` and `CompareView`: what they draw, of which runs, and what stays in the notebook."""

from __future__ import annotations

import re
import time
from pathlib import Path
from xml.etree import ElementTree

import ipywidgets
import pytest

import tracker
from tests.widgets.test_runs_table import controls, until
from tracker.errors import NotFound
from tracker.rendering.palette import colours
from tracker.widgets import CompareView, LiveChart
from tracker.widgets.showing import display

Runs = dict[str, str]
SVG = "{http://www.w3.org/2000/svg}"


def strokes(picture: str) -> list[str]:
    """The colours of the solid lines of a chart."""
    lines = ElementTree.fromstring(picture).iter(f"{SVG}path")
    return [line.attrib["stroke"] for line in lines if line.get("stroke-width") == "1.75"]


def test_a_line_for_each_run_in_the_colour_that_the_panel_gives_it(runs: Runs) -> None:
    chart = LiveChart(["sgd-0.1", runs["sgd-0.01"], tracker.get_run(runs["sgd-0.5"])])
    assert chart.runs == tuple(runs.values())
    assert strokes(chart.picture) == list(colours(list(runs.values())).values())
    words = "".join(ElementTree.fromstring(chart.picture).itertext())
    assert "lr = 0.01" in words
    assert "depth" not in words


def test_without_runs_it_is_the_latest(runs: Runs) -> None:
    assert LiveChart().runs == (runs["sgd-0.5"],)


def test_an_unknown_run_is_told(runs: Runs) -> None:
    with pytest.raises(NotFound, match="There is no run 'nowhere'"):
        LiveChart("nowhere")


def test_a_metric_is_chosen_by_hand_or_by_code(runs: Runs) -> None:
    with tracker.start_run(run_id=runs["sgd-0.1"]):
        tracker.log_metric("accuracy", 0.9)
    chart = LiveChart("sgd-0.1", metric="loss")
    assert set(chart.metrics) == {"loss", "accuracy"}
    choice = controls(chart, ipywidgets.Dropdown)[0]
    assert choice.value == "loss"
    choice.value = "accuracy"
    assert chart.metric == "accuracy"
    assert "<title>accuracy</title>" in chart.picture


def test_smoothing_draws_the_values_faint_below(runs: Runs) -> None:
    chart = LiveChart("sgd-0.1")
    assert 'stroke-opacity=".28"' not in chart.picture
    controls(chart, ipywidgets.FloatSlider)[0].value = 0.9
    assert 'stroke-opacity=".28"' in chart.picture


def test_a_logarithmic_axis_says_that_it_has_no_place_for_zero(tmp_path: Path) -> None:
    tracker.set_tracking_uri(tmp_path)
    with tracker.start_run():
        tracker.log_metric("loss", 0.0, step=0)
        tracker.log_metric("loss", -1.0, step=1)
    chart = LiveChart(is_log=True)
    assert "no place for values of 0 and less" in chart.picture
    chart.close()
    tracker.set_tracking_uri(None)


def test_it_is_drawn_again_while_the_run_goes_on(runs: Runs) -> None:
    with tracker.start_run(run_name="live"):
        tracker.log_metric("loss", 0.5, step=0)
        chart = LiveChart("live")
        tracker.log_metric("loss", 0.125, step=1)
        until(lambda: "0.125" in chart.picture)


def test_a_time_axis_counts_from_the_start_of_each_run(runs: Runs) -> None:
    start = tracker.get_run(runs["sgd-0.1"]).info.start_time
    client = tracker.MlflowClient()
    for minute in range(3):
        client.log_metric(runs["sgd-0.1"], "late", minute, start + 60_000 * minute, minute)
    chart = LiveChart("sgd-0.1", metric="late", x="time")
    assert re.search(r">2 min</text>", chart.picture)


def test_a_viewer_without_widgets_gets_the_picture(runs: Runs) -> None:
    bundle = LiveChart("sgd-0.1")._repr_mimebundle_()
    ElementTree.fromstring(bundle["image/svg+xml"])
    assert "<script" not in bundle["image/svg+xml"]


def test_runs_are_compared_with_a_baseline(runs: Runs) -> None:
    view = CompareView(["sgd-0.1", "sgd-0.01"])
    html = view._repr_mimebundle_()["text/html"]
    assert html.index(">sgd-0.1<") < html.index("beside")
    baseline = controls(view, ipywidgets.Dropdown)[0]
    baseline.value = runs["sgd-0.01"]
    assert view.baseline == runs["sgd-0.01"]
    text = view._repr_mimebundle_()["text/plain"]
    assert text.startswith("sgd-0.01 beside sgd-0.1")
    view.runs = (runs["sgd-0.1"],)
    assert "Two runs or more" in view._repr_mimebundle_()["text/html"]


def test_display_shows_a_table_a_card_or_a_comparison(runs: Runs) -> None:
    table = display(filter="params.lr = '0.1'")
    assert "sgd-0.1" in repr(table)
    assert "sgd-0.5" not in repr(table)
    card = display("latest")
    assert "sgd-0.5" in card._repr_html_()
    both = display("sgd-0.1", "sgd-0.5")
    assert "sgd-0.1 beside sgd-0.5" in str(both)


def test_many_widgets_do_not_all_follow_the_store(runs: Runs) -> None:
    first, *rest = [LiveChart("sgd-0.5") for _ in range(14)]
    with tracker.start_run(run_id=runs["sgd-0.5"]):
        tracker.log_metric("loss", 0.0625, step=11)
    until(lambda: all("0.0625" in chart.picture for chart in rest[2:]))
    time.sleep(0)
    assert "0.0625" not in first.picture
