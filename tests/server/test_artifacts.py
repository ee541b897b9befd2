"""Files of runs are listed and sent, and nothing else of the machine is."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tornado.httpclient import HTTPClientError

from tests.server.conftest import Ask, Fetch
from tests.server.test_routes import log_run
from tracker.server.files.openfile import CHUNK
from tracker.store import Store

ASTRAY = [
    "..",
    "../params.txt",
    "figures/../../params.txt",
    "%2e%2e/params.txt",
    "%2e%2e%2fparams.txt",
    "%252e%252e/params.txt",
    "..\\params.txt",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\Windows\\win.ini",
    "file:///etc/passwd",
    "a\0b",
    "%00",
    "out/secret.txt",
    "passwd",
]


@pytest.fixture
def run_id(store: Store) -> str:
    """A run with files, among them links that lead out of its folder."""
    run_id = log_run(store)
    folder = Path(store.get_run(run_id).info.artifact_uri)
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "loss.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    (folder / "model.bin").write_bytes(bytes(range(256)) * 4096)
    (folder / "empty.txt").touch()
    (folder / "page.html").write_text("<script>alert(1)</script>")
    (folder / 'Grüße, "Welt".csv').write_text("a,b\n")
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (folder / "out").symlink_to(outside)
    (folder / "passwd").symlink_to("/etc/passwd")
    return run_id


async def test_a_folder_of_artifacts_is_listed(ask: Ask, run_id: str) -> None:
    answer = await ask("runs", run_id, "artifacts", folder="", path="figures")
    assert answer == {
        "path": "figures",
        "files": [{"path": "figures/loss.png", "is_dir": False, "file_size": 108}],
    }
    answer = await ask("runs", run_id, "artifacts", folder="")
    assert answer["path"] == ""
    assert {"path": "figures", "is_dir": True, "file_size": None} in answer["files"]


async def test_a_run_without_artifacts_lists_none(ask: Ask, store: Store) -> None:
    answer = await ask("runs", log_run(store), "artifacts", folder="")
    assert answer == {"path": "", "files": []}


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("figures/loss.png", "image/png"),
        ("model.bin", "application/octet-stream"),
        ("empty.txt", "text/plain"),
        ("page.html", "text/html"),
    ],
)
async def test_a_file_is_sent_to_be_saved_and_cannot_act(
    jp_fetch: Fetch, store: Store, run_id: str, path: str, media_type: str
) -> None:
    response = await jp_fetch(
        "tracker/api/runs", run_id, "artifact", params={"folder": "", "path": path}
    )
    expected = (Path(store.get_run(run_id).info.artifact_uri) / path).read_bytes()
    assert response.body == expected
    headers = response.headers
    assert headers["Content-Length"] == str(len(expected))
    assert headers["Content-Type"] == media_type
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_a_large_file_arrives_whole(jp_fetch: Fetch, store: Store, run_id: str) -> None:
    content = os.urandom(CHUNK * 5 + 17)
    (Path(store.get_run(run_id).info.artifact_uri) / "large").write_bytes(content)
    params = {"folder": "", "path": "large"}
    response = await jp_fetch("tracker/api/runs", run_id, "artifact", params=params)
    assert response.body == content


async def test_who_leaves_before_the_end_is_no_error(
    jp_base_url: str,
    jp_fetch: Fetch,
    jp_serverapp: Any,
    store: Store,
    run_id: str,
    http_server_port: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (Path(store.get_run(run_id).info.artifact_uri) / "large").open("wb") as file:
        file.truncate(200_000_000)
    reader, writer = await asyncio.open_connection("127.0.0.1", http_server_port[1])
    token = jp_serverapp.identity_provider.token
    path = f"{jp_base_url}tracker/api/runs/{run_id}/artifact?path=large"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode())
    writer.write(f"Authorization: token {token}\r\n\r\n".encode())
    assert b"200 OK" in await reader.read(1000)
    writer.transport.abort()
    assert (await jp_fetch("tracker/api/experiments")).code == 200
    async with asyncio.timeout(20):
        while not any("/artifact" in record.getMessage() for record in caplog.records):
            await asyncio.sleep(0.01)
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_file_keeps_its_name(jp_fetch: Fetch, run_id: str) -> None:
    params = {"folder": "", "path": 'Grüße, "Welt".csv'}
    response = await jp_fetch("tracker/api/runs", run_id, "artifact", params=params)
    kind, _, name = response.headers["Content-Disposition"].partition("; filename*=utf-8''")
    assert (kind, unquote(name)) == ("attachment", 'Grüße, "Welt".csv')


@pytest.mark.parametrize("path", ASTRAY)
async def test_a_path_that_leads_astray_is_refused(jp_fetch: Fetch, run_id: str, path: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("tracker/api/runs", run_id, "artifact", params={"folder": "", "path": path})
    assert caught.value.code == 400
    assert caught.value.response is not None
    answer = json.loads(caught.value.response.body)
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE"
    assert "root:" not in answer["message"]


@pytest.mark.parametrize("path", ["gone.txt", "figures", "", "figures/loss.png/deeper"])
async def test_what_is_no_file_is_not_found(refusal: Ask, run_id: str, path: str) -> None:
    status, error = await refusal("runs", run_id, "artifact", folder="", path=path)
    assert (status, error["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
async def test_a_pipe_among_the_artifacts_does_not_block(
    refusal: Ask, store: Store, run_id: str
) -> None:
    os.mkfifo(Path(store.get_run(run_id).info.artifact_uri) / "pipe")
    status, _ = await refusal("runs", run_id, "artifact", folder="", path="pipe")
    assert status == 404


@pytest.mark.parametrize("run_id", ["..", "%2e%2e", "a/b", "x" * 300, "a.b"])
async def test_a_run_id_that_is_none_finds_no_route(jp_fetch: Fetch, run_id: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("tracker/api/runs", run_id, "artifacts")
    assert caught.value.code == 404


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "ftp://host/x", "simplecache::s3://bucket/x"]
)
async def test_a_store_cannot_make_the_server_call_other_hosts(
    refusal: Ask, store: Store, location: str
) -> None:
    experiment = store.create_experiment("sent by mail", artifact_location=location)
    run_id = store.create_run(experiment).info.run_id
    for route in ("artifacts", "artifact"):
        status, error = await refusal("runs", run_id, route, folder="", path="x")
        assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
