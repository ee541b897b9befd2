"""Runs stay what they are on every way, and a copying that is done again does nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.transfer.filling import experiments_of, files_of, fill, points, whole
from tracker.artifacts import open_artifacts
from tracker.entities import Metric, Run, ViewType
from tracker.errors import FilterError, InvalidValue, NotFound, StoreError
from tracker.store import Store, open_store
from tracker.store.adopting import adopter_of
from tracker.transfer import (
    Choice,
    Outcome,
    Report,
    TakeFiles,
    copy_runs,
    open_source,
    open_target,
)
from tracker.transfer.folder import ExportFolder
from tracker.transfer.mlruns_folder import open_mlruns
from tracker.transfer.targets import Target


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / ".tracker")


def outcomes(report: Report) -> set[Outcome]:
    return {item.outcome for item in report.items}


def test_runs_are_the_same_after_a_way_through_every_kind_of_store(
    store: Store, tmp_path: Path
) -> None:
    fill(store)
    expected = whole(store)
    assert len(expected) == 24
    targets: list[tuple[str, Callable[[Path], Target]]] = [
        ("m", open_mlruns),
        ("j", ExportFolder),
        ("t", lambda folder: open_target(open_store(folder))),
    ]
    place = tmp_path / ".tracker"
    for name, opened in targets:
        report = copy_runs(open_source(place), opened(tmp_path / name))
        assert (report.is_complete, report.count(Outcome.COPIED)) == (True, 24), report.sentence()
        again = copy_runs(open_source(place), opened(tmp_path / name))
        assert outcomes(again) == {Outcome.EQUAL}
        place = tmp_path / name
    assert whole(open_store(tmp_path / "m")) == expected
    assert whole(open_store(tmp_path / "t")) == expected
    assert experiments_of(open_store(tmp_path / "m")) == experiments_of(store)
    assert experiments_of(open_store(tmp_path / "t")) == experiments_of(store)


def test_what_differs_is_told_and_left_until_it_is_to_be_updated(
    store: Store, tmp_path: Path
) -> None:
    run_ids = fill(store, 6)
    target = open_store(tmp_path / "t")
    copy_runs(open_source(tmp_path / ".tracker"), open_target(target))
    store.log_batch(run_ids[1], params={"new": "1"}, metrics=[Metric("loss", 1.0, 1, 9)])
    open_artifacts(store.get_run(run_ids[4]).info.artifact_uri).put("a.txt", [b"changed"])
    before = whole(target)
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target))
    told = {it.run_id: it.reason for it in report.items if it.outcome is Outcome.DIFFERS}
    assert told.keys() == {run_ids[1], run_ids[4]}
    assert "param" in told[run_ids[1]] and "loss" in told[run_ids[1]]
    assert told[run_ids[4]] == "file a.txt"
    assert not report.is_complete
    assert whole(target) == before
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target), update=True)
    assert report.count(Outcome.UPDATED) == 2
    assert report.is_complete
    assert whole(target) == whole(store)


def test_a_dry_run_tells_what_would_be_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    fill(store, 6)
    target = open_store(tmp_path / "t")
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target), dry_run=True)
    assert report.sentence() == "Would be: 6 copied."
    assert len(target.search_experiments(view_type=ViewType.ALL)) == 1
    assert whole(target) == {}


def test_only_what_is_chosen_is_copied(store: Store, tmp_path: Path) -> None:
    run_ids = fill(store, 9)
    target = open_store(tmp_path / "t")
    choice = Choice(["vision <1>"], "attributes.run_name != 'run 4'")
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target), choice=choice)
    assert {it.run_id for it in report.items} == {run_ids[1], run_ids[7]}
    names = {it.name for it in target.search_experiments(view_type=ViewType.ALL)}
    assert names == {"Default", "vision <1>"}
    with pytest.raises(FilterError):
        choice = Choice((), "loss ~ 3")
        copy_runs(open_source(tmp_path / ".tracker"), open_target(target), choice=choice)


def test_all_runs_may_go_into_one_experiment(store: Store, tmp_path: Path) -> None:
    fill(store, 6)
    target = open_store(tmp_path / "t")
    copy_runs(open_source(tmp_path / ".tracker"), open_target(target, "theirs"))
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target, "theirs"))
    assert outcomes(report) == {Outcome.EQUAL}
    assert {it["experiment"] for it in whole(target).values()} == {"theirs"}


def test_two_sources_with_experiments_of_one_name_and_number_meet(tmp_path: Path) -> None:
    stores = [open_store(tmp_path / name) for name in ("a", "b")]
    for store in stores:
        fill(store, 6)
    target = open_store(tmp_path / "t" / "mlruns")
    for name in ("a", "b"):
        assert copy_runs(open_source(tmp_path / name), open_target(target)).is_complete
    assert whole(target) == whole(stores[0]) | whole(stores[1])


def test_runs_for_an_experiment_that_is_deleted_here_go_into_the_bin_and_it_is_told(
    store: Store, tmp_path: Path
) -> None:
    run_ids = fill(store, 2)
    target = open_store(tmp_path / "t")
    target.update_experiment(target.create_experiment("vision <1>"), lifecycle_stage="deleted")
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target))
    (item,) = [it for it in report.items if it.left]
    assert item.run_id == run_ids[1]
    assert "'vision <1>' is deleted here" in item.left[0]
    assert target.get_run(run_ids[1]).info.lifecycle_stage == "deleted"
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target))
    assert outcomes(report) == {Outcome.EQUAL}


def test_a_broken_run_is_told_by_name_and_stops_no_other(store: Store, tmp_path: Path) -> None:
    fill(store, 6)
    folder = tmp_path / "m"
    copy_runs(open_source(tmp_path / ".tracker"), open_mlruns(folder))
    broken = sorted(folder.glob("0/*/meta.yaml"))[0]
    broken.write_text("")
    report = copy_runs(open_source(folder), open_target(open_store(tmp_path / "t")))
    assert report.count(Outcome.COPIED) == 5
    assert [broken.parent.name in text for text in report.problems] == [True]
    assert not report.is_complete
    assert "1 could not be read" in report.sentence()


def test_a_run_that_the_target_cannot_hold_is_skipped_and_told(
    store: Store, tmp_path: Path
) -> None:
    (good,) = fill(store, 1)
    bad = store.create_run("0", run_name="both").info.run_id
    store.log_batch(bad, metrics=[Metric("a", 1.0, 1, 1), Metric("a/b", 1.0, 1, 1)])
    store.update_run(bad, status="FINISHED")
    report = copy_runs(open_source(tmp_path / ".tracker"), open_mlruns(tmp_path / "m"))
    (item,) = [it for it in report.items if it.outcome is Outcome.SKIPPED]
    assert item.run_id == bad
    assert "cannot be both a name and the beginning of another" in item.reason
    assert whole(open_store(tmp_path / "m")).keys() == {good}


def test_files_outside_of_the_source_stay_where_they_are(store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "secrets"
    secret.mkdir()
    (secret / "id_rsa").write_text("private")
    adopter = adopter_of(store)
    assert adopter is not None
    run = store.create_run("0")
    for number, uri in enumerate((secret, tmp_path / ".tracker" / "artifacts", "s3://b/x")):
        info = replace(run.info, run_id=f"bad{number}", artifact_uri=str(uri))
        adopter.adopt_run(Run(info, run.data))
    store.update_run(run.info.run_id, status="FINISHED")
    target = open_store(tmp_path / "t")
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(target))
    assert report.count(Outcome.COPIED) == 4
    assert not list((tmp_path / "t").rglob("id_rsa"))
    for item in report.items:
        if item.run_id.startswith("bad"):
            assert "outside of the source" in item.notes[0]
    assert target.get_run("bad0").info.artifact_uri == str(secret)
    report = copy_runs(
        open_source(tmp_path / ".tracker", take=TakeFiles.ALL),
        open_target(open_store(tmp_path / "all")),
        choice=Choice((), "attributes.run_id = 'bad0'"),
    )
    assert list((tmp_path / "all").rglob("id_rsa")) != []


def test_no_link_is_followed_out_of_a_run(store: Store, tmp_path: Path) -> None:
    run_ids = fill(store, 2)
    copy_runs(open_source(tmp_path / ".tracker"), open_mlruns(tmp_path / "m"))
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("private")
    first, second = (next((tmp_path / "m").glob(f"*/{it}")) for it in run_ids)
    (first / "artifacts").rmdir()
    (first / "artifacts").symlink_to(tmp_path / "secret")
    (second / "artifacts" / "link").symlink_to(tmp_path / "secret" / "key")
    (second / "artifacts" / "folder").symlink_to(tmp_path / "secret")
    copy_runs(open_source(tmp_path / "m"), open_target(open_store(tmp_path / "t")))
    assert not [it for it in (tmp_path / "t").rglob("*") if it.name in ("key", "link", "folder")]


def test_a_file_that_cannot_be_taken_is_told_and_the_run_copied(
    store: Store, tmp_path: Path
) -> None:
    run_ids = fill(store, 2)
    folder = Path(store.get_run(run_ids[1]).info.artifact_uri)
    (folder / "back\\slash").write_text("x")
    report = copy_runs(open_source(tmp_path / ".tracker"), open_target(open_store(tmp_path / "t")))
    (item,) = [it for it in report.items if it.left]
    assert item.outcome is Outcome.COPIED
    assert "holds a backslash" in item.left[0]
    assert not report.is_complete
    assert len(files_of(open_store(tmp_path / "t").get_run(run_ids[1]).info.artifact_uri)) == 3


def test_points_logged_after_the_copying_may_be_brought_later(store: Store, tmp_path: Path) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    target = open_store(tmp_path / "t")
    copy_runs(open_source(tmp_path / ".tracker"), open_target(target))
    assert target.get_run(run_id).info.status == "RUNNING"
    store.log_metric(run_id, "loss", 2.0, 2, 2)
    store.update_run(run_id, status="FINISHED")
    copy_runs(open_source(tmp_path / ".tracker"), open_target(target), update=True)
    assert target.get_run(run_id).info.status == "FINISHED"
    assert points(target, run_id, "loss") == points(store, run_id, "loss")


def test_what_lies_there_is_told_or_asked_for(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing at"):
        open_source(tmp_path / "none")
    with pytest.raises(InvalidValue, match="Nothing that can be imported"):
        open_source(tmp_path)
    open_store(tmp_path / ".tracker")
    assert "tracker store" in open_source(tmp_path).description
    open_store(tmp_path / "mlruns").create_experiment("x")
    with pytest.raises(InvalidValue, match="several things") as told:
        open_source(tmp_path)
    assert str(tmp_path / "mlruns") in str(told.value)
    assert "folder of runs" in open_source(tmp_path / "mlruns").description
    (tmp_path / "text.db").write_text("This is a diary.")
    with pytest.raises(InvalidValue):
        open_source(tmp_path / "text.db")


def test_an_export_never_goes_into_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="something else"):
        open_mlruns(tmp_path / "mine")
    with pytest.raises(StoreError, match="something else"):
        ExportFolder(tmp_path / "mine")
    assert [it.name for it in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
