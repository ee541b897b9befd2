from __future__ import annotations

import time

import pandas as pd
import pytest

import tracker
from tracker import TrackerWarning
from tracker.entities import Run, RunData, RunInfo
from tracker.errors import FilterError, InvalidValue
from tracker.tracking.frames import runs_frame


@pytest.fixture
def runs() -> list[Run]:
    """Return three runs of the experiment "study", oldest first."""
    tracker.set_experiment("study")
    made: list[Run] = []
    for number in range(3):
        with tracker.start_run(run_name=f"run {number}") as run:
            tracker.log_param("n", number)
            tracker.log_metric("loss", 1.0 / (number + 1))
            if number == 1:
                tracker.log_param("only", "here")
                tracker.log_metric("rare", float("nan"))
                tracker.set_tag("mark", "x")
        made.append(run)
    return made


def ids(runs: list[Run]) -> set[str]:
    return {run.info.run_id for run in runs}


def test_runs_of_the_active_experiment_come_as_a_frame(runs: list[Run]) -> None:
    frame = tracker.search_runs(order_by=["metrics.loss DESC"])
    assert list(frame.columns)[:6] == [
        "run_id",
        "experiment_id",
        "status",
        "artifact_uri",
        "start_time",
        "end_time",
    ]
    assert list(frame["params.n"]) == ["0", "1", "2"]
    assert list(frame["metrics.loss"]) == [1.0, 0.5, pytest.approx(1 / 3)]
    assert frame["metrics.loss"].dtype == "float64"
    assert frame["params.only"].isna().tolist() == [True, False, True]
    assert frame["tags.mark"].isna().tolist() == [True, False, True]
    assert frame["metrics.rare"].isna().all()
    assert str(frame["start_time"].dtype).endswith("UTC]")
    assert set(frame["status"]) == {"FINISHED"}
    assert frame["start_time"].iloc[0] == pd.Timestamp(runs[0].info.start_time, unit="ms", tz="UTC")


def test_a_run_that_goes_on_has_no_end_time(runs: list[Run]) -> None:
    with tracker.start_run():
        frame = tracker.search_runs()
    assert frame["end_time"].isna().sum() == 1
    assert frame["end_time"].iloc[0] is pd.NaT


def test_a_list_is_of_runs(runs: list[Run]) -> None:
    found = tracker.search_runs(
        filter_string="metrics.loss < 0.9 AND params.n != '2'", output_format="list"
    )
    assert [run.info.run_id for run in found] == [runs[1].info.run_id]
    assert found[0].data.params == {"n": "1", "only": "here"}


def test_nothing_found_is_an_empty_frame_or_list(runs: list[Run]) -> None:
    frame = tracker.search_runs(filter_string="metrics.loss > 9")
    assert frame.empty
    assert "run_id" in frame.columns
    assert tracker.search_runs(filter_string="metrics.loss > 9", output_format="list") == []


def test_experiments_are_chosen_by_id_by_name_or_all(runs: list[Run]) -> None:
    experiment_id = runs[0].info.experiment_id
    tracker.set_experiment("other")
    with tracker.start_run() as other:
        pass
    assert len(tracker.search_runs()) == 1
    assert len(tracker.search_runs([experiment_id])) == 3
    assert len(tracker.search_runs(experiment_names=["study", "other"])) == 4
    everything = tracker.search_runs(search_all_experiments=True, output_format="list")
    assert ids(everything) == ids([*runs, other])
    with pytest.raises(InvalidValue, match="but not both"):
        tracker.search_runs([experiment_id], experiment_names=["study"])


def test_an_experiment_nobody_knows_is_left_out_with_a_warning(runs: list[Run]) -> None:
    with pytest.warns(TrackerWarning, match="no experiment named 'missing'"):
        assert len(tracker.search_runs(experiment_names=["missing", "study"])) == 3
    with pytest.warns(TrackerWarning):
        assert tracker.search_runs(experiment_names=["missing"]).empty


def test_deleted_runs_are_seen_where_asked_for(runs: list[Run]) -> None:
    tracker.delete_run(runs[0].info.run_id)
    views = {
        view: len(tracker.search_runs(run_view_type=view, output_format="list"))
        for view in tracker.ViewType
    }
    assert views == {
        tracker.ViewType.ACTIVE_ONLY: 2,
        tracker.ViewType.DELETED_ONLY: 1,
        tracker.ViewType.ALL: 3,
    }


def test_max_results_bounds_what_is_found(runs: list[Run]) -> None:
    assert len(tracker.search_runs(max_results=2)) == 2
    assert tracker.search_runs(max_results=2, output_format="list")[0].info.run_name == "run 2"


def test_what_cannot_be_understood_is_told(runs: list[Run]) -> None:
    with pytest.raises(FilterError, match="column"):
        tracker.search_runs(filter_string="metrics.loss >")
    with pytest.raises(InvalidValue, match="'pandas' or 'list'"):
        tracker.search_runs(output_format="polars")  # type: ignore[call-overload]  # the mistake


def test_ten_thousand_runs_become_a_frame_quickly() -> None:
    runs = [
        Run(
            RunInfo(f"{n:032x}", "1", f"run {n}", "me", "FINISHED", n, n + 1, "/artifacts"),
            RunData(
                metrics={f"m{k}": k * n / 7 for k in range(5)},
                params={f"p{k}": str(k * n) for k in range(10)},
                tags={f"t{k}": "x" for k in range(5)},
            ),
        )
        for n in range(10_000)
    ]
    runs_frame(runs[:10])
    started = time.process_time()
    frame = runs_frame(runs)
    assert time.process_time() - started < 0.5
    assert frame.shape == (10_000, 26)
