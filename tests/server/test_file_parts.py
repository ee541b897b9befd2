"""Parts of files: ranges, texts that are looked for, and folders packed on the way."""

from __future__ import annotations

import asyncio
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from tests.server.conftest import Ask, Fetch
from tests.server.test_artifacts import ASTRAY
from tests.server.test_routes import log_run
from tracker.server.files.finding import FIND_BUDGET, FOUND_LIMIT
from tracker.store import Store

SPARSE = 3_000_000_000
"""Bytes of a file that is large and takes no room on disk."""


@pytest.fixture
def run_id(store: Store) -> str:
    return log_run(store, "the / best: run")


@pytest.fixture
def folder(store: Store, run_id: str) -> Path:
    folder = Path(store.get_run(run_id).info.artifact_uri)
    folder.mkdir(parents=True)
    return folder


async def part(fetch: Fetch, run_id: str, path: str, asked: str) -> HTTPResponse:
    return await fetch(
        *("tracker/api/runs", run_id, "artifact"),
        params={"folder": "", "path": path},
        headers={"Range": asked},
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-3", (206, b"0123", "bytes 0-3/10")),
        ("bytes=7-", (206, b"789", "bytes 7-9/10")),
        ("bytes=-4", (206, b"6789", "bytes 6-9/10")),
        ("bytes=8-100", (206, b"89", "bytes 8-9/10")),
        ("bytes=-100", (200, b"0123456789", None)),
        ("lines=1-2", (200, b"0123456789", None)),
    ],
)
async def test_a_part_of_a_file_is_sent_where_one_is_asked_for(
    jp_fetch: Fetch, run_id: str, folder: Path, asked: str, expected: tuple[int, bytes, str | None]
) -> None:
    (folder / "digits.txt").write_bytes(b"0123456789")
    response = await part(jp_fetch, run_id, "digits.txt", asked)
    assert (response.code, response.body, response.headers.get("Content-Range")) == expected
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Disposition"].startswith("attachment")


async def test_beyond_the_end_there_is_nothing_and_the_size_is_told(
    jp_fetch: Fetch, run_id: str, folder: Path
) -> None:
    (folder / "digits.txt").write_bytes(b"0123456789")
    with pytest.raises(HTTPClientError) as caught:
        await part(jp_fetch, run_id, "digits.txt", "bytes=10-")
    assert caught.value.code == 416
    assert caught.value.response is not None
    assert caught.value.response.headers["Content-Range"] == "bytes */10"


async def test_the_end_of_a_huge_log_is_read_without_the_rest(
    jp_fetch: Fetch, run_id: str, folder: Path
) -> None:
    with (folder / "log.txt").open("wb") as file:
        file.truncate(SPARSE)
        file.seek(0, os.SEEK_END)
        file.write(b"the end\n")
    response = await part(jp_fetch, run_id, "log.txt", "bytes=-8")
    assert response.body == b"the end\n"
    assert response.headers["Content-Range"] == f"bytes {SPARSE}-{SPARSE + 7}/{SPARSE + 8}"


async def test_a_text_is_found_with_what_is_around_it(ask: Ask, run_id: str, folder: Path) -> None:
    (folder / "log.txt").write_text("first line\nepoch 1: Grüße, loss NaN here\nlast\n")
    found = await ask(
        "runs", run_id, "artifact", "find", folder="", path="log.txt", text="LOSS nan"
    )
    [row] = found["found"]
    assert (row["before"], row["match"], row["after"]) == ("epoch 1: Grüße, ", "loss NaN", " here")
    assert (folder / "log.txt").read_bytes()[row["offset"] :].startswith(b"loss NaN")
    assert found["next"] is None


async def test_a_text_on_the_seam_of_two_pieces_is_found_once(
    ask: Ask, run_id: str, folder: Path
) -> None:
    seam = 1024 * 1024
    (folder / "log.txt").write_bytes(b"." * (seam - 3) + b"needle" + b"." * 100)
    found = await ask("runs", run_id, "artifact", "find", folder="", path="log.txt", text="needle")
    assert [row["offset"] for row in found["found"]] == [seam - 3]


async def test_a_search_goes_on_where_it_stopped(ask: Ask, run_id: str, folder: Path) -> None:
    (folder / "many.txt").write_bytes(b"xy" * (FOUND_LIMIT + 10))
    file = {"folder": "", "path": "many.txt", "text": "x"}
    first = await ask("runs", run_id, "artifact", "find", **file)
    assert len(first["found"]) == FOUND_LIMIT
    second = await ask("runs", run_id, "artifact", "find", offset=str(first["next"]), **file)
    offsets = [row["offset"] for row in first["found"] + second["found"]]
    assert offsets == list(range(0, 2 * (FOUND_LIMIT + 10), 2))
    assert second["next"] is None


