"""Who may ask, from where, with what: everybody else is turned away before a store is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from tests.server.conftest import Ask, Fetch
from tests.server.test_folders import HOSTILE
from tracker.server.handlers import ROUTES
from tracker.server.handlers.route import BODY_LIMIT, RUN, DataRoute

RUN_ID = "0" * 32
METHODS = ("get", "post", "put", "patch", "delete", "head")
QUESTIONS = [
    (method, pattern)
    for pattern, handler in ROUTES
    for method in METHODS
    if getattr(handler, method) is not getattr(DataRoute, method)
]
XSRF = "0123456789abcdef" * 2
JSON = {"Content-Type": "application/json"}


def path_of(pattern: str) -> str:
    """A path that the pattern of a route matches."""
    found = pattern.replace(r"([A-Za-z0-9][\w-]{0,255})", RUN_ID)
    return "tracker/api/" + found.replace("([0-9a-f]{32})", RUN_ID)


async def fails(fetch: Fetch, *parts: str, **options: Any) -> HTTPResponse:
    with pytest.raises(HTTPClientError) as caught:
        await fetch(*parts, **options)
    assert caught.value.response is not None
    return caught.value.response


def test_the_table_of_routes_is_what_the_wire_promises() -> None:
    assert sorted(QUESTIONS) == sorted(
        [
            ("get", "experiments"),
            ("post", "runs/search"),
            ("post", "runs/edit"),
            ("post", "runs/compare"),
            ("get", RUN),
            ("get", RUN + "/artifacts"),
            ("get", RUN + "/artifacts/zip"),
            ("get", RUN + "/artifact"),
            ("get", RUN + "/artifact/table"),
            ("get", RUN + "/artifact/find"),
            ("get", RUN + "/artifact/model"),
            ("post", "metrics/history"),
            ("get", "live"),
            ("post", "cells/changes"),
            ("post", "cells/runs"),
            ("post", "runs/groups"),
            ("post", "runs/importance"),
            ("get", RUN + "/links"),
            ("post", RUN + "/notebook"),
            ("post", RUN + "/plan"),
            ("post", RUN + "/jobs"),
            ("post", RUN + "/export"),
            ("post", "jobs/([0-9a-f]{32})/cancel"),
            ("get", "stores"),
            ("get", "fields"),
            ("get", "fields/values"),
            ("post", "stores/open"),
            ("post", "stores/forget"),
        ]
    )


@pytest.mark.parametrize(("method", "pattern"), QUESTIONS)
async def test_every_route_turns_strangers_away(jp_fetch: Fetch, method: str, pattern: str) -> None:
    response = await fails(
        jp_fetch,
        path_of(pattern),
        method=method.upper(),
        headers={"Authorization": "token wrong", **JSON},
        body="{}" if method == "post" else None,
        params={"folder": ""},
    )
    assert response.code in (401, 403)
    assert b"runs" not in response.body


async def test_a_user_without_the_right_is_turned_away(
    jp_fetch: Fetch, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def is_authorized(handler: object, user: object, action: str, resource: str) -> bool:
        asked.append((action, resource))
        return False

    monkeypatch.setattr(jp_serverapp.authorizer, "is_authorized", is_authorized)
    for method, pattern in QUESTIONS:
        response = await fails(
            jp_fetch,
            path_of(pattern),
            method=method.upper(),
            headers=dict(JSON),
            body="{}" if method == "post" else None,
        )
        assert response.code == 403
    changes = {"runs/edit", "stores/open", "stores/forget"}
    changes |= {f"{RUN}/notebook", f"{RUN}/export"}
    executes = {f"{RUN}/plan", f"{RUN}/jobs", "jobs/([0-9a-f]{32})/cancel"}
    actions = [
        "write" if pattern in changes else "execute" if pattern in executes else "read"
        for _, pattern in QUESTIONS
    ]
    assert asked == [(action, "tracker") for action in actions]


async def test_another_origin_with_the_users_cookie_is_turned_away(
    jp_fetch: Fetch, jp_serverapp: Any
) -> None:
    cookie = await login_cookie(jp_fetch, jp_serverapp)
    for method, pattern in [question for question in QUESTIONS if question[1] != "live"]:
        headers = {"Origin": "https://evil.example", "Cookie": f"{cookie}; _xsrf={XSRF}"}
        response = await fails(
            jp_fetch,
            path_of(pattern),
            method=method.upper(),
            headers={"Authorization": "", "X-XSRFToken": XSRF, **headers, **JSON},
            body="{}" if method == "post" else None,
        )
        assert response.code in (403, 404)
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_another_origin_with_the_users_cookie_opens_no_socket(
    jp_fetch: Fetch, jp_ws_fetch: Fetch, jp_serverapp: Any, jp_http_port: int
) -> None:
    cookie = await login_cookie(jp_fetch, jp_serverapp, host=f"localhost:{jp_http_port}")
    headers = {"Authorization": "", "Cookie": cookie}
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch("tracker/api/live", headers={**headers, "Origin": "https://evil.example"})
    assert caught.value.code == 403
    own = {**headers, "Origin": f"http://localhost:{jp_http_port}"}
    (await jp_ws_fetch("tracker/api/live", headers=own)).close()  # type: ignore[attr-defined]


async def test_a_post_with_the_users_cookie_needs_the_xsrf_token(
    jp_fetch: Fetch, jp_serverapp: Any
) -> None:
    cookie = await login_cookie(jp_fetch, jp_serverapp)
    options = {"method": "POST", "body": json.dumps({"folder": ""})}
    headers = {"Authorization": "", "Cookie": f"{cookie}; _xsrf={XSRF}", **JSON}
    response = await fails(jp_fetch, "tracker/api/runs/search", headers=dict(headers), **options)
    assert response.code == 403
    headers["X-XSRFToken"] = XSRF
    answer = await jp_fetch("tracker/api/runs/search", headers=headers, **options)
    assert json.loads(answer.body)["runs"] == []


async def test_another_site_cannot_embed_an_artifact(jp_fetch: Fetch, jp_serverapp: Any) -> None:
    cookie = await login_cookie(jp_fetch, jp_serverapp)
    response = await fails(
        jp_fetch,
        f"tracker/api/runs/{RUN_ID}/artifact",
        headers={"Authorization": "", "Cookie": cookie, "Referer": "https://evil.example/"},
    )
    assert response.code == 403


async def login_cookie(fetch: Fetch, app: Any, host: str | None = None) -> str:
    """The cookie that a browser holds after it has opened the server with its token."""
    token = app.identity_provider.token
    headers = {"Authorization": "", **({"Host": host} if host else {})}
    response = await fetch("api/status", params={"token": token}, headers=headers)
    (cookie,) = response.headers.get_list("Set-Cookie")
    return str(cookie.partition(";")[0])


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded"])
async def test_only_json_is_read(jp_fetch: Fetch, content_type: str) -> None:
    response = await fails(
        jp_fetch,
        "tracker/api/runs/search",
        method="POST",
        body='{"folder": ""}',
        headers={"Content-Type": content_type},
    )
    assert response.code == 415
    assert "application/json" in json.loads(response.body)["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 100_000, b'{"folder": "\xff"}', b"null", b'"x"', b"[]", b"1" * 5000],
)
async def test_what_is_no_json_object_is_refused(jp_fetch: Fetch, body: bytes) -> None:
    for route in ("runs/search", "metrics/history"):
        response = await fails(
            jp_fetch, "tracker/api", route, method="POST", body=body, headers=dict(JSON)
        )
        assert response.code == 400
        assert set(json.loads(response.body)) == {"error_code", "message"}


async def test_a_huge_body_is_refused(jp_fetch: Fetch) -> None:
    body = json.dumps({"folder": "", "filter": "x" * BODY_LIMIT})
    response = await fails(
        jp_fetch, "tracker/api/runs/search", method="POST", body=body, headers=dict(JSON)
    )
    assert response.code == 413


@pytest.mark.parametrize("folder", HOSTILE)
async def test_a_folder_that_leads_astray_is_refused(
    refusal: Ask, jp_root_dir: Path, folder: str
) -> None:
    (jp_root_dir.parent / "sibling").mkdir()
    (jp_root_dir / "escape").symlink_to(jp_root_dir.parent / "sibling")
    for route, body in [
        (["experiments"], None),
        (["runs", RUN_ID], None),
        (["runs", RUN_ID, "artifacts"], None),
        (["runs", "search"], {"folder": folder}),
        (["metrics", "history"], {"folder": folder, "series": []}),
    ]:
        params = {} if body else {"folder": folder}
        status, error = await refusal(*route, body=body, **params)
        assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


async def test_a_folder_that_is_not_text_is_refused(jp_fetch: Fetch) -> None:
    response = await fails(jp_fetch, "tracker/api/experiments", params={"folder": b"\xff\xfe"})
    assert response.code == 400


async def test_answers_cannot_act_as_a_page(jp_fetch: Fetch) -> None:
    response = await jp_fetch("tracker/api/experiments", params={"folder": ""})
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


async def test_what_fails_inside_stays_in_the_log(
    refusal: Ask, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(folder: str) -> None:
        raise RuntimeError("a secret of the server")

    backend = jp_serverapp.web_app.settings["tracker_routes"].backend
    monkeypatch.setattr(backend.service, "experiments", explode)
    status, error = await refusal("experiments", folder="")
    assert (status, error["error_code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in json.dumps(error)
