"""Folders in the shapes in which people have them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.store.mlruns.folders import NEWEST, RUN, make_experiment, make_run
from tracker.entities import ViewType
from tracker.errors import NotFound, StoreError
from tracker.store import open_store
from tracker.store.mlruns.store import MlrunsStore

BAD = "b" * 32


def opened(root: Path) -> MlrunsStore:
    store = open_store(root)
    assert isinstance(store, MlrunsStore)
    return store


OLDEST = """
artifact_uri: /somewhere/mlruns/0/{id}/artifacts
end_time: 200
entry_point_name: main
experiment_id: 0
name: 'old name'
run_uuid: {id}
source_type: 4
start_time: 100
tags: []
user_id: ada
"""
ONE = OLDEST + "lifecycle_stage: active\nrun_id: {id}\nstatus: 3\n"


@pytest.mark.parametrize(
    ("meta", "name", "status"),
    [
        (OLDEST, "old name", "RUNNING"),
        (OLDEST + "status: 4\n", "old name", "FAILED"),
        (ONE, "old name", "FINISHED"),
        (ONE.replace("status: 3", "status: FINISHED"), "old name", "FINISHED"),
        (ONE.replace("status: 3", "status: '5'"), "old name", "KILLED"),
        (ONE + "run_name: new name\n", "new name", "FINISHED"),
        (NEWEST, "calm-owl-1", "FINISHED"),
        (NEWEST.replace("run_name: calm-owl-1\n", ""), "by tag", "FINISHED"),
        (NEWEST.replace("calm-owl-1", "2021"), "2021", "FINISHED"),
    ],
)
def test_every_generation_of_meta_yaml_is_read(
    tmp_path: Path, meta: str, name: str, status: str
) -> None:
    make_experiment(tmp_path)
    run = make_run(tmp_path, meta=meta)
    (run / "tags" / "mlflow.runName").write_text("by tag")
    info = opened(tmp_path).get_run(RUN).info
    assert (info.run_name, info.status, info.user_id) == (name, status, "ada")
    assert (info.experiment_id, info.start_time, info.end_time) == ("0", 100, 200)
    assert info.lifecycle_stage == "active"


def test_metrics_of_every_age_are_read(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    metrics = make_run(tmp_path) / "metrics"
    (metrics / "old").write_text("10 0.5\n20 0.25\n")
    (metrics / "new").write_text("10 nan 3\n20 -inf 4\n15 1e3 -2\n")
    (metrics / "data").write_text("10 0.5 7 digits abc123\n")
    (metrics / "model").write_text(f"10 0.5 8 {RUN}\n")
    (metrics / "crlf").write_bytes(b"10 0.5 1\r\n20 0.75 2\r\n")
    (metrics / "val" / "top").mkdir(parents=True)
    (metrics / "val" / "top" / "5").write_text("10 1 1\n")
    store = opened(tmp_path)

    def points(key: str) -> list[tuple[int, float]]:
        history = store.metric_history(RUN, key)
        return list(zip(history.steps.tolist(), history.values.tolist(), strict=True))

    assert points("old") == [(0, 0.5), (0, 0.25)]
    assert points("new")[1:] == [(4, -math.inf), (-2, 1000.0)]
    assert points("data") == [(7, 0.5)]
    assert points("model") == [(8, 0.5)]
    assert points("crlf") == [(1, 0.5), (2, 0.75)]
    assert points("val/top/5") == [(1, 1.0)]
    assert store.get_run(RUN).data.metrics["old"] == 0.25
    assert store.problems() == {}


@pytest.mark.parametrize(
    "location",
    [
        "file:///C:/Users/Ada/mlruns/0/{id}/artifacts",
        "file:///c:/Users/Ada/mlruns/0/{id}/artifacts",
        "file:D:/work/mlruns/0/{id}/artifacts",
        r"C:\Users\Ada\mlruns\0\{id}\artifacts",
        "file:/home/ada/mlruns/0/{id}/artifacts",
        "file:///home/ada/my%20runs/%E6%A8%A1/mlruns/0/{id}/artifacts",
        "/home/ada/mlruns/0/{id}/artifacts",
        "file:mlruns/0/{id}/artifacts",
        "./mlruns/0/{id}/artifacts",
        "../mlruns/0/{id}/artifacts",
    ],
)
def test_artifacts_that_moved_with_the_folder_are_found(tmp_path: Path, location: str) -> None:
    make_experiment(tmp_path, location=location.replace("/{id}/artifacts", "").split("\\{")[0])
    run = make_run(
        tmp_path, meta=NEWEST.replace("file:///somewhere/mlruns/0/{id}/artifacts", location)
    )
    store = opened(tmp_path)
    assert store.get_run(RUN).info.artifact_uri == str(run / "artifacts")
    assert store.get_experiment("0").artifact_location == str(tmp_path / "0")


@pytest.mark.parametrize("location", ["mlflow-artifacts:/0/{id}/artifacts", "s3://b/0/{id}"])
def test_artifacts_that_lie_elsewhere_stay_there(tmp_path: Path, location: str) -> None:
    make_experiment(tmp_path)
    make_run(tmp_path, meta=NEWEST.replace("file:///somewhere/mlruns/0/{id}/artifacts", location))
    uri = opened(tmp_path).get_run(RUN).info.artifact_uri
    assert uri == location.replace("{id}", RUN)


def test_artifacts_in_a_folder_of_ones_own_stay_there(tmp_path: Path) -> None:
    place = tmp_path / "files of mine"
    store = opened(tmp_path / "mlruns")
    experiment_id = store.create_experiment("own", artifact_location=str(place))
    info = store.create_run(experiment_id).info
    assert info.artifact_uri == f"{place.as_uri()}/{info.run_id}/artifacts"
    assert store.get_experiment(experiment_id).artifact_location == place.as_uri()


def test_the_trash_deletes_whatever_the_files_say(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    make_experiment(tmp_path / ".trash", "7", "gone")
    make_run(tmp_path / ".trash", experiment_id="7", meta=NEWEST.replace("'0'", "'7'"))
    store = opened(tmp_path)
    assert store.get_experiment("7").lifecycle_stage == "deleted"
    assert store.get_run(RUN).info.lifecycle_stage == "deleted"
    assert len(store.search_runs(None)) == 0
    assert len(store.search_runs(None, view_type=ViewType.DELETED_ONLY)) == 1
    store.update_experiment("7", lifecycle_stage="active")
    assert (tmp_path / "7" / RUN / "meta.yaml").exists()
    assert store.get_run(RUN).info.lifecycle_stage == "active"


def test_other_things_in_the_folder_are_no_experiments_and_no_runs(tmp_path: Path) -> None:
    experiment = make_experiment(tmp_path)
    make_run(tmp_path)
    for name in ("traces", "models", "datasets", "tags"):
        (experiment / name / "m-1").mkdir(parents=True)
    (tmp_path / "models" / "registered" / "version-1").mkdir(parents=True)
    (tmp_path / "models" / "registered" / "meta.yaml").write_text("name: registered\n")
    (experiment / ("c" * 32) / "artifacts").mkdir(parents=True)  # of a run in mlflow.db
    (experiment / ".ipynb_checkpoints").mkdir()
    (experiment / "notes.txt").write_text("hello")
    store = opened(tmp_path)
    assert [run.info.run_id for run in store.search_runs(None)] == [RUN]
    assert [it.experiment_id for it in store.search_experiments()] == ["0"]
    assert store.problems() == {}


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ("", "is empty"),
        ("a: [1, 2", "not the YAML"),
        ("- 1\n- 2\n", "no keys and values"),
        ("just text", "no keys and values"),
        (LFS, "git lfs pull"),
        ("a: !!python/object/apply:os.system ['touch gotcha']\n", "not the YAML"),
        (NEWEST.replace("{id}", "c" * 32), "of run"),
        (NEWEST.replace("'0'", "'1'"), "of experiment"),
        (NEWEST.replace("status: 3", "status: 77"), "status 77"),
        (NEWEST.replace("status: 3", "status: [[]]"), "status"),
        ("[" * 100_000, "not the YAML"),
        ("x" * 5_000_000, "are read at most"),
    ],
)
def test_a_broken_run_is_told_by_name_and_hides_no_other(
    tmp_path: Path, meta: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_experiment(tmp_path)
    make_run(tmp_path)
    bad = make_run(tmp_path, BAD, meta)
    before = (bad / "meta.yaml").read_bytes()
    store = opened(tmp_path)
    assert [run.info.run_id for run in store.search_runs(None)] == [RUN]
    (problem,) = store.problems()[str(bad)]
    assert told in problem and BAD in problem
    with pytest.raises(StoreError, match=BAD):
        store.get_run(BAD)
    assert (bad / "meta.yaml").read_bytes() == before
    assert not (tmp_path / "gotcha").exists()


def test_problems_are_told_in_the_log_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_experiment(tmp_path)
    make_run(tmp_path, meta="")
    store = opened(tmp_path)
    for _ in range(3):
        assert len(store.search_runs(None)) == 0
    assert [it.getMessage() for it in caplog.records if RUN in it.getMessage()] == [
        f"{tmp_path}/0/{RUN}/meta.yaml is empty."
    ]


def test_a_broken_experiment_is_told_and_hides_no_other(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    (make_experiment(tmp_path, "1", "one") / "meta.yaml").write_text("")
    (make_experiment(tmp_path, "2", "two") / "meta.yaml").write_text("experiment_id: '3'\n")
    store = opened(tmp_path)
    assert [it.name for it in store.search_experiments()] == ["Default"]
    assert set(store.problems()) == {str(tmp_path / "1"), str(tmp_path / "2")}
    with pytest.raises(NotFound):
        store.get_experiment("1")


def test_cut_lines_are_left_out_and_told(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    metrics = make_run(tmp_path) / "metrics"
    torn = "1 0.5 0\n2 0.25 1\n3 0.12"
    (metrics / "torn").write_text(torn)
    (metrics / "odd").write_text("1 0.5 0\nx y z\n\n2\n3 1 99999999999999999999\n4 0.25 2\n")
    (metrics / "empty").write_text("")
    store = opened(tmp_path)
    assert store.metric_history(RUN, "torn").values.tolist() == [0.5, 0.25]
    assert store.metric_history(RUN, "odd").values.tolist() == [0.5, 0.25]
    data = store.get_run(RUN).data
    assert (data.metrics, data.summaries["odd"].count) == ({"torn": 0.25, "odd": 0.25}, 2)
    problems = " ".join(store.problems()[str(metrics.parent)])
    assert "torn: its last line was cut off" in problems
    assert "odd: 3 lines are no points" in problems
    assert (metrics / "torn").read_text() == torn


def test_a_point_after_a_cut_line_stays_apart_from_it(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    metrics = make_run(tmp_path) / "metrics"
    (metrics / "loss").write_text("1 0.5 0\n3")
    store = opened(tmp_path)
    store.log_metric(RUN, "loss", 0.75, 4, 2)
    assert (metrics / "loss").read_text() == "1 0.5 0\n3\n4 0.75 2\n"
    assert store.metric_history(RUN, "loss").values.tolist() == [0.5, 0.75]


def test_runs_without_their_empty_folders_as_git_leaves_them_are_read(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    run = make_run(tmp_path)
    for name in ("metrics", "params", "tags", "artifacts"):
        (run / name).rmdir()
    store = opened(tmp_path)
    assert store.get_run(RUN).data.params == {}
    assert store.problems() == {}
    store.log_batch(RUN, params={"a": "1"}, tags={"b": "2"})
    store.log_metric(RUN, "loss", 1.0, 1, 1)
    assert store.get_run(RUN).data.metrics == {"loss": 1.0}


def test_files_that_are_git_lfs_pointers_are_told_and_their_run_is_shown(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    run = make_run(tmp_path)
    for name in ("metrics/loss", "params/lr", "tags/note"):
        (run / name).write_text(LFS)
    (run / "params" / "depth").write_text("3")
    store = opened(tmp_path)
    data = store.get_run(RUN).data
    assert (data.params, data.tags, data.metrics) == ({"depth": "3"}, {}, {})
    assert len(store.problems()[str(run)]) == 3
    with pytest.raises(StoreError, match="git lfs pull"):
        store.metric_history(RUN, "loss")


def test_what_is_read_is_not_written_to(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    make_run(tmp_path)
    make_run(tmp_path, BAD, "")

    def everything() -> list[tuple[str, int, bytes]]:
        return [
            (str(it), it.stat().st_mtime_ns, it.read_bytes() if it.is_file() else b"")
            for it in sorted(tmp_path.rglob("*"))
        ]

    before = everything()
    store = opened(tmp_path)
    store.search_runs(None, filter_string="metrics.loss > 0")
    store.changes(store.changes().revision)
    store.get_run(RUN)
    store.problems()
    store.close()
    assert everything() == before


def test_keys_that_others_wrote_into_meta_yaml_stay(tmp_path: Path) -> None:
    make_experiment(tmp_path)
    run = make_run(tmp_path, meta=NEWEST + "from_the_future: [1, 2]\n")
    opened(tmp_path).update_run(RUN, run_name="renamed")
    text = (run / "meta.yaml").read_text()
    assert "from_the_future:\n- 1\n- 2\n" in text
    assert "run_name: renamed\n" in text and "status: 3\n" in text


def test_one_key_cannot_be_a_metric_and_a_folder_of_metrics(tmp_path: Path) -> None:
    from tracker.errors import InvalidValue

    make_experiment(tmp_path)
    make_run(tmp_path)
    store = opened(tmp_path)
    store.log_metric(RUN, "loss", 1.0, 1, 1)
    with pytest.raises(InvalidValue, match="another key"):
        store.log_metric(RUN, "loss/val", 1.0, 1, 1)
    store.log_batch(RUN, params={"net/depth": "3"})
    with pytest.raises(InvalidValue, match="another key"):
        store.log_batch(RUN, params={"net": "3"})
