from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.artifacts import open_artifacts, walk
from tracker.artifacts.local import LocalArtifacts
from tracker.artifacts.objects import Objects, digest_of
from tracker.artifacts.paths import PARTIAL_PREFIX
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound, StoreError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "run" / "artifacts"


@pytest.fixture
def artifacts(root: Path) -> LocalArtifacts:
    return LocalArtifacts(root)


def test_a_file_reads_back_as_it_was_written(artifacts: LocalArtifacts) -> None:
    artifacts.put("a/b.bin", [b"one", b"", b"two"])
    with artifacts.open("a/b.bin") as file:
        assert file.read() == b"onetwo"


def test_nothing_is_made_by_looking(artifacts: LocalArtifacts, root: Path) -> None:
    assert artifacts.list() == []
    assert artifacts.list("a/b") == []
    assert not artifacts.is_file("a")
    assert not root.exists()


def test_a_listing_has_files_and_folders_by_name(artifacts: LocalArtifacts) -> None:
    for path in ("b.txt", "a/2.txt", "a/1.txt", "a/deep/x"):
        artifacts.put(path, [b"12345"])
    assert artifacts.list() == [FileInfo("a", True, None), FileInfo("b.txt", False, 5)]
    assert [info.path for info in artifacts.list("a")] == ["a/1.txt", "a/2.txt", "a/deep"]
    assert artifacts.list("b.txt") == []
    assert [info.path for info in walk(artifacts)] == ["a/1.txt", "a/2.txt", "a/deep/x", "b.txt"]


def test_a_half_written_file_is_never_listed(artifacts: LocalArtifacts, root: Path) -> None:
    seen: list[list[str]] = []

    def chunks() -> Iterator[bytes]:
        yield b"half"
        seen.append([info.path for info in artifacts.list()])
        assert any(name.startswith(PARTIAL_PREFIX) for name in names(root))
        yield b"whole"

    artifacts.put("x", chunks())
    assert seen == [[]]
    assert [info.path for info in artifacts.list()] == ["x"]
    assert names(root) == ["x"]


def test_an_error_of_the_source_leaves_no_trace_and_passes_unchanged(
    artifacts: LocalArtifacts, root: Path
) -> None:
    artifacts.put("x", [b"old"])

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        artifacts.put("x", chunks())
    assert (root / "x").read_bytes() == b"old"
    assert names(root) == ["x"]


def test_a_writer_that_is_killed_leaves_nothing_listed(tmp_path: Path) -> None:
    program = (
        "import os, signal; from pathlib import Path\n"
        "from tracker.artifacts.local import LocalArtifacts\n"
        "def chunks():\n"
        "    yield b'x' * 100_000\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"LocalArtifacts(Path({str(tmp_path)!r})).put('model.bin', chunks())\n"
    )
    result = subprocess.run([sys.executable, "-c", program], check=False)
    assert result.returncode != 0
    assert LocalArtifacts(tmp_path).list() == []


def test_readers_see_the_old_or_the_new_file_and_nothing_between(
    artifacts: LocalArtifacts,
) -> None:
    contents = [bytes([digit]) * 200_000 for digit in b"ab"]
    artifacts.put("x", [contents[0]])
    done = threading.Event()

    def rewrite() -> None:
        for turn in range(60):
            artifacts.put("x", [contents[turn % 2]])
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        while not done.is_set():
            with artifacts.open("x") as file:
                assert file.read() in contents
    finally:
        writer.join()


def test_a_file_is_copied_and_a_missing_one_is_not_found(
    artifacts: LocalArtifacts, tmp_path: Path
) -> None:
    source = tmp_path / "source.txt"
    source.write_text("text")
    artifacts.put_file(source, "kept.txt")
    source.write_text("changed since")
    with artifacts.open("kept.txt") as file:
        assert file.read() == b"text"
    with pytest.raises(NotFound, match=r"no file .*missing\.txt"):
        artifacts.put_file(tmp_path / "missing.txt", "x")
    with pytest.raises(InvalidValue, match="log_artifacts"):
        artifacts.put_file(tmp_path, "x")


