from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.artifacts import Artifacts, open_artifacts, walk
from tracker.artifacts.access import copy_to
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound, StoreError


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """Serve the S3 protocol from this process, with a bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Return the URI of a new bucket that fsspec finds through the environment."""
    import fsspec

    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"bucket-{abs(hash(tmp_path)):x}"
    fsspec.filesystem("s3").mkdir(bucket)
    return f"s3://{bucket}"


@pytest.fixture(params=["s3", "memory"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> Artifacts:
    if request.param == "s3":
        return open_artifacts(f"{request.getfixturevalue('s3')}/0/run/artifacts")
    return open_artifacts(f"memory://{tmp_path.name}/artifacts")


def test_a_file_reads_back_and_is_listed(artifacts: Artifacts) -> None:
    artifacts.put("a/b c.bin", [b"one", b"two"])
    artifacts.put("top.txt", [b"x"])
    assert artifacts.list() == [FileInfo("a", True, None), FileInfo("top.txt", False, 1)]
    assert artifacts.list("a") == [FileInfo("a/b c.bin", False, 6)]
    assert artifacts.list("top.txt") == []
    assert artifacts.list("nowhere") == []
    assert [info.path for info in walk(artifacts)] == ["a/b c.bin", "top.txt"]
    assert artifacts.is_file("top.txt")
    assert not artifacts.is_file("a")
    with artifacts.open("a/b c.bin") as file:
        assert file.read() == b"onetwo"


def test_a_file_larger_than_a_part_arrives_whole(artifacts: Artifacts, tmp_path: Path) -> None:
    source = tmp_path / "big.bin"
    source.write_bytes(bytes(range(256)) * 80_000)
    artifacts.put_file(source, "big.bin")
    copied = copy_to(artifacts, "big.bin", tmp_path / "copy")
    assert copied.read_bytes() == source.read_bytes()


def test_a_source_that_fails_leaves_what_was_there(artifacts: Artifacts) -> None:
    artifacts.put("x", [b"old"])

    def chunks() -> Iterator[bytes]:
        yield b"n" * 9_000_000
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        artifacts.put("x", chunks())
    with artifacts.open("x") as file:
        assert file.read() == b"old"


def test_what_is_not_there_is_not_found(artifacts: Artifacts, tmp_path: Path) -> None:
    artifacts.put("a/b", [b"1"])
    with pytest.raises(NotFound):
        artifacts.open("missing")
    with pytest.raises(NotFound):
        copy_to(artifacts, "missing", tmp_path)
    with pytest.raises(NotFound):
        artifacts.put_file(tmp_path / "missing", "x")


def test_hostile_paths_never_reach_the_other_side(artifacts: Artifacts) -> None:
    for path in ("../other", "/etc/passwd", "%2e%2e/x", "a/../../b"):
        with pytest.raises(InvalidValue):
            artifacts.put(path, [b""])
        with pytest.raises(InvalidValue):
            artifacts.open(path)
        with pytest.raises(InvalidValue):
            artifacts.list(path)


def test_a_bucket_that_is_not_there_is_a_store_error(s3: str) -> None:
    artifacts = open_artifacts(f"{s3}-missing/run")
    with pytest.raises(StoreError, match="refused writing the artifact 'x'"):
        artifacts.put("x", [b"1"])


def test_a_place_nobody_knows_is_a_store_error() -> None:
    with pytest.raises(StoreError, match="nosuchplace"):
        open_artifacts("nosuchplace://x/y").put("x", [b"1"])


def test_threads_may_write_to_one_place(artifacts: Artifacts) -> None:
    threads = [
        threading.Thread(target=artifacts.put, args=(f"{number}.txt", [b"x" * number]))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [info.file_size for info in artifacts.list()] == list(range(8))


def test_what_is_removed_is_gone_and_nothing_else(artifacts: Artifacts) -> None:
    for path in ("model/a.bin", "model/deep/b.bin", "model.txt", "modelled/c.bin"):
        artifacts.put(path, [b"x"])
    artifacts.remove("model")
    artifacts.remove("model")
    artifacts.remove("never/there")
    assert [info.path for info in walk(artifacts)] == ["model.txt", "modelled/c.bin"]
    artifacts.remove("model.txt")
    with pytest.raises(InvalidValue, match="Name a file or folder"):
        artifacts.remove("")
    assert [info.path for info in walk(artifacts)] == ["modelled/c.bin"]
