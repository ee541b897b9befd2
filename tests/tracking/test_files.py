from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

import tracker
from tracker.artifacts import load_dict, load_text, open_artifacts, walk
from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound


def paths(run: Run) -> list[str]:
    return [info.path for info in walk(open_artifacts(run.info.artifact_uri))]


def text(run: Run, path: str) -> str:
    return load_text(f"runs:/{run.info.run_id}/{path}")


def test_files_and_folders_are_copied_where_asked(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "er" / "b.txt").write_text("b")
    with tracker.start_run() as run:
        tracker.log_artifact(folder / "a.txt")
        tracker.log_artifact(str(folder / "a.txt"), "under/here")
        tracker.log_artifacts(folder, "all")
        tracker.log_artifact(folder, "named")
        tracker.log_artifacts(str(folder / "deep"))
    assert paths(run) == [
        "a.txt",
        "all/a.txt",
        "all/deep/er/b.txt",
        "er/b.txt",
        "named/out/a.txt",
        "named/out/deep/er/b.txt",
        "under/here/a.txt",
    ]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "a.txt").write_text("a")
    with tracker.start_run() as run:
        tracker.log_artifacts(folder)
    assert paths(run) == ["a.txt"]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with tracker.start_run():
        with pytest.raises(NotFound, match=r"no file or folder missing\.txt"):
            tracker.log_artifact("missing.txt")
        with pytest.raises(NotFound, match="no folder missing"):
            tracker.log_artifacts("missing")


def test_text_is_kept_in_utf8() -> None:
    with tracker.start_run() as run:
        tracker.log_text("Grüße\r\n日本\n", "notes/a.txt")
        tracker.log_text("", "empty.txt")
        tracker.log_text("first", "again.txt")
        tracker.log_text("second", "again.txt")
        with pytest.raises(InvalidValue, match="log_text keeps text, not int"):
            tracker.log_text(3, "a.txt")  # type: ignore[arg-type]  # the mistake under test
    assert text(run, "notes/a.txt") == "Grüße\r\n日本\n"
    assert text(run, "empty.txt") == ""
    assert text(run, "again.txt") == "second"


def test_a_dict_is_kept_as_json_or_yaml_by_its_name() -> None:
    value = {"a": [1, 2.5, None], "b": {"c": "ü"}}
    with tracker.start_run() as run:
        for name in ("d.json", "d.yaml", "d.yml", "d.txt", "d"):
            tracker.log_dict(value, name)
        tracker.log_dict([1, 2], "list.json")
    uri = f"runs:/{run.info.run_id}"
    assert load_dict(f"{uri}/d.json") == load_dict(f"{uri}/d.yaml") == value
    assert json.loads(text(run, "d.txt")) == json.loads(text(run, "d")) == value
    assert yaml.safe_load(text(run, "d.yml")) == value
    assert load_dict(f"{uri}/list.json") == [1, 2]


def test_what_json_and_yaml_cannot_hold_is_kept_as_text() -> None:
    value = {"when": date(2026, 1, 2), "path": Path("a/b"), "number": np.float64(0.5)}
    with tracker.start_run() as run:
        tracker.log_dict(value, "d.json")
        tracker.log_dict(value, "d.yaml")
    assert json.loads(text(run, "d.json"))["path"] == "a/b"
    assert yaml.safe_load(text(run, "d.yaml"))["path"] == "a/b"


def test_a_stream_is_kept() -> None:
    with tracker.start_run() as run:
        tracker.log_stream(io.BytesIO(b"x" * 3_000_000), "big.bin")
    (info,) = open_artifacts(run.info.artifact_uri).list()
    assert info.file_size == 3_000_000


def test_artifacts_of_another_run_are_logged_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with tracker.start_run() as run:
        pass
    tracker.log_text("t", "t.txt", run_id=run.info.run_id)
    tracker.log_dict({}, "d.json", run_id=run.info.run_id)
    tracker.log_artifact("a.txt", run_id=run.info.run_id)
    assert paths(run) == ["a.txt", "d.json", "t.txt"]
    assert tracker.active_run() is None
    with pytest.raises(NotFound):
        tracker.log_text("t", "t.txt", run_id="0123456789abcdef")


@pytest.mark.parametrize("path", ["../x.txt", "/etc/x.txt", "a/../../x", "", "folder/"])
def test_paths_out_of_the_run_are_refused(path: str) -> None:
    with tracker.start_run():
        with pytest.raises(InvalidValue, match="Invalid path"):
            tracker.log_text("x", path)
        with pytest.raises(InvalidValue, match="Invalid path"):
            tracker.log_dict({}, path)


def test_the_artifact_uri_is_told_with_and_without_a_path() -> None:
    with tracker.start_run() as run:
        assert tracker.get_artifact_uri() == run.info.artifact_uri
        assert tracker.get_artifact_uri("a/b.txt") == f"{run.info.artifact_uri}/a/b.txt"
        with pytest.raises(InvalidValue):
            tracker.get_artifact_uri("../x")


def test_the_same_file_in_many_runs_is_kept_once(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"x" * 100_000)
    inodes = set()
    for _ in range(3):
        with tracker.start_run() as run:
            tracker.log_artifact("model.bin")
        inodes.add((Path(run.info.artifact_uri) / "model.bin").stat().st_ino)
    assert len(inodes) == 1
