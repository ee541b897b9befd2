"""The code of a run as files, and what is found about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.artifacts import open_artifacts
from tracker.capture import code as capture_code
from tracker.capture import tags
from tracker.capture.code import RunCode, code_of, lineage_text, read_code, session_text
from tracker.capture.findings import Finding, summary
from tracker.capture.notebookfile import NotebookCell, read_notebook
from tracker.capture.session import ExecutedCell


def session(*cells: tuple[str, str], failed: tuple[int, ...] = ()) -> list[ExecutedCell]:
    """Executions of cells, each an id and a source."""
    return [
        ExecutedCell(order, source, source, order + 1, cell_id, order not in failed)
        for order, (cell_id, source) in enumerate(cells)
    ]


def found(cells: list[ExecutedCell], *shown: NotebookCell, present: str = "") -> list[str]:
    """What is told of a run that is the last of the cells."""
    code = code_of(
        "s",
        cells,
        [cells[-1].order],
        present=frozenset(present.split()),
        notebook=shown or None,
    )
    return [finding.text for finding in code.findings]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([("a", "x = [1]"), ("b", "x.append(2)"), ("c", "use(x)")], []),
        (
            [("a", "x = [1]"), *[("b", "x.append(2)")] * 3, ("c", "use(x)")],
            ["`x` was changed by In [4], which ran three times"],
        ),
        ([("a", "x = [1]"), ("a", "x = [1]"), ("c", "use(x)")], []),
        ([("a", "x = 1"), ("b", "y = x"), ("a", "x = 2"), ("c", "use(y)")],
         ["In [1] was edited and run again as In [3], and the run depends on what it did before"]),
        ([("a", "x = 1"), ("a", "x = 2"), ("c", "use(x)")], []),
    ],
)  # fmt: skip
def test_hidden_state_is_told_in_words(cells: list[tuple[str, str]], told: list[str]) -> None:
    assert found(session(*cells)) == told


def test_a_failed_cell_that_gave_something_is_told() -> None:
    cells = session(("a", "x = [1]"), ("b", "x.append(2)\n1 / 0"), ("c", "use(x)"), failed=(1,))
    assert found(cells) == ["In [2] failed, and the run depends on what it had done by then"]
    harmless = session(("a", "x = [1]"), ("b", "y = 1 / 0"), ("c", "use(x)"), failed=(1,))
    assert found(harmless) == []


def test_a_failed_cell_does_not_hide_what_was_before_it() -> None:
    cells = session(("a", "x = 1"), ("b", "1 / 0\nx = 2"), ("c", "use(x)"), failed=(1,))
    assert code_of("s", cells, [2]).slice == (0, 1, 2)


def test_variables_that_no_cell_made_are_told_where_they_are_there() -> None:
    cells = session(("c", "use = print\nuse(df, missing)"))
    assert found(cells, present="df use") == [
        "`df` was not made by any cell that ran in this session"
    ]


def test_a_notebook_in_the_order_that_was_run_has_nothing_to_tell() -> None:
    cells = session(("a", "x = 1"), ("b", "y = x"), ("c", "use(y)"))
    shown = [NotebookCell(c.cell_id, c.raw_source, c.execution_count) for c in cells]
    assert found(cells, *shown, NotebookCell("below", "y = 3", 9)) == []


def test_the_order_counts_only_where_it_matters() -> None:
    cells = session(("b", "y = 2"), ("a", "x = 1"), ("c", "use(x, y)"))
    texts = {"a": "x = 1", "b": "y = 2", "c": "use(x, y)"}
    shown = [NotebookCell(name, texts[name], 1) for name in "abc"]
    assert found(cells, *shown) == []


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    cells = session(("a", "x = 1"), ("b", "x = 1"), ("c", "use(x)"))
    code = code_of("s", cells, [2])
    artifacts = open_artifacts(str(tmp_path))
    artifacts.put(tags.SESSION_FILE, [session_text(code).encode()])
    artifacts.put(tags.LINEAGE_FILE, [lineage_text(code).encode()])
    assert read_code(artifacts) == code
    assert len(json.loads(session_text(code))["sources"]) == 2


def test_a_cell_alone_is_the_code_where_there_is_no_more(tmp_path: Path) -> None:
    artifacts = open_artifacts(str(tmp_path))
    assert read_code(artifacts) is None
    artifacts.put(tags.SOURCE_FILE, [b"x = 1"])
    code = read_code(artifacts)
    assert code is not None
    assert [cell.source for cell in code.sliced] == ["x = 1"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cells", "sources", "order", "source", "kind"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {}, optional={"session_id": json_values, "left_out": json_values, "cells": json_values,
                      "sources": json_values}
    ),
    st.fixed_dictionaries(
        {}, optional={"targets": json_values, "slice": json_values, "findings": json_values}
    ),
)  # fmt: skip
def test_files_that_say_anything_are_read_without_an_error(
    tmp_path_factory: pytest.TempPathFactory, one: object, other: object
) -> None:
    artifacts = open_artifacts(str(tmp_path_factory.mktemp("any")))
    artifacts.put(tags.SESSION_FILE, [json.dumps(one).encode()])
    artifacts.put(tags.LINEAGE_FILE, [json.dumps(other).encode()])
    code = read_code(artifacts)
    assert code is None or isinstance(code, RunCode)


def test_of_a_very_long_session_the_slice_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_code, "MOST_TEXT", 600)
    fill = [("f", f"note{n} = '{'x' * 40}'") for n in range(30)]
    cells = session(("a", "x = 1"), *fill, ("c", "use(x)"))
    code = code_of("s", cells, [31])
    assert [cell.source for cell in code.sliced] == ["x = 1", "use(x)"]
    assert code.left_out == len(cells) - len(code.cells) > 10
    assert code.cells[-2].source == cells[-2].source


def test_findings_are_one_line_together() -> None:
    assert summary([Finding("edited", "a"), Finding("deleted", "b")]) == "a; b"


@given(json_values)
def test_what_is_no_notebook_is_none(content: object) -> None:
    assert read_notebook(content, most=1000) is None


def test_a_long_notebook_is_kept_without_its_outputs() -> None:
    cell = {"cell_type": "code", "id": "a", "source": ["x =", " 1"], "outputs": ["o" * 900]}
    content = {"nbformat": 4, "cells": [cell, {"cell_type": "markdown"}, 3]}
    whole, bare = read_notebook(content, most=5000), read_notebook(content, most=800)
    assert whole is not None and bare is not None
    assert json.loads(whole.text) == content
    assert json.loads(bare.text)["cells"][0]["outputs"] == []
    assert bare.cells == (NotebookCell("a", "x = 1", None),)
    assert read_notebook(content, most=20) is None
