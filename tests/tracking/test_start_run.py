from __future__ import annotations

import threading
from typing import Any

import pytest

import tracker
from tracker.entities import Run
from tracker.errors import InvalidState, InvalidValue, NotFound
from tracker.store import Store

PARENT = "mlflow.parentRunId"
NOTE = "mlflow.note.content"


def status(run: Run) -> str:
    return tracker.get_run(run.info.run_id).info.status


def test_a_run_is_running_in_its_block_and_finished_after_it() -> None:
    with tracker.start_run(run_name="one") as run:
        assert status(run) == "RUNNING"
        assert tracker.active_run() is run
    assert status(run) == "FINISHED"
    assert tracker.active_run() is None
    ended = tracker.get_run(run.info.run_id)
    assert ended.info.run_name == "one"
    assert ended.info.end_time is not None
    assert ended.info.end_time >= ended.info.start_time


def test_the_runs_object_shows_what_was_logged_once_it_has_ended() -> None:
    with tracker.start_run() as run:
        tracker.log_metric("loss", 0.5)
        tracker.log_param("lr", 1)
    assert dict(run.data.metrics) == {"loss": 0.5}
    assert dict(run.data.params) == {"lr": "1"}
    assert run.info.status == "FINISHED"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("mine"), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(3), "FAILED"),
        (SystemExit("words"), "FAILED"),
        (SystemExit(0), "FINISHED"),
        (SystemExit(), "FINISHED"),
    ],
)
def test_an_exception_passes_unchanged_and_decides_the_status(
    error: BaseException, expected: str
) -> None:
    with pytest.raises(type(error)) as caught, tracker.start_run() as run:
        raise error
    assert caught.value is error
    assert status(run) == expected


def test_a_second_run_in_a_block_must_be_nested() -> None:
    with tracker.start_run() as run:
        with pytest.raises(InvalidState, match=r"already active.*tracker\.end_run.*nested=True"):
            tracker.start_run()
        assert tracker.active_run() is run
    assert status(run) == "FINISHED"


def test_a_bare_run_is_ended_by_the_next_one_as_when_a_cell_is_run_again() -> None:
    first = tracker.start_run()
    second = tracker.start_run()
    assert status(first) == "FINISHED"
    assert status(second) == "RUNNING"
    assert PARENT not in second.data.tags
    tracker.end_run()
    assert status(second) == "FINISHED"


def test_a_block_after_a_bare_run_ends_it_too() -> None:
    bare = tracker.start_run()
    with tracker.start_run() as run:
        assert status(bare) == "FINISHED"
        assert tracker.active_run() is run


def test_nested_bare_runs_are_all_ended_by_the_next_one() -> None:
    outer = tracker.start_run()
    inner = tracker.start_run(nested=True)
    assert inner.data.tags[PARENT] == outer.info.run_id
    tracker.start_run()
    assert [status(outer), status(inner)] == ["FINISHED", "FINISHED"]


def test_a_bare_run_left_open_in_a_block_ends_with_it() -> None:
    with pytest.raises(ZeroDivisionError), tracker.start_run() as outer:
        inner = tracker.start_run(nested=True)
        raise ZeroDivisionError
    assert [status(inner), status(outer)] == ["FAILED", "FAILED"]
    assert tracker.active_run() is None


def test_nested_runs_know_their_parents() -> None:
    with tracker.start_run() as outer, tracker.start_run(nested=True) as middle:
        with tracker.start_run(nested=True) as inner:
            assert tracker.active_run() is inner
        assert tracker.active_run() is middle
    assert PARENT not in outer.data.tags
    assert middle.data.tags[PARENT] == outer.info.run_id
    parent = tracker.get_parent_run(inner.info.run_id)
    assert parent is not None
    assert parent.info.run_id == middle.info.run_id
    assert tracker.get_parent_run(outer.info.run_id) is None


def test_nested_without_an_outer_run_is_a_run_like_any() -> None:
    with tracker.start_run(nested=True) as run:
        assert PARENT not in run.data.tags


