"""Which cells of two runs stand for one another, and what is said of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diff.conftest import executed
from tracker.capture.code import RunCode, code_of
from tracker.capture.session import ExecutedCell
from tracker.diff.cells import cell_differences, code_difference
from tracker.diff.lines import line_differences
from tracker.diff.model import CellDifference


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
