from __future__ import annotations

import base64
import json
import threading

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.capture.outputs import Bounds, OutputList, figures, overwritten

PNG = base64.b64encode(b"\x89PNG picture").decode()


def texts(outputs: OutputList) -> list[str]:
    return [str(output.get("text", output["output_type"])) for output in outputs.outputs()]


def test_printed_text_of_one_stream_is_one_output() -> None:
    outputs = OutputList()
    for name, text in [("stdout", "a\n"), ("stdout", "b\n"), ("stderr", "c\n"), ("stdout", "d\n")]:
        outputs.write(name, text)  # type: ignore[arg-type]  # the names are right
    assert texts(outputs) == ["a\nb\n", "c\n", "d\n"]


def test_outputs_are_those_of_a_notebook() -> None:
    outputs = OutputList()
    outputs.write("stdout", "hello\n")
    outputs.show("display_data", {"text/plain": "x", "application/json": {"a": [1, None]}})
    outputs.show("execute_result", {"text/plain": "7"}, execution_count=3)
    cell = {"cell_type": "code", "id": "a", "source": "7", "metadata": {}, "execution_count": 3}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    nbformat.validate({**notebook, "cells": [{**cell, "outputs": outputs.outputs()}]})
    assert json.loads(json.dumps(outputs.outputs())) == outputs.outputs()


def test_displays_stand_between_what_was_printed_before_and_after() -> None:
    outputs = OutputList()
    outputs.write("stdout", "before\n")
    outputs.show("display_data", {"text/plain": "figure"})
    outputs.write("stdout", "after\n")
    assert texts(outputs) == ["before\n", "display_data", "after\n"]


def test_an_update_replaces_what_was_shown_under_its_id() -> None:
    outputs = OutputList()
    outputs.show("display_data", {"text/plain": "1"}, display_id="a")
    outputs.show("display_data", {"text/plain": "other"}, display_id="b")
    earlier = outputs.outputs()
    outputs.update("a", {"text/plain": "2"}, {"isolated": True})
    outputs.update("unknown", {"text/plain": "3"}, None)
    assert [o["data"]["text/plain"] for o in outputs.outputs()] == ["2", "other"]
    assert [o["data"]["text/plain"] for o in earlier] == ["1", "other"]


def test_what_is_shown_is_copied() -> None:
    outputs = OutputList()
    data = {"application/json": {"values": [1]}}
    outputs.show("display_data", data)
    data["application/json"]["values"].append(2)
    assert outputs.outputs()[0]["data"] == {"application/json": {"values": [1]}}


def test_clearing_takes_effect_at_once_or_with_the_next_output() -> None:
    outputs = OutputList()
    outputs.write("stdout", "one\n")
    outputs.clear(wait=True)
    assert texts(outputs) == ["one\n"]
    outputs.write("stdout", "two\n")
    assert texts(outputs) == ["two\n"]
    outputs.clear()
    assert texts(outputs) == []


def test_a_progress_bar_leaves_its_last_line() -> None:
    outputs = OutputList()
    for percent in range(0, 101, 10):
        outputs.write("stderr", f"\r{percent:3}% done")
    outputs.write("stderr", "\nall good\n")
    assert texts(outputs) == ["100% done\nall good\n"]


def test_a_long_progress_bar_takes_no_room() -> None:
    outputs = OutputList(Bounds(text=2000))
    for i in range(20_000):
        outputs.write("stderr", f"\rstep {i:06}")
    assert texts(outputs) == ["step 019999"]
    assert outputs.left_out == ""


def test_long_text_keeps_its_beginning_and_its_end_and_says_what_is_missing() -> None:
    outputs = OutputList(Bounds(text=4000))
    lines = [f"line {i:05}\n" for i in range(5000)]
    for line in lines:
        outputs.write("stdout", line)
    (text,) = texts(outputs)
    assert text.startswith("line 00000\nline 00001\n")
    assert text.endswith("line 04998\nline 04999\n")
    assert len(text) < 6500
    kept = sum(line in text for line in lines)
    assert kept < 600
    assert outputs.left_out.endswith("characters of printed output")
    assert f"[... {outputs.left_out.split()[0]} characters left out ...]" in text


