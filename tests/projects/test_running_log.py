"""What is kept of a project's output, and how its last lines read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracker
from tests.projects.runs import artifact, project, store
from tracker.projects.log import KeptLog
from tracker.projects.notebook import typed
from tracker.store import Store

__all__ = ["store"]


@given(st.lists(st.binary(max_size=40)), st.integers(0, 30), st.integers(1, 30))
def test_beginning_and_end_are_kept_and_the_rest_is_counted(
    pieces: list[bytes], head: int, tail: int
) -> None:
    log = KeptLog(head, tail)
    for piece in pieces:
        log.write(piece)
    written = b"".join(pieces)
    kept = b"".join(log.chunks())
    assert log.written == len(written)
    if log.left_out == 0:
        assert kept == written
    else:
        assert kept.startswith(written[:head])
        assert kept.endswith(written[-tail:])
        assert f"{log.left_out:,} bytes are not kept".encode() in kept
        assert len(written) - log.left_out < head + tail + 40


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (b"one\ntwo\nthree\n", ["two", "three"]),
        (b" 10%\r 50%\r100%\ndone", ["100%", "done"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07end\x1b(B\n", ["red end"]),
        (b"\xff\xfe is no UTF-8\n", ["\ufffd\ufffd is no UTF-8"]),
        (b"", []),
    ],
)
def test_last_lines_read_as_on_a_terminal(written: bytes, lines: list[str]) -> None:
    log = KeptLog()
    log.write(written)
    assert log.last_lines(2) == lines


def test_a_line_without_end_is_cut() -> None:
    log = KeptLog()
    for _ in range(100):
        log.write(b"x" * 100_000)
    assert [len(line) for line in log.last_lines(8, width=500)] == [500]


def test_output_that_is_no_text_harms_nothing(store: Store, tmp_path: Path) -> None:
    source = """
        import os
        os.write(1, "caf\\u00e9 ".encode() + b"\\xff\\xfe\\x00\\x1b[2J<script>\\n")
        os.write(2, "\\u20ac".encode()[:1])
        os.write(2, "\\u20ac".encode()[1:])
    """
    folder = project(tmp_path / "odd", main__py=source)
    submitted = tracker.projects.run(str(folder), "main.py")
    said = "café \ufffd\ufffd\x00\x1b[2J<script>\n€"
    assert submitted.log == said
    assert artifact(store.get_run(submitted.run_id), "project/log.txt") == said.encode()


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("3", 0.5, 3),
        ("1e-3", 0.5, 0.001),
        ("true", False, True),
        ("None", 1, None),
        ("7", "1", "7"),
        ("7", (), 7),
        ("__import__('os')", 1, "__import__('os')"),
        ("[1, 2]", (), "[1, 2]"),
        ("", 1, ""),
    ],
)
def test_a_notebooks_parameter_has_the_type_that_its_own_value_has(
    text: str, default: object, value: object
) -> None:
    found = typed(text, default)
    assert (found, type(found)) == (value, type(value))
