from __future__ import annotations

import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import tracker
from tracker import TrackerWarning
from tracker.errors import InvalidValue, NotFound, ParamConflict
from tracker.store import Store


def messages(caught: list[warnings.WarningMessage]) -> list[str]:
    return [str(warning.message) for warning in caught if warning.category is TrackerWarning]


def test_a_store_that_goes_away_costs_what_is_logged_and_not_the_training(store: Store) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with tracker.start_run() as run:
            tracker.log_param("before", 1)
            shutil.rmtree("store")
            for number in range(5):
                tracker.log_param(f"p{number}", number)
                tracker.set_tag("t", number)
            tracker.log_params({"a": 1, "b": 2})
            tracker.log_text("text", "a.txt")
            trained = True
    assert trained
    told = messages(caught)
    assert len([text for text in told if text.startswith("Could not store params")]) == 1
    assert len([text for text in told if text.startswith("Could not store tags")]) == 1
    assert "Your program goes on" in told[0]
    (summary,) = [text for text in told if "ended, but" in text]
    assert run.info.run_id in summary
    assert "7 params" in summary
    assert "5 tags" in summary


def test_the_warning_points_at_the_users_line(store: Store) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with tracker.start_run():
            shutil.rmtree("store")
            tracker.log_param("a", 1)
    assert caught[0].filename == __file__


def test_mistakes_of_the_caller_are_still_raised() -> None:
    with tracker.start_run():
        tracker.log_param("lr", 1)
        with pytest.raises(ParamConflict):
            tracker.log_param("lr", 2)
        with pytest.raises(InvalidValue):
            tracker.log_metric("m", "x")  # type: ignore[arg-type]  # the mistake under test
        with pytest.raises(InvalidValue):
            tracker.log_text("x", "../x")
        with pytest.raises(NotFound):
            tracker.log_artifact("missing.txt")


def test_a_run_deleted_while_it_goes_on_costs_what_is_logged() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with tracker.start_run() as run:
            tracker.delete_run(run.info.run_id)
            tracker.log_param("a", 1)
            tracker.log_metric("m", 1.0)
            tracker.log_metrics({"m": 1})
    (summary,) = [text for text in messages(caught) if "ended, but" in text]
    assert re.search(r"2 metric points.*1 params", summary)


def test_warnings_as_errors_do_not_stop_a_training(store: Store) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with tracker.start_run():
            shutil.rmtree("store")
            tracker.log_param("a", 1)
            tracker.log_text("text", "a.txt")


def test_where_there_can_be_no_store_a_run_goes_on_unrecorded(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tracker.set_tracking_uri(f"sqlite:///{tmp_path}/file/store/tracker.db")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with tracker.start_run(run_name="lost") as run:
            tracker.log_param("a", 1)
            tracker.log_metric("m", 1.0)
            tracker.log_metrics({"m": 1.0})
            tracker.log_text("text", "a.txt")
            tracker.set_tag("t", 1)
        tracker.log_metric("m", 1.0)
        tracker.end_run()
    assert run.info.run_name == "lost"
    (summary,) = [text for text in messages(caught) if f"{run.info.run_id} ended" in text]
    assert "1 artifacts, 2 metric points, 1 params, 1 tags, the end, the start of" in summary


def test_experiment_tags_are_lost_the_same_way(store: Store) -> None:
    tracker.set_experiment("e")
    shutil.rmtree("store")
    Path("store").write_text("in the way")
    with pytest.warns(TrackerWarning, match="Could not store tags of the experiment"):
        tracker.set_experiment_tag("a", "b")


def test_what_was_lost_is_told_when_the_process_ends() -> None:
    program = (
        "import shutil, tracker\n"
        "tracker.start_run()\n"
        "shutil.rmtree('store')\n"
        "for n in range(3): tracker.log_param(f'p{n}', n)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "3 params" in result.stderr
    assert result.stderr.count("Traceback") == 0


def test_an_experiment_that_cannot_be_set_now_is_meant_when_the_store_answers() -> None:
    shutil.rmtree("store")
    Path("store").write_text("in the way")
    tracker.set_tracking_uri("store")
    with pytest.warns(TrackerWarning, match="Could not store the choice of the experiment"):
        assert tracker.set_experiment("study").name == "study"
    with pytest.warns(TrackerWarning), tracker.start_run():
        tracker.log_param("lost", 1)
    Path("store").unlink()
    with tracker.start_run() as run:
        pass
    assert tracker.get_experiment(run.info.experiment_id).name == "study"


def test_a_store_that_was_removed_is_made_again_for_the_next_run() -> None:
    with tracker.start_run():
        pass
    shutil.rmtree("store")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with tracker.start_run() as run:
            tracker.log_param("a", 1)
    assert tracker.get_run(run.info.run_id).data.params == {"a": "1"}


def test_a_uri_that_names_no_store_is_a_mistake_and_told_at_once() -> None:
    for uri in ("ftp://host/runs", "sqlite:relative.db", "postgresql://host/runs"):
        tracker.set_tracking_uri(uri)
        with pytest.raises(InvalidValue):
            tracker.start_run()


def test_a_signal_handler_that_logs_costs_at_most_what_it_logs_itself() -> None:
    program = """
import signal, threading, warnings, tracker
warnings.simplefilter('ignore')
handled = 0
def work(number):
    with tracker.start_run(run_name=str(number)):
        tracker.log_param('number', number)
        tracker.log_metric('m', number)
def handle(*_):
    global handled
    handled += 1
    if tracker.active_run() is not None:
        tracker.log_metric('handled', handled)
        tracker.log_param(f'p{handled}', handled)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
work(0)
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.001)
number = 1
while handled < 150:
    thread = threading.Thread(target=work, args=(number,))
    thread.start()
    work(number + 1)
    thread.join()
    number += 2
signal.signal(signal.SIGALRM, signal.SIG_IGN)
print(number)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    runs = tracker.search_runs(output_format="list")
    assert len(runs) == int(result.stdout)
    for run in runs:
        assert run.info.status == "FINISHED"
        assert run.data.params["number"] == run.info.run_name
        assert run.data.metrics["m"] == int(run.info.run_name)
