"""Servers that answer nonsense, too much, for ever, or send us elsewhere: an error in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from tests.store.rest.scripted import Answer, Scripted, says, scripted
from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.remote import connection
from tracker.remote.errors import NotAllowed, Unreachable
from tracker.store import Store, open_store
from tracker.store.rest import beginning, pages

RUN_ID = "0123456789abcdef0123456789abcdef"
SECRET = "s3cr3t-passw0rd"


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (connection, beginning):
        monkeypatch.setattr(module, "PATIENCE", 0.01)


def run_answer(**info: object) -> dict[str, object]:
    about = {"run_id": RUN_ID, "experiment_id": "0", "status": "RUNNING", "start_time": 1, **info}
    return {"run": {"info": about, "data": {}}}


@contextmanager
def opened(answer: Answer, *, userinfo: str = "") -> Iterator[tuple[Store, Scripted]]:
    with scripted(answer) as server:
        store = open_store(f"http://{userinfo}{server.netloc}")
        yield store, server
        store.close()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Log in</html>",
        b"",
        b"[1, 2]",
        b"[" * 100_000,
        b"null",
        json.dumps({"run": []}).encode(),
        json.dumps({"run": {"info": "x"}}).encode(),
        json.dumps(run_answer(status="DANCING")).encode(),
        json.dumps(run_answer(start_time="soon")).encode(),
        json.dumps(run_answer(start_time=2**70)).encode(),
        json.dumps(run_answer(lifecycle_stage=["x"])).encode(),
        json.dumps({"run": {"info": run_answer()["run"], "data": {"metrics": [1]}}}).encode(),
        b"\xff\xfe{}",
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error_in_words(body: bytes) -> None:
    with opened(says(body)) as (store, _):
        with pytest.raises(StoreError, match="no tracking server|makes no sense") as caught:
            store.get_run(RUN_ID)
        assert len(str(caught.value)) < 500
        with pytest.raises(StoreError):
            store.create_run("0")


def test_what_was_logged_stays_where_a_login_page_takes_everything() -> None:
    is_up = [True]

    def answer(request: BaseHTTPRequestHandler) -> None:
        honest = says(run_answer() if "create" in request.path else {})
        (honest if is_up[0] else says(b"<html>Log in</html>"))(request)

    with opened(answer) as (store, server):
        run_id = store.create_run("0").info.run_id
        is_up[0] = False
        store.log_metric(run_id, "loss", 1.0, 1, 1)
        with pytest.raises(StoreError, match="Log in"):
            store.metric_history(run_id, "loss")
        is_up[0] = True
        store.search_runs([])
        assert any("log-batch" in path for _, path, _ in server.seen)


def test_an_answer_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LARGEST_ANSWER", 4 * 2**20)

    def pours(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b" " * 65_536)
        except OSError:
            return

    with opened(pours) as (store, _), pytest.raises(StoreError, match="given up after 4 MB"):
        store.get_run(RUN_ID)


@pytest.mark.parametrize("token", ["same", ""])
def test_pages_without_an_end_are_given_up(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setattr(pages, "PAGES_LIMIT", 50)
    count = iter(range(10**9))

    def endless(request: BaseHTTPRequestHandler) -> None:
        point = {"key": "loss", "value": 1.0, "timestamp": 1, "step": 1}
        following = token or f"page {next(count)}"
        says({"metrics": [point], "next_page_token": following, **run_answer()})(request)

    with opened(endless) as (store, server):
        with pytest.raises(StoreError, match="without an end"):
            store.metric_history(RUN_ID, "loss")
        assert len(server.seen) <= 50


def test_pages_of_experiments_without_an_end_are_given_up() -> None:
    page = {"experiments": [{"experiment_id": "1", "name": "a"}], "next_page_token": "again"}
    with opened(says(page)) as (store, _), pytest.raises(StoreError, match="without an end"):
        store.count_runs()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_carries_no_credentials(status: int) -> None:
    with scripted(says({})) as elsewhere:
        location = f"http://user:{SECRET}@{elsewhere.netloc}/api"
        with opened(says(b"", status, Location=location), userinfo=f"ada:{SECRET}@") as (store, _):
            with pytest.raises(StoreError, match="redirect") as caught:
                store.get_run(RUN_ID)
            assert elsewhere.netloc in str(caught.value) and SECRET not in str(caught.value)
            with pytest.raises(StoreError, match="redirect"):
                store.create_experiment("x")
        assert elsewhere.seen == []


def test_a_refusal_is_told_in_one_clean_line() -> None:
    body = {"error_code": "INVALID_PARAMETER_VALUE", "message": "no\x1b[31m\nway" + "x" * 10_000}
    with opened(says(body, 400)) as (store, _), pytest.raises(InvalidValue) as caught:
        store.get_run(RUN_ID)
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}, NotFound),
        (404, b"<html>Not Found</html>", StoreError),
        (401, b"", NotAllowed),
        (403, {"error_code": "PERMISSION_DENIED", "message": "not yours"}, NotAllowed),
        (429, b"slow down", Unreachable),
        (503, b"", Unreachable),
        (500, {"error_code": "INTERNAL_ERROR", "message": "oh"}, StoreError),
        (418, b"teapot", StoreError),
        (400, b"[" * 60_000, StoreError),
    ],
)
def test_every_refusal_is_an_error_of_ours(status: int, body: object, kind: type) -> None:
    with opened(says(body, status)) as (store, _), pytest.raises(kind):
        store.get_run(RUN_ID)


def test_half_a_surrogate_pair_is_refused_before_anything_is_sent() -> None:
    with opened(says({})) as (store, server):
        for ask in (store.get_run, store.find_experiment):
            with pytest.raises(InvalidValue, match="surrogate"):
                ask("\ud800")
        with pytest.raises(InvalidValue, match="surrogate"):
            store.search_runs(["0"], filter_string="params.a = '\ud800'")
        assert server.seen == []


def test_a_server_that_asks_for_patience_is_asked_again() -> None:
    count = iter(range(100))

    def answer(request: BaseHTTPRequestHandler) -> None:
        says(b"slow down", 429)(request) if next(count) % 2 == 0 else says(run_answer())(request)

    with opened(answer) as (store, _):
        assert store.create_run("0").info.run_id == RUN_ID
        assert store.get_run(RUN_ID).info.run_id == RUN_ID


def test_names_that_a_listing_makes_up_lead_nowhere() -> None:
    from tracker.artifacts import open_artifacts

    names = ["../evil", "/etc/passwd", "a/b", "", ".", "ok.txt", "%2e%2e", "C:\\x", 7, None]
    listing = {"files": [{"path": name, "is_dir": False} for name in names]}

    def answer(request: BaseHTTPRequestHandler) -> None:
        says(listing if "artifacts" in request.path else {})(request)

    with opened(answer) as (_, server):
        files = open_artifacts(f"mlflow-artifacts://{server.netloc}/0/{RUN_ID}/artifacts")
        assert [it.path for it in files.list()] == ["ok.txt"]
