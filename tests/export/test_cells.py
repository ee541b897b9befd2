"""Which executions an export takes, and in which order."""

from dataclasses import replace

import pytest

from tests.export.session import executed, failed
from tracker.capture.session import ExecutedCell
from tracker.errors import NotFound
from tracker.export.cells import choose


def sources(cells: list[ExecutedCell]) -> list[str]:
    return [piece.source for piece in choose(cells)[0]]


def test_a_later_execution_replaces_an_earlier_one_of_the_same_cell() -> None:
    cells = executed(("a", "x = 1"), ("b", "y = 2"), ("b", "y = 3"), ("c", "print(x, y)"))
    assert sources(cells) == ["x = 1", "y = 3", "print(x, y)"]


def test_order_is_that_of_execution_not_of_the_notebook() -> None:
    cells = executed(("second", "y = 2"), ("first", "x = y"), ("third", "print(x)"))
    assert sources(cells) == ["y = 2", "x = y", "print(x)"]


def test_run_all_twice_is_the_notebook_once() -> None:
    once = [("a", "import os"), ("b", "x = os.sep"), ("c", "print(x)")]
    assert sources(executed(*once, *once)) == ["import os", "x = os.sep", "print(x)"]


def test_an_earlier_execution_stays_where_a_cell_in_between_needs_it() -> None:
    cells = executed(
        ("a", "alpha = 0.1"), ("b", "data = load(alpha)"), ("a", "alpha = 0.5"), ("c", "fit(data)")
    )
    pieces, remarks = choose(cells)
    assert [piece.source for piece in pieces] == [cell.source for cell in cells]
    assert any("In [1]" in remark and "executed again later" in remark for remark in remarks)


def test_imports_run_again_are_not_doubled() -> None:
    cells = executed(("a", "import os"), ("b", "x = os.sep"), ("a", "import os"), ("c", "os, x"))
    assert sources(cells) == ["import os", "x = os.sep", "os, x"]


def test_imports_that_were_added_to_later_stand_where_the_first_did() -> None:
    cells = executed(
        ("a", "import os"), ("b", "x = os.sep"), ("a", "import os, sys"), ("c", "print(x, sys)")
    )
    pieces, remarks = choose(cells)
    assert [piece.source for piece in pieces] == ["import os, sys", "x = os.sep", "print(x, sys)"]
    assert remarks == []


def test_a_change_in_place_that_ran_twice_stays_twice() -> None:
    cells = executed(("a", "x = [1]"), ("b", "x.append(2)"), ("b", "x.append(2)"), ("c", "len(x)"))
    assert sources(cells) == ["x = [1]", "x.append(2)", "x.append(2)", "len(x)"]
    counted = executed(("a", "n = 0"), ("b", "n += 1"), ("b", "n += 1"), ("c", "n"))
    assert sources(counted) == ["n = 0", "n += 1", "n += 1", "n"]


def test_a_look_at_the_data_that_ran_twice_stays_once() -> None:
    cells = executed(("a", "x = [1]"), ("b", "plot(x)"), ("b", "plot(x)"), ("c", "len(x)"))
    assert sources(cells) == ["x = [1]", "plot(x)", "len(x)"]


def test_fitting_again_replaces_the_first_fit_but_not_where_training_goes_on() -> None:
    again = [("b", "model.fit(X)"), ("b", "model.fit(X)"), ("c", "model.score(X)")]
    sklearn = executed(("a", "from sklearn.svm import SVC\nmodel, X = SVC(), [1]"), *again)
    assert len(sources(sklearn)) == 3
    keras = executed(("a", "from keras import Model\nmodel, X = Model(), [1]"), *again)
    assert len(sources(keras)) == 4


def test_a_cell_that_failed_is_left_out_with_a_remark() -> None:
    cells = failed(executed(("a", "x = 1")), "y = 1 / 0", "b")
    pieces, remarks = choose(cells)
    assert [piece.source for piece in pieces] == ["x = 1"]
    assert remarks == ["In [2] ended with an exception and was left out."]


def test_a_failure_that_was_put_right_is_not_told() -> None:
    cells = failed(executed(("a", "x = 1")), "y = 1 / 0", "b")
    right = ExecutedCell(2, "y = 1", "y = 1", 3, "b")
    assert choose([*cells, right])[1] == []


def test_a_name_that_only_a_failed_cell_bound_is_told() -> None:
    cells = failed([], "x = 1; 1 / 0", "a")
    pieces, remarks = choose([*cells, ExecutedCell(1, "print(x)", "print(x)", 2, "b")])
    assert len(pieces) == 1
    assert any("In [2] reads 'x'" in remark for remark in remarks)


def test_functions_read_their_globals_when_they_are_called() -> None:
    cells = executed(
        ("a", "def f():\n    return rate"), ("b", "rate = 1"), ("c", "f()"), ("b", "rate = 2")
    )
    assert sources(cells) == ["def f():\n    return rate", "rate = 1", "f()", "rate = 2"]


def test_cells_without_an_id_are_known_by_their_text() -> None:
    cells = [
        ExecutedCell(n, text, text, n + 1) for n, text in enumerate(["x = 1", "y = 2", "x = 1"])
    ]
    assert sources(cells) == ["y = 2", "x = 1"]


def test_a_track_line_is_kept_beside_the_source() -> None:
    (piece,) = choose(executed("%%track study -e trees\nx = 1"))[0]
    assert piece.source == "x = 1"
    assert piece.track is not None
    assert piece.track.arguments == "study -e trees"


def test_overrides_of_a_cell_that_no_kernel_of_ours_ran_are_put_into_its_source() -> None:
    text = "%%track -p x=3\nx = 1"
    (piece,) = choose([ExecutedCell(0, text, text)])[0]
    assert piece.source == "x = 3"


def test_of_one_run_only_what_it_may_depend_on_is_taken() -> None:
    cells = executed("x = 1", "y = 2", "%%track\nfit(x)", "%%track\nfit(y)")
    runs = [replace(cell, run_id=f"run{cell.order}") for cell in cells[2:]]
    pieces, remarks = choose([*cells[:2], *runs], "run3")
    assert [piece.source for piece in pieces] == ["y = 2", "fit(y)"]
    assert "Left out 2 cells that the run does not depend on." in remarks
    with pytest.raises(NotFound, match="the run 'run9'.*runs run2, run3"):
        choose([*cells[:2], *runs], "run9")
