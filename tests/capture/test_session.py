from __future__ import annotations

from tracker.capture.session import SessionLog, begin_session, current_session


def test_executions_are_logged_in_order_with_what_ran_and_how_it_ended() -> None:
    log = SessionLog()
    log.remember([(1, "import os", True), (3, "1/0", False)])
    ran, typed = "# %%track a\nx = 2", "%%track a -p x=2\nx = 1"
    first = log.started(ran, typed, "cell-1")
    log.ended(first, execution_count=4, succeeded=True, run_id="r1")
    again = log.started("x", "x", None)
    assert len(log.executed_cells()) == 3
    log.ended(again, execution_count=5, succeeded=False)
    cells = log.executed_cells()
    assert [cell.order for cell in cells] == [0, 1, 2, 3]
    assert [cell.succeeded for cell in cells] == [True, False, True, False]
    assert [cell.execution_count for cell in cells] == [1, 3, 4, 5]
    assert (cells[2].source, cells[2].raw_source) == (
        "# %%track a\nx = 2",
        "%%track a -p x=2\nx = 1",
    )
    assert (cells[2].cell_id, cells[2].run_id) == ("cell-1", "r1")
    assert cells[0].start_time is None
    assert cells[2].duration is not None


def test_what_was_read_of_the_log_does_not_change() -> None:
    log = SessionLog()
    before = log.executed_cells()
    log.remember([(1, "x", True)])
    assert before == ()


def test_a_process_has_one_session() -> None:
    log = begin_session()
    assert begin_session() is log
    assert current_session() is log
    assert len({SessionLog().session_id for _ in range(20)}) == 20