@given(
    st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text("ab\n", max_size=40))),
    st.integers(10, 200),
)
def test_no_text_is_lost_within_the_bound_and_little_kept_beyond(
    writes: list[tuple[str, str]], bound: int
) -> None:
    outputs = OutputList(Bounds(text=bound))
    for name, text in writes:
        outputs.write(name, text)  # type: ignore[arg-type]  # the names are right
    whole = {n: "".join(t for name, t in writes if name == n) for n in ("stdout", "stderr")}
    got = outputs.outputs()
    total = sum(len(text) for text in whole.values())
    if total <= bound:
        assert outputs.left_out == ""
    if not outputs.left_out:
        for name, text in whole.items():
            assert "".join(o["text"] for o in got if o["name"] == name) == text
    else:
        assert sum(len(o["text"]) for o in got) < 2 * bound + 200


def test_rich_outputs_beyond_the_bounds_are_counted() -> None:
    outputs = OutputList(Bounds(count=2, rich=100))
    for _ in range(2):
        outputs.show("display_data", {"text/plain": "x" * 40})
    outputs.show("display_data", {"text/plain": "third"})
    assert outputs.left_out == "1 rich output"
    assert [o["output_type"] for o in outputs.outputs()] == ["display_data"] * 2 + ["stream"]
    wide = OutputList(Bounds(rich=100))
    wide.show("display_data", {"text/plain": "x" * 90}, display_id="a")
    wide.update("a", {"text/plain": "x" * 500}, None)
    assert len(wide.outputs()[0]["data"]["text/plain"]) == 90


def test_pictures_become_files_in_the_order_shown() -> None:
    outputs = OutputList()
    outputs.show("display_data", {"image/png": PNG, "text/plain": "<Figure>"})
    outputs.show("display_data", {"text/plain": "no picture"})
    outputs.show("execute_result", {"image/svg+xml": "<svg/>"}, execution_count=1)
    outputs.show("display_data", {"image/png": b"\x89PNG raw bytes"})
    assert figures(outputs.outputs()) == [
        ("figure_1.png", b"\x89PNG picture"),
        ("figure_2.svg", b"<svg/>"),
        ("figure_3.png", b"\x89PNG raw bytes"),
    ]


def test_a_picture_that_is_none_is_no_file() -> None:
    outputs = OutputList()
    outputs.show("display_data", {"image/png": "!"})
    outputs.show("display_data", {"image/png": {"not": "text"}})
    assert figures(outputs.outputs()) == []


def test_objects_that_json_does_not_know_are_kept_as_text() -> None:
    outputs = OutputList()
    outputs.show("display_data", {"application/x": {"when": object}}, {1: "one"})  # type: ignore[dict-item]
    assert outputs.outputs()[0]["data"] == {"application/x": {"when": str(object)}}
    assert outputs.outputs()[0]["metadata"] == {"1": "one"}


def test_threads_may_print_at_once() -> None:
    outputs = OutputList()

    def print_many() -> None:
        for _ in range(2000):
            outputs.write("stdout", "x\n")

    threads = [threading.Thread(target=print_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts(outputs) == ["x\n" * 8000]


@pytest.mark.parametrize(
    ("text", "screen"),
    [
        ("abc\rX", "Xbc"),
        ("abc\r\ndef", "abc\ndef"),
        ("10%\r100%\n", "100%\n"),
        ("abc\r", "abc\r"),
        ("a\rb\nc\rd", "b\nd"),
        ("no returns", "no returns"),
    ],
)
def test_a_carriage_return_goes_over_the_line(text: str, screen: str) -> None:
    assert overwritten(text) == screen
