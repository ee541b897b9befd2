"""Files through the server: large ones, parts of them, in folders and in object stores."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts

from tests.rest.conftest import Site
from tests.rest.servers import JSON, Running, ask, tracker_server
from tracker.rest.file_handlers import media_type
from tracker.store import Store

FILES = "/api/2.0/mlflow-artifacts"
MEGABYTE = 1024 * 1024
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with tracker_server(tmp_path_factory.mktemp("served") / ".tracker") as running:
        yield running


@pytest.fixture(scope="module")
def folder(server: Running) -> str:
    """Return the proxy's path of a new run's files."""
    made = server.api("POST", "runs/create", {"experiment_id": "0"})
    return f"{FILES}/artifacts/0/{made.json['run']['info']['run_id']}/artifacts"


# -- parts of files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=10000-", 10_000, 10_240),
        ("bytes=-100", 10_140, 10_240),
        ("bytes=10000-99999", 10_000, 10_240),
        ("Bytes = 3 - 4", 3, 5),
    ],
)
def test_a_part_of_a_file_is_sent(
    server: Running, folder: str, asked: str, first: int, end: int
) -> None:
    server.ask("PUT", f"{folder}/part.bin", CONTENT)
    answer = server.ask("GET", f"{folder}/part.bin", None, {"Range": asked})
    assert answer.status == 206
    assert answer.body == CONTENT[first:end]
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(CONTENT)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-", "bytes=-99999", "bytes=5-2", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=x-y",
     "bytes=" + "9" * 4000 + "-"],
)  # fmt: skip
def test_a_range_that_means_nothing_gets_the_whole_file(
    server: Running, folder: str, asked: str
) -> None:
    server.ask("PUT", f"{folder}/whole.bin", CONTENT)
    answer = server.ask("GET", f"{folder}/whole.bin", None, {"Range": asked})
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_part_behind_the_end_is_refused_with_the_size(server: Running, folder: str) -> None:
    server.ask("PUT", f"{folder}/short.bin", b"12345")
    server.ask("PUT", f"{folder}/empty.bin", b"")
    for name, size in (("short.bin", 5), ("empty.bin", 0)):
        answer = server.ask("GET", f"{folder}/{name}", None, {"Range": "bytes=5-9"})
        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{size}"
    assert server.ask("GET", f"{folder}/empty.bin").body == b""


def test_a_part_of_an_older_file_is_not_mixed_with_this_one(server: Running, folder: str) -> None:
    server.ask("PUT", f"{folder}/newer.bin", CONTENT)
    headers = {"Range": "bytes=100-", "If-Range": '"an older file"'}
    assert server.ask("GET", f"{folder}/newer.bin", None, headers).body == CONTENT


# -- what MLflow's client tries with large files -------------------------------------------------

UPLOAD = """
import sys, mlflow
client = mlflow.MlflowClient()
run = client.create_run("0").info.run_id
client.log_artifact(run, sys.argv[1], "deep")
print(client.download_artifacts(run, "deep/large.bin", sys.argv[2]))
"""


@pytest.mark.parametrize("forced", [{}, {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
                                         "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true"}],
                         ids=["as it is", "forced"])  # fmt: skip
def test_mlflows_client_sends_a_large_file_as_a_whole(
    server: Running, tmp_path: Path, forced: Mapping[str, str]
) -> None:
    """Also where it was told to send it in parts: the answer is the one it gives up upon."""
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(3 * MEGABYTE))
    (tmp_path / "fetched").mkdir()
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": server.uri,
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(MEGABYTE),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(MEGABYTE),
        "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(MEGABYTE),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        **forced,
    }
    command = [sys.executable, "-c", UPLOAD, str(source), str(tmp_path / "fetched")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.split()[-1]).read_bytes() == source.read_bytes()


def test_parts_and_signed_addresses_are_refused_in_mlflows_words(
    server: Running, oracle: Site, folder: str
) -> None:
    path = folder.removeprefix(f"{FILES}/artifacts/")
    asked = [
        ("POST", f"{FILES}/mpu/create/{path}", {"path": "a.bin", "num_parts": 2}),
        ("POST", f"{FILES}/mpu/complete/{path}",
         {"path": "a.bin", "upload_id": "u", "parts": [{"part_number": 1, "etag": "e"}]}),
        ("POST", f"{FILES}/mpu/abort/{path}", {"path": "a.bin", "upload_id": "u"}),
        ("GET", f"{FILES}/presigned/{path}/a.bin", None),
    ]  # fmt: skip
    for method, place, body in asked:
        headers = {} if body is None else JSON
        ours = server.ask(method, place, body, headers)
        theirs = ask(oracle.uri, method, place, body, headers)
        told = [(it.status, it.json["error_code"], it.json["message"]) for it in (ours, theirs)]
        assert told[0] == told[1]
        assert ours.status == 501
    for name in ("upload", "download"):
        place = f"artifacts/presigned-{name}-url"
        answer = server.api("POST", place, {"run_id": "0" * 32, "path": "a"})
        assert (answer.status, answer.json["error_code"]) == (501, "NOT_IMPLEMENTED")


def test_the_same_is_told_before_it_is_tried(server: Running, oracle: Site) -> None:
    path = "/api/3.0/mlflow/server-info"
    ours, theirs = server.ask("GET", path).json, ask(oracle.uri, "GET", path).json
    assert set(ours) == set(theirs)
    assert not any(ours.values())


# -- memory --------------------------------------------------------------------------------------


def test_a_file_is_never_in_memory_as_a_whole(server: Running, folder: str) -> None:
    size, piece = 160 * MEGABYTE, os.urandom(MEGABYTE)
    process = psutil.Process(server.process.pid)
    place = urlsplit(server.uri)
    server.ask("PUT", f"{folder}/warm.bin", piece)
    before = peak = process.memory_info().rss
    connection = HTTPConnection(place.netloc, timeout=120)
    try:
        connection.putrequest("PUT", f"{folder}/huge.bin")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        for _ in range(size // MEGABYTE):
            connection.send(piece)
            peak = max(peak, process.memory_info().rss)
        assert connection.getresponse().read() == b"{}"
        connection.request("GET", f"{folder}/huge.bin")
        answer = connection.getresponse()
        while got := answer.read(MEGABYTE):
            assert got == piece
            peak = max(peak, process.memory_info().rss)
    finally:
        connection.close()
    server.ask("DELETE", f"{folder}/huge.bin")
    assert peak - before < 48 * MEGABYTE


# -- what a browser makes of them ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("page.html", "application/octet-stream"),
        ("page.xhtml", "application/octet-stream"),
        ("picture.svg", "application/octet-stream"),
        ("script.js", "application/octet-stream"),
        ("style.css", "application/octet-stream"),
        ("feed.xml", "application/octet-stream"),
        ("page.html.gz", "application/octet-stream"),
        ("unknown", "application/octet-stream"),
        ("picture.png", "image/png"),
        ("notes.txt", "text/plain"),
        ("data.json", "application/json"),
    ],
)
def test_no_file_is_told_to_be_something_that_acts(name: str, told: str) -> None:
    assert media_type(name) == told


@pytest.mark.parametrize(
    "name", ["a b.html", "quo%22te.html", "semi;filename=x.html", "%C3%BC.html", "a%2c b.html"]
)
def test_a_files_name_stays_inside_its_header(server: Running, folder: str, name: str) -> None:
    assert server.ask("PUT", f"{folder}/{name.replace(' ', '%20')}", b"<script>").status == 200
    answer = server.ask("GET", f"{folder}/{name.replace(' ', '%20')}")
    kind, _, rest = answer.headers["Content-Disposition"].partition("; ")
    assert kind == "attachment"
    assert rest.startswith("filename*=UTF-8''") and not set(rest[17:]) & set(" \"';,\\")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


# -- object stores -------------------------------------------------------------------------------


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the URI of a bucket, served from this process."""
    import fsspec
    from moto.server import ThreadedMotoServer

    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    host, port = s3.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    filesystem = fsspec.filesystem("s3", skip_instance_cache=True)
    filesystem.mkdir(tmp_path.name)
    yield f"s3://{tmp_path.name}"
    s3.stop()


