"""Files of runs that a tracking server hands through."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.rest.between import once
from tests.store.rest.conftest import Mlflow, Ours
from tracker.artifacts import open_artifacts, walk
from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.store import Store, open_store


def use_artifacts(store: Store, folder: Path) -> None:
    """Do all that can be done with a run's files."""
    run = store.create_run("0")
    assert run.info.artifact_uri.startswith("mlflow-artifacts://127.0.0.1:")
    files = open_artifacts(run.info.artifact_uri)
    assert files.list() == []
    source = folder / "model.bin"
    source.write_bytes(bytes(range(256)) * 9000)
    files.put_file(source, "models/größe 1%.bin")
    files.put("notes.txt", iter([b"one ", b"two"]))
    files.put("empty", [])
    # MLflow leaves a size of 0 out.
    assert [(it.path, it.is_dir, it.file_size or None) for it in files.list()] == [
        ("empty", False, None),
        ("models", True, None),
        ("notes.txt", False, 7),
    ]
    assert [it.path for it in walk(files)] == ["empty", "models/größe 1%.bin", "notes.txt"]
    assert files.list("notes.txt") == files.list("nothing") == []
    with files.open("models/größe 1%.bin") as file:
        assert file.read(10) == bytes(range(10))
        assert file.read() == source.read_bytes()[10:]
        assert file.seek(0, os.SEEK_END) == source.stat().st_size
        assert file.read() == b""
        for place in (0, 5, 2_000_001, 70_000, 70_100, 1_999_999):
            assert file.seek(place) == file.tell() == place
            assert file.read(300_000) == source.read_bytes()[place : place + 300_000]
    assert files.is_file("notes.txt") and not files.is_file("models")
    files.put("notes.txt", [b"new"])
    with files.open("notes.txt") as file:
        assert file.read() == b"new"
    for missing in ("nothing.txt", "models", "models/x"):
        with pytest.raises(NotFound):
            files.open(missing)
    for path in ("../x", "/etc/passwd", "a/../../x", "%2e%2e/x"):
        with pytest.raises(InvalidValue):
            files.put(path, [b"x"])
        with pytest.raises(InvalidValue):
            files.open(path)
    files.remove("models")
    files.remove("models")
    assert [it.path for it in files.list()] == ["empty", "notes.txt"]


def test_files_go_through_a_real_mlflow_server(mlflow: Mlflow, tmp_path: Path) -> None:
    store = open_store(mlflow.uri)
    use_artifacts(store, tmp_path)
    store.close()


def test_files_go_through_our_server(store: Store, tmp_path: Path) -> None:
    use_artifacts(store, tmp_path)


def test_what_producing_a_file_raises_passes_and_nothing_is_sent(
    store: Store, outbox: Path
) -> None:
    files = open_artifacts(store.create_run("0").info.artifact_uri)

    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        files.put("a.txt", broken())
    assert files.list() == []
    assert list(outbox.glob("*/files/*")) == []
    with pytest.raises(NotFound):
        files.put_file(Path("nowhere"), "a.txt")


def test_files_wait_while_the_server_is_gone(ours: Ours, store: Store, outbox: Path) -> None:
    known = store.create_run("0").info
    ours.front.stop()
    new = store.create_run("0", run_name="new").info
    for info in (known, new):
        files = open_artifacts(info.artifact_uri)
        files.put("a/b.txt", [b"first"])
        files.put("a/b.txt", [b"second"])
        with pytest.raises(StoreError, match="does not answer"):
            files.list()
    assert len(list(outbox.glob("*/files/*"))) == 4
    ours.front.start()
    for info in (known, new):
        with open_artifacts(info.artifact_uri).open("a/b.txt") as file:
            assert file.read() == b"second"
    assert list(outbox.glob("*/files/*")) == []
    assert {run.info.run_name for run in ours.runs} >= {"new"}


def test_a_file_whose_arrival_was_not_confirmed_is_sent_again(ours: Ours, store: Store) -> None:
    run = store.create_run("0")
    ours.front.loses = once("mlflow-artifacts")
    files = open_artifacts(run.info.artifact_uri)
    files.put("a.txt", [b"x"])
    with files.open("a.txt") as file:
        assert file.read() == b"x"


def test_files_are_only_fetched_from_a_server_that_was_opened(ours: Ours) -> None:
    files = open_artifacts("mlflow-artifacts://evil.example/0/r/artifacts")
    with pytest.raises(StoreError, match="not opened"):
        files.list()
    with pytest.raises(StoreError, match="not opened"):
        files.put("a", [b""])
    with pytest.raises(StoreError, match="not opened"):
        open_artifacts("mlflow-artifacts:/0/r/artifacts").open("a")