async def test_one_search_reads_a_bounded_part_of_a_huge_file(
    ask: Ask, run_id: str, folder: Path
) -> None:
    with (folder / "log.txt").open("wb") as file:
        file.truncate(SPARSE)
    found = await ask("runs", run_id, "artifact", "find", folder="", path="log.txt", text="x")
    assert (found["found"], found["next"], found["size"]) == ([], FIND_BUDGET, SPARSE)


@pytest.mark.parametrize("text", ["", "x" * 201])
async def test_a_text_that_is_none_is_refused(
    refusal: Ask, run_id: str, folder: Path, text: str
) -> None:
    (folder / "log.txt").write_text("x")
    status, _ = await refusal(
        "runs", run_id, "artifact", "find", folder="", path="log.txt", text=text
    )
    assert status == 400


async def archive(fetch: Fetch, run_id: str, path: str = "") -> tuple[zipfile.ZipFile, str]:
    params = {"folder": "", "path": path}
    response = await fetch("tracker/api/runs", run_id, "artifacts", "zip", params=params)
    assert response.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(response.body)), response.headers["Content-Disposition"]


async def test_all_files_come_as_one_archive(jp_fetch: Fetch, run_id: str, folder: Path) -> None:
    (folder / "plots" / "deep").mkdir(parents=True)
    picture = os.urandom(1_000_000)
    (folder / "plots" / "deep" / "loss.png").write_bytes(picture)
    (folder / "notes, Grüße.txt").write_text("hello " * 1000)
    (folder / "empty").touch()
    packed, disposition = await archive(jp_fetch, run_id)
    assert "the-best-run.zip" in disposition
    assert packed.testzip() is None
    assert set(packed.namelist()) == {"plots/deep/loss.png", "notes, Grüße.txt", "empty"}
    assert packed.read("plots/deep/loss.png") == picture
    assert packed.getinfo("notes, Grüße.txt").compress_size < 200
    part_of_it, disposition = await archive(jp_fetch, run_id, "plots")
    assert part_of_it.namelist() == ["deep/loss.png"]
    assert "the-best-run-plots.zip" in disposition


async def test_names_that_lead_elsewhere_are_left_out_of_an_archive_and_told(
    jp_fetch: Fetch, run_id: str, folder: Path
) -> None:
    (folder / "good.txt").write_text("good")
    (folder / "..\\..\\evil.txt").write_text("evil")
    (folder / "C:evil.txt").write_text("evil")
    (folder / "new\nline").write_text("evil")
    (folder / "out").symlink_to("/etc")
    (folder / "passwd").symlink_to("/etc/passwd")
    packed, _ = await archive(jp_fetch, run_id)
    assert set(packed.namelist()) == {"good.txt", "FILES-LEFT-OUT.txt"}
    assert "evil.txt" in packed.read("FILES-LEFT-OUT.txt").decode()


async def test_an_archive_of_nothing_is_not_found(refusal: Ask, run_id: str, folder: Path) -> None:
    status, error = await refusal("runs", run_id, "artifacts", "zip", folder="", path="gone")
    assert (status, error["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


async def test_who_leaves_an_archive_leaves_no_file_open(
    jp_base_url: str,
    jp_fetch: Fetch,
    jp_serverapp: Any,
    run_id: str,
    folder: Path,
    http_server_port: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (folder / "large.bin").open("wb") as file:
        file.truncate(SPARSE)
    reader, writer = await asyncio.open_connection("127.0.0.1", http_server_port[1])
    token = jp_serverapp.identity_provider.token
    writer.write(f"GET {jp_base_url}tracker/api/runs/{run_id}/artifacts/zip ".encode())
    writer.write(f"HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {token}\r\n\r\n".encode())
    assert b"200 OK" in await reader.read(1000)
    writer.transport.abort()
    assert (await jp_fetch("tracker/api/experiments")).code == 200

    def is_open() -> bool:
        files = psutil.Process().open_files()
        return any(file.path == str(folder / "large.bin") for file in files)

    async with asyncio.timeout(20):
        while is_open():
            await asyncio.sleep(0.01)
    assert not [record for record in caplog.records if record.exc_info]


ROUTES = [("artifact", "table"), ("artifact", "find"), ("artifacts", "zip")]


@pytest.mark.parametrize("route", ROUTES)
async def test_no_route_follows_a_path_that_leads_astray(
    refusal: Ask, run_id: str, folder: Path, route: tuple[str, str]
) -> None:
    (folder / "out").symlink_to("/etc")
    (folder / "passwd").symlink_to("/etc/passwd")
    for path in ASTRAY:
        status, _ = await refusal("runs", run_id, *route, folder="", path=path, text="root")
        assert status == 400, path