def test_files_go_through_the_server_to_an_object_store(
    bucket: str, tmp_path: Path, client_environment: Mapping[str, str], store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(6 * MEGABYTE))
    with tracker_server(tmp_path / "served", "--artifacts-destination", f"{bucket}/runs") as it:
        for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME"):
            monkeypatch.delenv(name)
        client = MlflowClient(it.uri)
        run = client.create_run(client.create_experiment("remote")).info
        client.log_artifact(run.run_id, str(source), "model")
        client.log_text(run.run_id, "hello", "model/notes.txt")
        listed = [info.path for info in client.list_artifacts(run.run_id, "model")]
        assert listed == ["model/large.bin", "model/notes.txt"]
        fetched = download_artifacts(f"{run.artifact_uri}/model/large.bin", tracking_uri=it.uri)
        assert Path(fetched).read_bytes() == source.read_bytes()
        place = f"{FILES}/artifacts{run.artifact_uri.removeprefix('mlflow-artifacts:')}/model"
        part = it.ask("GET", f"{place}/large.bin", None, {"Range": "bytes=-5"})
        assert part.body == source.read_bytes()[-5:]
        assert it.ask("DELETE", f"{place}/large.bin").status == 200
        assert [info.path for info in client.list_artifacts(run.run_id, "model")] == listed[1:]
        assert it.ask("DELETE", place).status == 200
        assert client.list_artifacts(run.run_id) == []
        assert it.ask("DELETE", place.removesuffix("/model")).status == 400
