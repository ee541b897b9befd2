"""Which cells of two runs stand for one another, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diff.conftest import executed
from tracker.capture.code import RunCode, code_of
from tracker.capture.session import ExecutedCell
from tracker.diff.cells import cell_differences, code_difference
from tracker.diff.lines import line_differences
from tracker.diff.model import CellDifference, CellKind


def told(found: tuple[CellDifference, ...]) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            cell.kind + (" moved" if cell.is_moved else ""),
            cell.left.source if cell.left else None,
            cell.right.source if cell.right else None,
        )
        for cell in found
    ]


def test_cells_of_the_same_id_belong_together_whatever_they_say() -> None:
    left, right = executed("a = 1", "b = 2"), executed("a = 1", "print('all new')")
    assert told(cell_differences(left, right)) == [
        ("equal", "a = 1", "a = 1"),
        ("changed", "b = 2", "print('all new')"),
    ]


@pytest.mark.parametrize("ids", [["", "", "", ""], ["p", "q", "r", "s"]])
def test_without_common_ids_the_text_decides(ids: list[str]) -> None:
    left = executed("import numpy", "x = load('a.csv')", "model.fit(x)", "old = 1")
    right = executed("import numpy", "unlike = [3]", "x = load('b.csv')", "model.fit(x)", ids=ids)
    assert told(cell_differences(left, right)) == [
        ("equal", "import numpy", "import numpy"),
        ("added", None, "unlike = [3]"),
        ("changed", "x = load('a.csv')", "x = load('b.csv')"),
        ("equal", "model.fit(x)", "model.fit(x)"),
        ("removed", "old = 1", None),
    ]


def test_a_text_that_went_to_another_id_is_found_again() -> None:
    left, right = executed("a = 1", "fit(a)"), executed("a = 1", "new = [2]", "fit(a)")
    assert [cell.kind for cell in cell_differences(left, right)] == ["equal", "added", "equal"]


def test_cells_run_in_another_order_are_the_same_cells_moved() -> None:
    left = executed("a = 1", "b = 2", "c = 3")
    right = executed("b = 2", "a = 1", "c = 3", ids=["c1", "c0", "c2"])
    found = cell_differences(left, right)
    assert {cell.kind for cell in found} == {"equal"}
    assert [cell.is_moved for cell in found].count(True) == 1


def test_the_last_executions_of_a_cell_belong_together() -> None:
    left = executed("n = 0", "n += 1", ids=["a", "b"])
    right = executed("n = 0", "n += 1", "n += 1", ids=["a", "b", "b"])
    assert [cell.kind for cell in cell_differences(left, right)] == ["equal", "added", "equal"]


def test_the_track_line_and_blank_ends_are_no_part_of_the_code() -> None:
    left = executed("# %%track first -t a=b\nx = 1\n")
    right = executed("# %%track second\nx = 1  ")
    assert [cell.kind for cell in cell_differences(left, right)] == ["equal"]


TRAIN, AGAIN = "model.fit(x, alpha=0.1)", "model.fit(x, alpha=0.25)"
SCORE = "print(score(model, held_out))"


@pytest.mark.parametrize("ids", [["d", "a"], ["", ""], ["d", "d"]])
def test_cells_that_two_runs_took_place_in_face_each_other(ids: list[str]) -> None:
    left = executed("x = load()", TRAIN, ids=["d", "a"])
    right = executed("x = load()", SCORE, ids=[ids[0], "b"])
    assert told(cell_differences(left, right, [1], [1])) == [
        ("equal", "x = load()", "x = load()"),
        ("changed", TRAIN, SCORE),
    ]


def test_a_run_that_goes_on_from_another_shows_what_it_did_otherwise() -> None:
    left, right = executed("x = load()", TRAIN), executed("x = load()", TRAIN, AGAIN)
    assert told(cell_differences(left, right, [1], [2])) == [
        ("equal", "x = load()", "x = load()"),
        ("added", None, TRAIN),
        ("changed", TRAIN, AGAIN),
    ]
    assert told(cell_differences(right, left, [2], [1])) == [
        ("equal", "x = load()", "x = load()"),
        ("removed", TRAIN, None),
        ("changed", AGAIN, TRAIN),
    ]


def test_a_run_of_something_else_has_the_cell_that_it_goes_on_from() -> None:
    left, right = executed("x = load()", TRAIN), executed("x = load()", TRAIN, SCORE)
    assert told(cell_differences(left, right, [1], [2])) == [
        ("equal", "x = load()", "x = load()"),
        ("equal", TRAIN, TRAIN),
        ("added", None, SCORE),
    ]


def test_of_runs_over_several_cells_those_face_each_other_that_are_alike() -> None:
    left = executed("seed = 3", TRAIN, ids=["a", "b"])
    right = executed("import torch", AGAIN, SCORE, ids=["c", "d", "e"])
    assert told(cell_differences(left, right, [0, 1], [0, 1, 2])) == [
        ("added", None, "import torch"),
        ("removed", "seed = 3", None),
        ("changed", TRAIN, AGAIN),
        ("added", None, SCORE),
    ]


def test_code_that_was_not_kept_is_not_called_equal() -> None:
    code = RunCode("", tuple(executed("x = 1")), (0,), (0,))
    assert not code_difference(code, None).is_equal
    assert not code_difference(None, None).is_known
    assert code_difference(code, code).is_equal


def test_words_that_differ_are_marked_inside_the_line() -> None:
    (line,) = line_differences("fit(alpha=0.1, seed=3)", "fit(alpha=0.25, seed=3)")
    assert [s.text for s in line.left if s.is_changed] == ["0.1"]
    assert [s.text for s in line.right if s.is_changed] == ["0.25"]


texts = st.lists(st.text("ab =1\n(", max_size=12), max_size=8).map("\n".join)


@given(texts, texts)
def test_both_texts_can_be_read_from_their_difference(left: str, right: str) -> None:
    lines = line_differences(left, right)
    ones = [line for line in lines if line.left_number is not None]
    others = [line for line in lines if line.right_number is not None]
    assert "\n".join("".join(s.text for s in line.left) for line in ones) == left
    assert "\n".join("".join(s.text for s in line.right) for line in others) == right
    assert [line.left_number for line in ones] == list(range(1, len(ones) + 1))
    assert [line.right_number for line in others] == list(range(1, len(others) + 1))
    assert all(line.kind == "equal" for line in lines) == (left == right)


# -- any two runs --------------------------------------------------------------------------------

SOURCES = ["x = 1", "x = 2", "fit(x)", "fit(x, 3)", "print('other')", ""]
Run = tuple[list[ExecutedCell], list[int]]


@st.composite
def runs(draw: st.DrawFn, own: range = range(4)) -> Run:
    """Cells of which some are alike, with ids that come again or are unknown, and the run's own."""
    cell = st.tuples(st.sampled_from(SOURCES), st.sampled_from(["", "a", "b", "c"]))
    cells = draw(st.lists(cell, min_size=own.start, max_size=7))
    places = st.sets(st.sampled_from(range(len(cells))), min_size=own.start, max_size=own.stop - 1)
    targets = draw(places) if cells else set()
    return executed(*(text for text, _ in cells), ids=[name for _, name in cells]), sorted(targets)