def test_a_parent_is_given_by_its_id() -> None:
    with tracker.start_run() as parent:
        pass
    with tracker.start_run(parent_run_id=parent.info.run_id) as child:
        assert child.data.tags[PARENT] == parent.info.run_id
    with tracker.start_run() as current:
        with tracker.start_run(parent_run_id=current.info.run_id) as child:
            assert child.data.tags[PARENT] == current.info.run_id
        with pytest.raises(InvalidState, match="does not match the specified parent_run_id"):
            tracker.start_run(parent_run_id=parent.info.run_id, nested=True)
    with pytest.raises(NotFound):
        tracker.start_run(parent_run_id="0123456789abcdef")
    tracker.delete_run(parent.info.run_id)
    with pytest.raises(InvalidState, match="deleted"):
        tracker.start_run(parent_run_id=parent.info.run_id)


def test_a_run_is_resumed_by_its_id() -> None:
    with tracker.start_run(run_name="first") as run:
        tracker.log_param("a", 1)
    with tracker.start_run(run_id=run.info.run_id, tags={"resumed": "yes"}) as again:
        assert status(again) == "RUNNING"
        tracker.log_param("b", 2)
    found = tracker.get_run(run.info.run_id)
    assert dict(found.data.params) == {"a": "1", "b": "2"}
    assert found.data.tags["resumed"] == "yes"
    assert found.info.run_name == "first"
    assert found.info.status == "FINISHED"


def test_a_resumed_run_can_be_renamed_and_described() -> None:
    with tracker.start_run(run_name="first") as run:
        pass
    with tracker.start_run(run.info.run_id, run_name="second", description="why"):
        pass
    found = tracker.get_run(run.info.run_id)
    assert found.info.run_name == "second"
    assert found.data.tags["mlflow.runName"] == "second"
    assert found.data.tags[NOTE] == "why"


