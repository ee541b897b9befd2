"""What a stranger may have put into a folder, and into a request about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.store.mlruns.folders import RUN, make_experiment, make_run
from tracker.entities import ViewType
from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.store import open_store
from tracker.store.mlruns.store import MlrunsStore

SECRET = "the secret of somebody else"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "mlruns"
    make_experiment(root)
    make_run(root)
    return root


def opened(root: Path) -> MlrunsStore:
    store = open_store(root)
    assert isinstance(store, MlrunsStore)
    return store


@pytest.mark.parametrize("place", ["params/x", "tags/x", "metrics/x", "meta.yaml"])
def test_links_to_files_are_not_followed(root: Path, secret: Path, place: str) -> None:
    link = root / "0" / RUN / place
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    store = opened(root)
    found = store.search_runs(None)
    assert SECRET not in repr(found)
    told = " ".join(store.problems()[str(root / "0" / RUN)])
    assert "link" in told and SECRET not in told


@pytest.mark.parametrize("name", ["params", "tags", "metrics"])
def test_links_to_folders_are_not_followed(root: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x").write_text(f"1 2 3\n{SECRET}")
    (root / "0" / RUN / name).rmdir()
    (root / "0" / RUN / name).symlink_to(elsewhere)
    store = opened(root)
    data = store.get_run(RUN).data
    assert (data.params, data.tags, data.metrics) == ({}, {}, {})
    assert store.metric_history(RUN, "x").total == 0
    assert "link" in " ".join(store.problems()[str(root / "0" / RUN)])


def test_data_sets_behind_links_are_not_read(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "d1"
    elsewhere.mkdir(parents=True)
    (elsewhere / "meta.yaml").write_text(f"name: {SECRET}\n")
    (root / "0" / "datasets").symlink_to(elsewhere.parent)
    (root / "0" / RUN / "inputs" / "i").mkdir(parents=True)
    link = "source_type: DATASET\nsource_id: d1\ntags: {}\n"
    (root / "0" / RUN / "inputs" / "i" / "meta.yaml").write_text(link)
    assert opened(root).get_run(RUN).inputs.dataset_inputs == ()


def test_a_trash_that_is_a_link_is_not_used(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    make_experiment(elsewhere, "5", "five")
    (root / ".trash").symlink_to(elsewhere)
    store = opened(root)
    assert [it.experiment_id for it in store.search_experiments(view_type=ViewType.ALL)] == ["0"]
    with pytest.raises(StoreError, match="symbolic link"):
        store.update_experiment("0", lifecycle_stage="deleted")
    assert [it.name for it in elsewhere.iterdir()] == ["5"]


def test_nothing_is_written_through_a_link(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "loss").write_text("1 2 3\n")
    for name in ("params", "tags", "metrics"):
        (root / "0" / RUN / name).rmdir()
        (root / "0" / RUN / name).symlink_to(elsewhere)
    store = opened(root)
    for key in ("loss", "deep/er"):
        with pytest.raises(InvalidValue, match="symbolic link"):
            store.log_metric(RUN, key, 1.0, 1, 1)
    with pytest.raises(InvalidValue, match="symbolic link"):
        store.log_batch(RUN, params={"p": "1"})
    with pytest.raises(InvalidValue, match="symbolic link"):
        store.log_batch(RUN, tags={"t": "1"})
    assert [(it.name, it.read_text()) for it in elsewhere.iterdir()] == [("loss", "1 2 3\n")]


def test_a_metric_that_is_a_link_is_not_appended_to(root: Path, secret: Path) -> None:
    (root / "0" / RUN / "metrics" / "loss").symlink_to(secret)
    with pytest.raises((InvalidValue, StoreError)):
        opened(root).log_metric(RUN, "loss", 1.0, 1, 1)
    assert secret.read_text() == SECRET


def test_experiments_and_runs_that_are_links_are_left_out(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    make_experiment(elsewhere, "5", "five")
    other = make_run(elsewhere, "b" * 32, experiment_id="5")
    (root / "5").symlink_to(elsewhere / "5")
    (root / "0" / ("b" * 32)).symlink_to(other)
    store = opened(root)
    assert [it.experiment_id for it in store.search_experiments()] == ["0"]
    assert [run.info.run_id for run in store.search_runs(None)] == [RUN]
    with pytest.raises(NotFound):
        store.get_run("b" * 32)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("place", ["params/x", "tags/x", "metrics/x", "meta.yaml"])
def test_a_pipe_holds_nobody_up(root: Path, place: str) -> None:
    pipe = root / "0" / RUN / place
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    store = opened(root)
    assert len(store.search_runs(None)) == (0 if place == "meta.yaml" else 1)
    assert place in " ".join(store.problems()[str(root / "0" / RUN)])


@pytest.mark.parametrize(
    "run_id",
    [
        "..",
        ".",
        "",
        "/",
        "../0",
        f"../0/{RUN}",
        f"{RUN}/metrics",
        "a\0b",
        "/etc",
        "~",
        "é",
        "a" * 999,
    ],
)
def test_an_id_that_is_a_path_names_no_run(root: Path, run_id: str) -> None:
    store = opened(root)
    for ask in (store.get_run, lambda it: store.metric_history(it, "loss")):
        with pytest.raises(NotFound):
            ask(run_id)
    with pytest.raises(NotFound):
        store.update_run(run_id, status="FINISHED")
    store.delete_runs([run_id])
    assert (root / "0" / RUN / "meta.yaml").exists()


@pytest.mark.parametrize("experiment_id", ["..", ".trash", "", "/", "../mlruns/0", "0/", "0\0"])
def test_an_id_that_is_a_path_names_no_experiment(root: Path, experiment_id: str) -> None:
    store = opened(root)
    with pytest.raises(NotFound):
        store.create_run(experiment_id)
    with pytest.raises(NotFound):
        store.update_experiment(experiment_id, lifecycle_stage="deleted")
    assert len(store.search_runs([experiment_id])) == 0


@pytest.mark.parametrize("key", ["../meta.yaml", "../../../../secret", "/etc/passwd", "a\0b", "."])
def test_a_key_that_is_a_path_names_no_metric(root: Path, secret: Path, key: str) -> None:
    assert opened(root).metric_history(RUN, key).total == 0


@pytest.mark.parametrize("source", ["../../../secret", "/etc", "..", "a/b", "", "x" * 99])
def test_a_data_set_is_looked_for_among_the_data_sets_only(root: Path, source: str) -> None:
    folder = root / "0" / RUN / "inputs" / "i"
    folder.mkdir(parents=True)
    (folder / "meta.yaml").write_text(f"source_type: DATASET\nsource_id: {source!r}\ntags: {{}}\n")
    store = opened(root)
    assert store.get_run(RUN).inputs.dataset_inputs == ()
    assert "no id of a data set" in " ".join(store.problems()[str(root / "0" / RUN)])


def test_deep_folders_and_large_files_are_left_out(root: Path) -> None:
    run = root / "0" / RUN
    deep = run / "params" / "/".join(["d"] * 50)
    deep.mkdir(parents=True)
    (deep / "x").write_text("1")
    with (run / "params" / "large").open("wb") as file:
        file.truncate(10**9)
    (run / "params" / "binary").write_bytes(b"\xff\xfe")
    (run / "params" / "good").write_text("1")
    store = opened(root)
    assert store.get_run(RUN).data.params == {"good": "1"}
    told = " ".join(store.problems()[str(run)])
    assert "large" in told and "not UTF-8" in told


def test_removing_a_run_removes_nothing_else(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    run = root / "0" / RUN
    (run / "link").symlink_to(elsewhere)
    (run / "metrics" / "link").symlink_to(elsewhere)
    (run / "artifacts" / "model.bin").write_text("model")
    opened(root).delete_runs([RUN])
    assert (elsewhere / "kept").read_text() == "kept"
    assert [str(it.relative_to(run)) for it in sorted(run.rglob("*"))] == [
        "artifacts",
        "artifacts/model.bin",
    ]
