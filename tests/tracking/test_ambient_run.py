from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import tracker
from tracker.entities import Run
from tracker.errors import InvalidState
from tracker.tracking.active import ActiveRun
from tracker.tracking.runs import close_ambient_run, open_ambient_run

PARENT = "mlflow.parentRunId"


def found(run: Run) -> Run:
    return tracker.get_run(run.info.run_id)


@pytest.fixture
def cell() -> Iterator[ActiveRun]:
    run = open_ambient_run(run_name="cell", tags={"kind": "cell"})
    yield run
    close_ambient_run(run, "FINISHED")


def test_what_is_logged_in_a_cell_goes_to_its_run(cell: ActiveRun) -> None:
    tracker.log_param("a", 1)
    assert tracker.active_run() is cell
    close_ambient_run(cell, "FINISHED")
    assert found(cell).data.params == {"a": "1"}
    assert found(cell).data.tags["kind"] == "cell"
    assert found(cell).info.status == "FINISHED"
    assert tracker.active_run() is None


def test_runs_started_in_a_cell_are_its_children(cell: ActiveRun) -> None:
    with tracker.start_run() as child:
        tracker.log_param("in", "child")
        with tracker.start_run(nested=True) as grandchild:
            pass
    with tracker.start_run() as second:
        pass
    tracker.log_param("in", "cell")
    assert child.data.tags[PARENT] == second.data.tags[PARENT] == cell.info.run_id
    assert grandchild.data.tags[PARENT] == child.info.run_id
    assert found(child).data.params == {"in": "child"}
    assert found(cell).data.params == {"in": "cell"}
    assert found(cell).info.status == "RUNNING"


def test_a_run_inside_a_run_of_a_cell_must_still_be_nested(cell: ActiveRun) -> None:
    with tracker.start_run(), pytest.raises(InvalidState, match="already active"):
        tracker.start_run()


def test_bare_runs_of_a_cell_end_one_by_one_and_with_the_cell(cell: ActiveRun) -> None:
    runs = [tracker.start_run() for _ in range(3)]
    assert [found(run).info.status for run in runs] == ["FINISHED", "FINISHED", "RUNNING"]
    assert {run.data.tags[PARENT] for run in runs} == {cell.info.run_id}
    close_ambient_run(cell, "FAILED")
    assert found(runs[2]).info.status == "FAILED"
    assert tracker.active_run() is None


def test_end_run_leaves_the_cells_run_open(cell: ActiveRun) -> None:
    tracker.end_run()
    assert tracker.active_run() is cell
    tracker.start_run()
    tracker.end_run()
    assert tracker.active_run() is cell
    assert found(cell).info.status == "RUNNING"


def test_threads_without_a_run_log_to_the_cells_run(cell: ActiveRun) -> None:
    def work() -> None:
        tracker.log_metric("from thread", 1.0)
        with tracker.start_run(run_name="in thread"):
            tracker.log_metric("from run in thread", 2.0)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found(cell).data.metrics == {"from thread": 1.0}
    child = tracker.search_runs(
        filter_string="attributes.run_name = 'in thread'", output_format="list"
    )[0]
    assert child.data.tags[PARENT] == cell.info.run_id


def test_a_cells_children_are_in_its_experiment() -> None:
    experiment_id = tracker.create_experiment("of the cell")
    cell = open_ambient_run(experiment_id=experiment_id)
    with tracker.start_run() as child:
        assert child.info.experiment_id == experiment_id
    other = tracker.create_experiment("another")
    with tracker.start_run(experiment_id=other) as child:
        assert child.info.experiment_id == other
    close_ambient_run(cell, "FINISHED")


def test_a_cell_ends_the_bare_run_of_an_earlier_cell() -> None:
    bare = tracker.start_run()
    cell = open_ambient_run()
    tracker.log_param("a", 1)
    assert found(bare).info.status == "FINISHED"
    assert PARENT not in cell.data.tags
    close_ambient_run(cell, "FINISHED")
    assert found(cell).data.params == {"a": "1"}


def test_a_cell_within_a_cell_is_a_child_and_the_outer_one_goes_on(cell: ActiveRun) -> None:
    inner = open_ambient_run(run_name="inner")
    tracker.log_param("in", "inner")
    close_ambient_run(inner, "FINISHED")
    tracker.log_param("in", "outer")
    assert inner.data.tags[PARENT] == cell.info.run_id
    assert tracker.active_run() is cell
    assert found(inner).data.params == {"in": "inner"}
    assert found(cell).data.params == {"in": "outer"}


def test_closing_twice_does_nothing(cell: ActiveRun) -> None:
    close_ambient_run(cell, "FAILED")
    close_ambient_run(cell, "FINISHED")
    assert found(cell).info.status == "FAILED"
