from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tracker
from tracker.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from tracker.tracking import session


def test_an_experiment_is_created_once_and_found_by_name_and_id() -> None:
    experiment_id = tracker.create_experiment("vision", tags={"team": "a", "n": 1})
    by_id = tracker.get_experiment(experiment_id)
    assert by_id == tracker.get_experiment_by_name("vision")
    assert by_id.name == "vision"
    assert by_id.tags == {"team": "a", "n": "1"}
    with pytest.raises(AlreadyExists):
        tracker.create_experiment("vision")
    assert tracker.get_experiment_by_name("missing") is None
    with pytest.raises(NotFound):
        tracker.get_experiment("99")


def test_setting_an_experiment_creates_it_where_there_is_none() -> None:
    first = tracker.set_experiment("study")
    again = tracker.set_experiment(experiment_id=first.experiment_id)
    assert first == again
    with tracker.start_run() as run:
        assert run.info.experiment_id == first.experiment_id
    with pytest.raises(NotFound):
        tracker.set_experiment(experiment_id="99")


def test_an_experiment_is_set_by_name_or_id() -> None:
    with pytest.raises(InvalidValue, match="exactly one"):
        tracker.set_experiment()
    with pytest.raises(InvalidValue, match="exactly one"):
        tracker.set_experiment("a", experiment_id="0")


def test_a_deleted_experiment_cannot_be_set_and_comes_back_when_restored() -> None:
    experiment_id = tracker.create_experiment("old")
    tracker.delete_experiment(experiment_id)
    with pytest.raises(InvalidState, match="deleted experiment 'old'"):
        tracker.set_experiment("old")
    with pytest.raises(InvalidState):
        tracker.start_run(experiment_id=experiment_id)
    tracker.restore_experiment(experiment_id)
    assert tracker.set_experiment("old").experiment_id == experiment_id


def test_an_experiment_is_renamed() -> None:
    experiment_id = tracker.create_experiment("before")
    tracker.rename_experiment(experiment_id, "after")
    assert tracker.get_experiment(experiment_id).name == "after"
    assert tracker.get_experiment_by_name("before") is None


def test_experiments_are_searched() -> None:
    ids = [tracker.create_experiment(name) for name in ("one", "two", "three")]
    tracker.delete_experiment(ids[0])
    assert {e.name for e in tracker.search_experiments()} == {"two", "three", "Default"}
    deleted = tracker.search_experiments(view_type=tracker.ViewType.DELETED_ONLY)
    assert [experiment.name for experiment in deleted] == ["one"]
    found = tracker.search_experiments(filter_string="name LIKE 't%'", order_by=["name"])
    assert [experiment.name for experiment in found] == ["three", "two"]
    assert len(tracker.search_experiments(max_results=2)) == 2


def test_tags_of_the_active_experiment_are_set_and_deleted() -> None:
    experiment = tracker.set_experiment("tagged")
    tracker.set_experiment_tag("a", 1)
    tracker.set_experiment_tags({"b": "x", "c": "y"})
    tracker.delete_experiment_tag("c")
    assert tracker.get_experiment(experiment.experiment_id).tags == {"a": "1", "b": "x"}


@pytest.mark.parametrize("prefix", ["TRACKER", "MLFLOW"])
def test_the_environment_names_the_experiment(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment_id = tracker.create_experiment("by id")
    monkeypatch.setenv(f"{prefix}_EXPERIMENT_ID", experiment_id)
    with tracker.start_run() as run:
        assert run.info.experiment_id == experiment_id
    monkeypatch.setenv(f"{prefix}_EXPERIMENT_NAME", "by name")
    with pytest.raises(InvalidValue, match="Set only one of the two"):
        tracker.start_run()
    monkeypatch.delenv(f"{prefix}_EXPERIMENT_ID")
    with tracker.start_run() as run:
        assert tracker.get_experiment(run.info.experiment_id).name == "by name"
    tracker.set_experiment("by call")
    with tracker.start_run() as run:
        assert tracker.get_experiment(run.info.experiment_id).name == "by call"


def test_an_experiment_of_the_environment_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "99")
    with pytest.raises(InvalidValue, match="MLFLOW_EXPERIMENT_ID is '99'"):
        tracker.start_run()


def test_programs_started_from_here_inherit_store_and_experiment() -> None:
    tracker.set_experiment("inherited")
    program = "import tracker\nwith tracker.start_run(): tracker.log_param('a', 1)"
    Path("elsewhere").mkdir()
    subprocess.run([sys.executable, "-c", program], cwd="elsewhere", check=True)
    (run,) = tracker.search_runs(output_format="list")
    assert run.data.params == {"a": "1"}


def test_an_experiment_set_before_the_store_is_meant_by_its_name(tmp_path: Path) -> None:
    tracker.create_experiment("filler")
    tracker.set_experiment("study")
    tracker.set_tracking_uri(tmp_path / "second")
    with tracker.start_run() as run:
        pass
    assert tracker.get_experiment(run.info.experiment_id).name == "study"


def test_runs_that_are_active_stay_where_they_are(tmp_path: Path) -> None:
    first = tracker.get_tracking_uri()
    with tracker.start_run() as run:
        tracker.set_tracking_uri(tmp_path / "second")
        tracker.log_param("a", 1)
        tracker.log_text("text", "a.txt")
        assert tracker.search_runs(output_format="list") == []
    tracker.set_tracking_uri(first)
    assert tracker.get_run(run.info.run_id).data.params == {"a": "1"}


def test_the_store_is_the_one_set_else_the_environments_else_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracker.is_tracking_uri_set()
    assert tracker.get_tracking_uri() == str(tmp_path / "store")
    assert os.environ["TRACKER_TRACKING_URI"] == str(tmp_path / "store")
    tracker.set_tracking_uri(None)
    assert not tracker.is_tracking_uri_set()
    assert "TRACKER_TRACKING_URI" not in os.environ
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "from mlflow")
    assert tracker.get_tracking_uri() == "from mlflow"
    monkeypatch.setenv("TRACKER_TRACKING_URI", "from tracker")
    assert tracker.get_tracking_uri() == "from tracker"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    monkeypatch.delenv("TRACKER_TRACKING_URI")
    assert tracker.get_tracking_uri() == str(tmp_path / ".tracker")
    assert not (tmp_path / ".tracker").exists()


def test_the_folders_store_stays_when_the_working_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.set_tracking_uri(None)
    with tracker.start_run():
        pass
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    with tracker.start_run() as run:
        pass
    assert run.info.artifact_uri.startswith(str(tmp_path / ".tracker"))
    assert not (tmp_path / "data" / ".tracker").exists()


def test_a_relative_uri_is_meant_from_where_it_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    tracker.set_tracking_uri("sqlite:///here.db")
    first = session.current_store().uri
    monkeypatch.chdir(tmp_path / "sub")
    assert session.current_store().uri == first == f"sqlite:///{tmp_path}/here.db"
    tracker.set_tracking_uri("sqlite:///here.db")
    assert session.current_store().uri == f"sqlite:///{tmp_path}/sub/here.db"
