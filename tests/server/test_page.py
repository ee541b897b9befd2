"""The page outside JupyterLab: who may see it, and what it tells the browser."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from tests.server.conftest import Fetch
from tracker.server.handlers import page

BOTH = pytest.mark.parametrize("path", ["tracker", "tracker/static/page.js"])


async def refused(fetch: Fetch, *parts: str, **options: Any) -> HTTPResponse:
    with pytest.raises(HTTPClientError) as caught:
        await fetch(*parts, **options)
    assert caught.value.response is not None
    return caught.value.response


@BOTH
async def test_a_stranger_is_sent_to_log_in(jp_fetch: Fetch, jp_base_url: str, path: str) -> None:
    answer = await refused(
        jp_fetch, path, headers={"Authorization": "token wrong"}, follow_redirects=False
    )
    assert answer.code == 302
    assert answer.headers["Location"].startswith(f"{jp_base_url}login?next=")


@BOTH
async def test_a_user_without_the_right_is_turned_away(
    jp_fetch: Fetch, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    asked = []

    def is_authorized(handler: object, user: object, action: str, resource: str) -> bool:
        asked.append((action, resource))
        return False

    monkeypatch.setattr(jp_serverapp.authorizer, "is_authorized", is_authorized)
    assert (await refused(jp_fetch, path)).code == 403
    assert asked == [("read", "tracker")]


async def test_the_page_names_its_files_below_the_path_that_the_server_has(
    jp_fetch: Fetch, jp_base_url: str
) -> None:
    answer = await jp_fetch("tracker")
    text = answer.body.decode()
    found = re.search(r'type="application/json">(.*?)</script>', text)
    assert found is not None
    assert json.loads(found[1])["baseUrl"] == jp_base_url
    files = [unescape(url) for url in re.findall(r'(?:src|href)="([^"]+)"', text)]
    assert len(files) == 5
    for file in files:
        assert file.startswith(f"{jp_base_url}tracker/static/")
        name, _, version = file.rpartition("/")[2].partition("?v=")
        sent = await jp_fetch("tracker", "static", name, params={"v": version})
        assert "immutable" in sent.headers["Cache-Control"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "object-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "_xsrf" in str(answer.headers.get_list("Set-Cookie"))


async def test_a_token_leaves_the_address_and_a_view_stays(
    jp_fetch: Fetch, jp_base_url: str, jp_serverapp: Any
) -> None:
    token = jp_serverapp.identity_provider.token
    params = {"token": token, "show": "open-run", "runId": "a&b"}
    answer = await refused(jp_fetch, "tracker", params=params, follow_redirects=False)
    assert answer.code == 302
    assert answer.headers["Location"] == f"{jp_base_url}tracker?show=open-run&runId=a%26b"


async def test_what_names_no_version_is_asked_for_again(jp_fetch: Fetch) -> None:
    answer = await jp_fetch("tracker", "static", "page.js")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("", False), ("br, gzip;q=0", False)],
)
async def test_a_compressed_copy_is_sent_to_who_can_read_it(
    jp_fetch: Fetch,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    accepted: str,
    is_packed: bool,
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path)
    (tmp_path / "page.js").write_text("as it is")
    (tmp_path / "page.js.gz").write_bytes(gzip.compress(b"compressed"))
    headers = {"Accept-Encoding": accepted}
    answer = await jp_fetch(
        "tracker", "static", "page.js", headers=headers, decompress_response=False
    )
    body = gzip.decompress(answer.body) if is_packed else answer.body
    assert body == (b"compressed" if is_packed else b"as it is")
    assert answer.headers.get("Content-Encoding") == ("gzip" if is_packed else None)
    assert answer.headers["Content-Type"].endswith("/javascript")
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["../page.py", "%2e%2e/page.py", "..%2fpage.py", "/etc/passwd"])
async def test_nothing_beside_the_files_is_sent(jp_fetch: Fetch, path: str) -> None:
    answer = await refused(jp_fetch, f"tracker/static/{path}")
    assert answer.code in (403, 404)


async def test_a_clone_that_was_not_built_is_told_how(
    jp_fetch: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path)
    answer = await refused(jp_fetch, "tracker")
    assert answer.code == 500
    assert b"jlpm build" in answer.body