def test_files_and_folders_do_not_take_each_others_place(artifacts: LocalArtifacts) -> None:
    artifacts.put("a/b", [b"file"])
    with pytest.raises(InvalidValue, match="a part of its path is a file"):
        artifacts.put("a/b/c", [b""])
    with pytest.raises(InvalidValue, match="it is a folder"):
        artifacts.put("a", [b""])


def test_what_is_not_there_is_not_found(artifacts: LocalArtifacts) -> None:
    artifacts.put("a/b", [b""])
    for path in ("x", "a", "a/b/c"):
        with pytest.raises(NotFound, match="no artifact file"):
            artifacts.open(path)


def test_hostile_paths_are_refused_for_reading_and_writing(
    artifacts: LocalArtifacts, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    for path in ("../../secret", str(tmp_path / "secret"), "%2e%2e/%2e%2e/secret"):
        for use in (artifacts.open, artifacts.list, artifacts.is_file):
            with pytest.raises(InvalidValue):
                use(path)
        with pytest.raises(InvalidValue):
            artifacts.put(path, [b"x"])
    assert (tmp_path / "secret").read_text() == "secret"


def test_links_out_of_the_folder_are_neither_listed_nor_followed(
    artifacts: LocalArtifacts, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    artifacts.put("real", [b"1"])
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "home").symlink_to(tmp_path)
    (root / "inner").symlink_to(root / "real")
    assert [info.path for info in artifacts.list()] == ["inner", "real"]
    with pytest.raises(InvalidValue, match="symbolic link"):
        artifacts.open("out")
    with pytest.raises(InvalidValue, match="symbolic link"):
        artifacts.put("home/planted", [b""])


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    artifacts = LocalArtifacts(tmp_path / "file" / "artifacts")
    with pytest.raises(StoreError, match="writing the artifact 'x'"):
        artifacts.put("x", [b""])
    assert artifacts.list() == []


def test_a_full_disk_is_a_store_error_and_leaves_no_trace(
    artifacts: LocalArtifacts, root: Path
) -> None:
    resource = pytest.importorskip("resource")
    import signal

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        with pytest.raises(StoreError, match="writing the artifact 'x'") as caught:
            artifacts.put("x", [b"x" * 200_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.EFBIG
    assert names(root) == []


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / ".tracker"
    folder.mkdir()
    (folder / "tracker.db").touch()
    return folder


def run_in(store: Path, run_id: str) -> LocalArtifacts:
    artifacts = open_artifacts(str(store / "artifacts" / "0" / run_id / "artifacts"))
    assert isinstance(artifacts, LocalArtifacts)
    return artifacts


def inode(artifacts: LocalArtifacts, path: str) -> int:
    return (Path(artifacts.uri) / path).stat().st_ino


def test_the_same_content_is_kept_once_over_runs(store: Path, tmp_path: Path) -> None:
    source = tmp_path / "model.bin"
    source.write_bytes(b"weights" * 1000)
    one, two = run_in(store, "one"), run_in(store, "two")
    one.put_file(source, "model.bin")
    two.put("other/name.bin", [source.read_bytes()])
    assert inode(one, "model.bin") == inode(two, "other/name.bin")
    assert [path.name for path in (store / "objects").glob("*/*")] == [digest_of(source)]


def test_logging_the_same_file_again_reads_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "model.bin"
    source.write_bytes(b"weights" * 1000)
    hour_ago = source.stat().st_mtime_ns - 3_600_000_000_000
    os.utime(source, ns=(hour_ago, hour_ago))
    monkeypatch.setattr("tracker.artifacts.local._SETTLED", -1)
    one, two = run_in(store, "one"), run_in(store, "two")
    one.put_file(source, "model.bin")

    def unread(file: object) -> Iterator[bytes]:
        raise AssertionError("the file was read again")

    monkeypatch.setattr("tracker.artifacts.local.read_chunks", unread)
    two.put_file(source, "model.bin")
    assert inode(one, "model.bin") == inode(two, "model.bin")


def test_a_file_that_changed_is_another_object(store: Path, tmp_path: Path) -> None:
    source = tmp_path / "model.bin"
    run = run_in(store, "one")
    source.write_bytes(b"a" * 5000)
    run.put_file(source, "first.bin")
    source.write_bytes(b"b" * 5000)
    run.put_file(source, "second.bin")
    with run.open("first.bin") as first, run.open("second.bin") as second:
        assert (first.read(), second.read()) == (b"a" * 5000, b"b" * 5000)


def test_replacing_a_shared_file_leaves_the_other_run_alone(store: Path) -> None:
    one, two = run_in(store, "one"), run_in(store, "two")
    one.put("x", [b"same"])
    two.put("x", [b"same"])
    two.put("x", [b"other"])
    with one.open("x") as first, two.open("x") as second:
        assert (first.read(), second.read()) == (b"same", b"other")


def test_putting_the_same_file_at_the_same_place_leaves_one(store: Path) -> None:
    run = run_in(store, "one")
    for _ in range(3):
        run.put("x", [b"same"])
    assert names(Path(run.uri)) == ["x"]


def test_objects_that_no_run_links_to_are_swept(store: Path) -> None:
    one = run_in(store, "one")
    one.put("kept", [b"k" * 100])
    one.put("dropped", [b"d" * 70])
    (Path(one.uri) / "dropped").unlink()
    objects = Objects(store / "objects")
    assert objects.sweep() == 70
    assert objects.sweep() == 0
    with one.open("kept") as file:
        assert file.read() == b"k" * 100


def test_a_damaged_object_is_found_by_its_checksum(store: Path) -> None:
    run = run_in(store, "one")
    run.put("x", [b"right"])
    run.put("y", [b"fine"])
    file = Path(run.uri) / "x"
    file.chmod(0o644)
    file.write_bytes(b"wrong")
    damaged = Objects(store / "objects").damaged()
    assert [path.name for path in damaged] == [hashlib.sha256(b"right").hexdigest()]


def test_a_truncated_object_is_not_used_again(store: Path) -> None:
    one, two = run_in(store, "one"), run_in(store, "two")
    one.put("x", [b"whole content"])
    broken = next((store / "objects").glob("*/*"))
    broken.chmod(0o644)
    os.truncate(broken, 3)
    two.put("x", [b"whole content"])
    with two.open("x") as file:
        assert file.read() == b"whole content"


def test_without_hard_links_files_are_copied(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: object, target: object) -> None:
        raise PermissionError(errno.EPERM, "no links on this file system")

    monkeypatch.setattr(os, "link", refuse)
    one, two = run_in(store, "one"), run_in(store, "two")
    one.put("x", [b"same"])
    two.put("x", [b"same"])
    assert inode(one, "x") != inode(two, "x")
    with two.open("x") as file:
        assert file.read() == b"same"


def test_folders_that_are_no_store_of_ours_get_no_objects(tmp_path: Path) -> None:
    artifacts = open_artifacts(str(tmp_path / "artifacts" / "0" / "run" / "artifacts"))
    artifacts.put("x", [b"same"])
    assert not (tmp_path / "objects").exists()


def test_a_file_uri_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    artifacts = open_artifacts(folder.as_uri())
    artifacts.put("x", [b"1"])
    assert (folder / "x").read_bytes() == b"1"


def test_what_is_removed_is_gone_and_nothing_else(
    artifacts: LocalArtifacts, root: Path, tmp_path: Path
) -> None:
    for path in ("model/a.bin", "model/deep/b.bin", "model.txt", "modelled/c.bin"):
        artifacts.put(path, [b"x"])
    (tmp_path / "outside.txt").write_text("kept")
    (root / "model" / "link").symlink_to(tmp_path)
    artifacts.remove("model")
    artifacts.remove("model")
    artifacts.remove("never/there")
    artifacts.remove("modelled/c.bin/below a file")
    assert [info.path for info in walk(artifacts)] == ["model.txt", "modelled/c.bin"]
    assert (tmp_path / "outside.txt").read_text() == "kept"
    for path in ("", ".", "../../outside.txt"):
        with pytest.raises(InvalidValue):
            artifacts.remove(path)
    artifacts.remove("model.txt")
    assert [info.path for info in walk(artifacts)] == ["modelled/c.bin"]
