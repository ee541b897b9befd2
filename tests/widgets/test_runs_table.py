"""`RunsTable`: what it shows, what a person types and ticks, what code sets, and what stays."""

from __future__ import annotations

import gc
import sys
import time
import weakref
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import Any

import ipywidgets
import pytest
import traitlets

import tracker
from tracker.errors import FilterError, InvalidValue, NotFound
from tracker.widgets import CompareView, LiveChart, RunsTable, view
from tracker.widgets.static_table import StaticTable

Runs = dict[str, str]


def controls(widget: Any, kind: type[Any]) -> list[Any]:
    """Every control of a kind inside a widget, as a person meets them."""
    own = [widget] if isinstance(widget, kind) else []
    return own + [one for child in getattr(widget, "children", ()) for one in controls(child, kind)]


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_newest_runs_come_first_with_what_differs(runs: Runs) -> None:
    table = RunsTable()
    assert table.runs == tuple(reversed(runs.values()))
    assert table.total == 3
    text = repr(StaticTable())
    assert text.split("\n")[0].split() == ["run", "state", "started", "duration", "lr", "loss"]
    assert text.split("\n")[1].split()[0] == "sgd-0.5"


def test_a_filter_narrows_it_and_a_wrong_one_is_pointed_at(runs: Runs) -> None:
    table = RunsTable()
    box = controls(table, ipywidgets.Text)[0]
    box.value = "params.lr = '0.1'"
    assert table.filter == "params.lr = '0.1'"
    assert table.runs == (runs["sgd-0.1"],)
    box.value = "params.lr === '0.1'"
    words, place = table.error.split("\n")
    assert words[place.index("^") :].startswith("===")
    assert "column 11" in place
    assert table.runs == (runs["sgd-0.1"],)
    box.value = ""
    assert (table.error, table.total) == ("", 3)


def test_a_filter_it_is_made_with_must_be_right(runs: Runs) -> None:
    with pytest.raises(FilterError, match="a name must follow 'params.'"):
        RunsTable("params.")
    with pytest.raises(InvalidValue, match="no column"):
        RunsTable(columns=("loss",))
    with pytest.raises(InvalidValue, match="no experiment named 'gone'"):
        RunsTable(experiment_names=("gone",))


def collecting_at(moment: int) -> Callable[..., None]:
    """Return a profile function that collects garbage at the n-th call made by a widget's base."""
    calls = count()

    def profile(frame: FrameType, event: str, _: object) -> None:
        is_ours = frame.f_code.co_filename == view.__file__
        if is_ours and event in ("call", "c_call") and next(calls) == moment:
            gc.collect()

    return profile


def test_widgets_collected_at_any_moment_are_in_nobodys_way(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    gc.disable()
    try:
        for moment in range(40):
            LiveChart()
            ipywidgets.Widget.close_all()  # the chart is garbage from here on
            sys.setprofile(collecting_at(moment))
            with pytest.raises(FilterError):
                RunsTable("params.")
            sys.setprofile(None)
    finally:
        sys.setprofile(None)
        gc.enable()
    assert told == []


def test_a_widget_that_cannot_be_made_leaves_nothing_behind(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    for kind in (CompareView, LiveChart):
        with pytest.raises(NotFound):
            kind(["gone"])
    gc.collect()
    assert told == []


def test_it_is_sorted_by_its_columns(runs: Runs) -> None:
    table = RunsTable()
    sort = controls(table, ipywidgets.Dropdown)[0]
    offered = dict(sort.options)
    sort.value = offered["loss ↑"]
    assert table.order_by == "metrics.loss ASC"
    assert list(table.runs) == [runs["sgd-0.1"], runs["sgd-0.01"], runs["sgd-0.5"]]
    table.order_by = "params.lr DESC"
    assert table.runs[0] == runs["sgd-0.5"]
    assert sort.value == "params.lr DESC"


def test_ticks_are_the_selection_both_ways_and_outlive_a_filter(runs: Runs) -> None:
    table = RunsTable()
    boxes = controls(table, ipywidgets.Checkbox)
    boxes[0].value = True
    assert table.selection == (runs["sgd-0.5"],)
    table.selection = (runs["sgd-0.1"], runs["sgd-0.5"])
    assert [box.value for box in boxes] == [True, False, True]
    table.filter = "params.lr = '0.01'"
    assert table.selection == (runs["sgd-0.1"], runs["sgd-0.5"])
    table.filter = ""
    assert [box.value for box in controls(table, ipywidgets.Checkbox)] == [True, False, True]


def test_what_is_ticked_can_be_drawn(runs: Runs) -> None:
    table, chart = RunsTable(), LiveChart()
    traitlets.dlink((table, "selection"), (chart, "runs"))
    table.selection = (runs["sgd-0.1"], runs["sgd-0.01"])
    assert "sgd-0.01" in chart.picture
    assert "sgd-0.5" not in chart.picture


def test_pages_are_turned(runs: Runs) -> None:
    table = RunsTable(page_size=2)
    back, onward = controls(table, ipywidgets.Button)
    assert (table.runs, back.disabled) == ((runs["sgd-0.5"], runs["sgd-0.01"]), True)
    onward.click()
    assert (table.runs, onward.disabled) == ((runs["sgd-0.1"],), True)
    back.click()
    assert table.runs == (runs["sgd-0.5"], runs["sgd-0.01"])
    table.page = 7
    assert table.page == 1


def test_another_question_begins_on_its_first_page(runs: Runs) -> None:
    table = RunsTable(page_size=1)
    table.page = 2
    table.filter = "metrics.loss > 0"
    assert (table.page, table.runs) == (0, (runs["sgd-0.5"],))


def test_it_follows_the_store(runs: Runs) -> None:
    table = RunsTable()
    with tracker.start_run(run_name="later") as run:
        until(lambda: table.runs[0] == run.info.run_id)
        assert "running" in table._text()
    until(lambda: "running" not in table._text())


def test_a_closed_one_follows_no_more(runs: Runs) -> None:
    closed, other = RunsTable(), RunsTable()
    closed.close()
    with tracker.start_run():
        pass
    until(lambda: other.total == 4)
    assert closed.total == 3


@pytest.mark.parametrize("kind", [CompareView, LiveChart, RunsTable])
def test_a_closed_one_takes_no_memory(runs: Runs, kind: type[ipywidgets.VBox]) -> None:
    widget = kind()
    gone = weakref.ref(widget)
    widget.close()
    del widget
    until(lambda: gc.collect() >= 0 and gone() is None)  # it may be looking at the store just now


def test_names_and_values_are_text(runs: Runs) -> None:
    hostile = "<script>alert(1)</script>"
    with tracker.start_run(run_name=hostile):
        tracker.log_param("lr", hostile)
    bundle = RunsTable()._repr_mimebundle_()
    assert "&lt;script&gt;" in bundle["text/html"]
    assert "<script>" not in bundle["text/html"]


def test_a_viewer_without_widgets_gets_the_table(runs: Runs) -> None:
    bundle = RunsTable()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "sgd-0.01</bdi>" in bundle["text/html"]
    assert "sgd-0.01" in bundle["text/plain"]


def test_an_empty_store_says_so(tmp_path: Any) -> None:
    tracker.set_tracking_uri(tmp_path / "empty")
    assert "No runs" in RunsTable()._repr_mimebundle_()["text/html"]
    ipywidgets.Widget.close_all()
    tracker.set_tracking_uri(None)