@pytest.mark.parametrize("variable", ["MLFLOW_RUN_ID", "TRACKER_RUN_ID"])
def test_the_environment_names_the_run_to_resume_once(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tracker.start_run() as run:
        pass
    monkeypatch.setenv(variable, run.info.run_id)
    with tracker.start_run() as resumed:
        assert resumed.info.run_id == run.info.run_id
    with tracker.start_run() as other:
        assert other.info.run_id != run.info.run_id


def test_what_cannot_be_resumed_is_told() -> None:
    with pytest.raises(NotFound):
        tracker.start_run(run_id="0123456789abcdef")
    with tracker.start_run() as run:
        pass
    tracker.delete_run(run.info.run_id)
    with pytest.raises(InvalidState, match=r"deleted state.*restore_run"):
        tracker.start_run(run_id=run.info.run_id)
    tracker.restore_run(run.info.run_id)
    tracker.set_experiment("another")
    with pytest.raises(InvalidState, match="belongs to experiment 0"):
        tracker.start_run(run_id=run.info.run_id)


def test_tags_and_the_description_are_recorded_as_text() -> None:
    with tracker.start_run(tags={"n": 1, "team": "vision"}, description="# Why") as run:
        pass
    tags = tracker.get_run(run.info.run_id).data.tags
    assert tags["n"] == "1"
    assert tags["team"] == "vision"
    assert tags[NOTE] == "# Why"
    with pytest.raises(InvalidValue, match="given twice"):
        tracker.start_run(tags={NOTE: "a"}, description="b")
    with pytest.raises(InvalidValue, match="tags are given as a dict"):
        tracker.start_run(tags=["a"])  # type: ignore[arg-type]  # the mistake under test


def test_a_run_without_a_name_gets_one() -> None:
    with tracker.start_run() as run:
        assert run.data.tags["mlflow.runName"] == run.info.run_name != ""


def test_a_name_given_as_the_tag_counts() -> None:
    with tracker.start_run(tags={"mlflow.runName": "by tag"}) as run:
        assert run.info.run_name == "by tag"


def test_the_experiment_is_the_one_given_else_the_active_one() -> None:
    experiment_id = tracker.create_experiment("given")
    with tracker.start_run(experiment_id=experiment_id) as run:
        assert run.info.experiment_id == experiment_id
    with tracker.start_run(experiment_id=int(experiment_id)) as run:
        assert run.info.experiment_id == experiment_id
    with tracker.start_run() as run:
        assert run.info.experiment_id == "0"


def test_end_run_ends_the_innermost_run_with_the_status_given() -> None:
    outer = tracker.start_run()
    inner = tracker.start_run(nested=True)
    tracker.end_run("KILLED")
    assert [status(outer), status(inner)] == ["RUNNING", "KILLED"]
    tracker.end_run(tracker.RunStatus.FAILED)
    assert status(outer) == "FAILED"
    tracker.end_run()


def test_an_unknown_status_is_refused_and_the_run_goes_on() -> None:
    with tracker.start_run() as run:
        with pytest.raises(InvalidValue, match="no run status 'DONE'"):
            tracker.end_run("DONE")
        assert tracker.active_run() is run


def test_ending_a_run_in_its_own_block_is_fine() -> None:
    with tracker.start_run() as run:
        tracker.end_run("KILLED")
        with tracker.start_run() as other:
            pass
    assert [status(run), status(other)] == ["KILLED", "FINISHED"]


def test_a_run_resumed_in_its_own_block_ends_with_the_block() -> None:
    with tracker.start_run() as run:
        tracker.end_run()
        tracker.start_run(run_id=run.info.run_id)
    assert status(run) == "FINISHED"
    assert tracker.active_run() is None


def test_the_last_active_run_is_remembered() -> None:
    with tracker.start_run() as run:
        assert tracker.last_active_run() is run
        tracker.log_metric("m", 1)
    last = tracker.last_active_run()
    assert last is not None
    assert last.info.run_id == run.info.run_id
    assert dict(last.data.metrics) == {"m": 1.0}


def in_thread(work: Any) -> Any:
    results: list[Any] = []

    def run() -> None:
        results.append(work())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def test_every_thread_has_runs_of_its_own() -> None:
    def work() -> Run:
        assert tracker.active_run() is None
        with tracker.start_run(run_name="other thread") as run:
            tracker.log_param("where", "thread")
        return run

    with tracker.start_run() as run:
        other = in_thread(work)
        assert tracker.active_run() is run
        tracker.log_param("where", "main")
    assert PARENT not in other.data.tags
    assert tracker.get_run(other.info.run_id).data.params["where"] == "thread"
    assert tracker.get_run(run.info.run_id).data.params["where"] == "main"


def test_a_block_may_be_left_in_another_thread() -> None:
    run = tracker.start_run()
    run.__enter__()
    in_thread(lambda: run.__exit__(None, None, None))
    assert status(run) == "FINISHED"
    assert tracker.active_run() is None


def test_many_threads_record_to_many_runs(store: Store) -> None:
    def work(number: int) -> None:
        for turn in range(5):
            with tracker.start_run(run_name=f"{number}-{turn}"):
                tracker.log_param("who", number)
                tracker.log_metric("m", float(number), step=turn)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = store.search_runs(["0"])
    assert len(runs) == 30
    assert {run.info.status for run in runs} == {"FINISHED"}
    for run in runs:
        assert run.data.params["who"] == run.info.run_name.split("-")[0]
        assert run.data.metrics["m"] == float(run.data.params["who"])


def test_deleted_runs_come_back_when_restored() -> None:
    with tracker.start_run() as run:
        pass
    tracker.delete_run(run.info.run_id)
    assert tracker.search_runs(output_format="list") == []
    assert tracker.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    tracker.restore_run(run.info.run_id)
    assert len(tracker.search_runs(output_format="list")) == 1
    with pytest.raises(NotFound):
        tracker.delete_run("0123456789abcdef")