def compared(left: Run, right: Run) -> tuple[CellDifference, ...]:
    return cell_differences(left[0], right[0], left[1], right[1])


def orders(cells: list[ExecutedCell | None]) -> list[int]:
    return [cell.order for cell in cells if cell is not None]


@given(runs(), runs())
def test_every_cell_of_both_is_there_once_and_in_its_order(left: Run, right: Run) -> None:
    found = compared(left, right)
    assert orders([cell.right for cell in found]) == [cell.order for cell in right[0]]
    assert sorted(orders([cell.left for cell in found])) == [cell.order for cell in left[0]]
    staying = orders([cell.left for cell in found if not cell.is_moved])
    assert staying == sorted(staying)


@given(runs(), runs())
def test_the_same_cells_face_each_other_whichever_way_round(left: Run, right: Run) -> None:
    def turned(cell: CellDifference) -> CellDifference:
        kinds: dict[str, CellKind] = {"added": "removed", "removed": "added"}
        kind = kinds.get(cell.kind, cell.kind)
        return CellDifference(kind, cell.right, cell.left, cell.is_moved)

    there = {replace(cell, lines=()) for cell in compared(left, right)}
    assert there == {turned(cell) for cell in compared(right, left)}


@given(runs())
def test_a_run_does_not_differ_from_itself(run: Run) -> None:
    assert {(cell.kind, cell.is_moved) for cell in compared(run, run)} <= {("equal", False)}


@given(runs(range(1, 2)), runs(range(1, 2)))
def test_the_only_cell_of_each_faces_the_other_or_itself(left: Run, right: Run) -> None:
    one, other = left[0][left[1][0]], right[0][right[1][0]]
    rows = [c for c in compared(left, right) if c.left is one or c.right is other]
    shared = one.source in {c.source for c in right[0]} or other.source in {
        c.source for c in left[0]
    }
    assert len(rows) == 1 or shared


# -- mutations ----------------------------------------------------------------------------------

NAMES = "abcdef"


@st.composite
def sessions(draw: st.DrawFn) -> list[str]:
    """Cells that each make something of what earlier ones made, with a number of their own."""
    cells: list[str] = []
    made: list[str] = []
    for place in range(draw(st.integers(3, 9))):
        number = f"{place + 1}00"
        used = draw(st.sampled_from(["", *made]))
        name = draw(st.sampled_from(NAMES))
        kind = draw(st.sampled_from(["plain", "list", "append", "function", "block", "augmented"]))
        reads = f" + {used}[0]" if used else ""
        match kind:
            case "plain" | "list":
                cells.append(f"{name} = [{number}{reads}]")
            case "append" if used:
                cells.append(f"{used}.append({number})")
                continue
            case "function":
                inner = used or "len"
                body = f"    return [{number}, {inner}]"
                cells.append(f"def make_{name}():\n{body}\n{name} = make_{name}()")
            case "augmented" if used:
                cells.append(f"{used} += [{number}]")
                continue
            case _:
                cells.append(f"if True:\n    # {place}\n    {name} = [{number}{reads}]")
        made.append(name)
    last = draw(st.sampled_from(made)) if made else "len"
    return [*cells, f"result = [{len(cells) + 1}00, {last}]"]


def sliced(cells: list[ExecutedCell]) -> RunCode:
    return code_of("s", cells, [cells[-1].order])


@given(sessions(), st.data(), st.booleans())
def test_one_changed_value_names_its_cell_and_nothing_else(
    sources: list[str], data: st.DataObject, has_ids: bool
) -> None:
    ids = None if has_ids else [""] * len(sources)
    before = sliced(executed(*sources, ids=ids))
    place = data.draw(st.integers(0, len(sources) - 1))
    changed = [*sources]
    changed[place] = sources[place].replace(f"{place + 1}00", "31415")
    after = sliced(executed(*changed, ids=ids))
    found = code_difference(before, after)
    if place not in before.slice:
        assert found.is_equal
        return
    assert not found.is_equal
    (cell,) = found.changed
    assert (cell.kind, cell.is_moved) == ("changed", False)
    assert cell.left is not None and cell.left.order == place
    assert cell.right is not None and cell.right.order == place
    marked = [s.text for line in cell.lines for s in line.right if s.is_changed]
    assert "31415" in "".join(marked)
