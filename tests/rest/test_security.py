"""Hostile requests. Each one, without its hostile part, is one that the server answers."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.rest.servers import JSON, Running, ask, tracker_server
from tracker.store import open_store

CREATE = "/api/2.0/mlflow/experiments/create"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with tracker_server(tmp_path_factory.mktemp("served") / ".tracker") as running:
        yield running


@pytest.fixture(scope="module")
def run_id(server: Running) -> str:
    return new_run(server)


@pytest.fixture(scope="module")
def model_id(server: Running) -> str:
    made = server.api("POST", "logged-models", {"experiment_id": "0", "name": "m"})
    return str(made.json["model"]["info"]["model_id"])


def new_run(server: Running) -> str:
    made = server.api("POST", "runs/create", {"experiment_id": "0"})
    return str(made.json["run"]["info"]["run_id"])


def names(server: Running) -> set[str]:
    found = server.api("GET", "experiments/search?max_results=1000").json["experiments"]
    return {experiment["name"] for experiment in found}


# -- pages of other sites ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:5000"},
        {"Host": "169.254.169.254"},
        {"Host": ""},
    ],
    ids=str,
)
def test_what_a_foreign_page_sends_changes_nothing(
    server: Running, headers: dict[str, str]
) -> None:
    name = f"planted {headers}"
    answer = server.ask("POST", CREATE, {"name": name}, {**JSON, **headers})
    assert answer.status in (400, 403)
    assert name not in names(server)
    read = server.ask("GET", "/api/2.0/mlflow/experiments/search?max_results=5", None, headers)
    assert read.status in (400, 403)
    assert b"experiments" not in read.body


def test_the_same_requests_from_here_are_answered(server: Running) -> None:
    own = urlsplit(server.uri).netloc
    port = own.partition(":")[2]
    honest: tuple[dict[str, str], ...] = (
        {},
        {"Origin": server.uri},
        {"Host": f"localhost:{port}"},
        {"Host": f"[::1]:{port}"},
    )
    for number, headers in enumerate(honest):
        sent = {"Host": own, **JSON, **headers}
        assert server.ask("POST", CREATE, {"name": f"honest {number}"}, sent).status == 200
    assert {f"honest {number}" for number in range(4)} <= names(server)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None],
)
def test_a_body_that_a_form_could_send_is_refused(
    server: Running, content_type: str | None
) -> None:
    name = f"form {content_type}"
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert server.ask("POST", CREATE, {"name": name}, headers).status == 400
    assert name not in names(server)
    as_json = {"Content-Type": "application/json; charset=utf-8"}
    assert server.ask("POST", CREATE, {"name": name}, as_json).status == 200


def test_no_answer_permits_another_site_to_read_it(server: Running, run_id: str) -> None:
    path = f"{PROXY}/0/{run_id}/artifacts/page.html"
    server.ask("PUT", path, b"<script>alert(1)</script>")
    for asked in ("/health", "/api/2.0/mlflow/experiments/get?experiment_id=0", path, "/nothing"):
        headers = server.ask("GET", asked).headers
        assert not [name for name in headers if name.lower().startswith("access-control-")]
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert server.ask("OPTIONS", CREATE, None, {"Origin": "https://evil.example"}).status >= 400
    assert server.ask("GET", path).headers["Content-Disposition"].startswith("attachment")


# -- the token -----------------------------------------------------------------------------------


def test_a_server_for_other_machines_draws_a_token_and_asks_for_it(tmp_path: Path) -> None:
    with tracker_server(tmp_path / ".tracker", "--host", "0.0.0.0") as server:
        assert server.token is not None and len(server.token) > 30
        body = {"name": "x"}
        wrong = base64.b64encode(b"anyone:wrong").decode()
        for authorization in (None, "Bearer wrong", f"Basic {wrong}", "Basic !", server.token):
            headers = {} if authorization is None else {"Authorization": authorization}
            answer = server.ask("POST", CREATE, body, {**JSON, **headers})
            assert answer.status == 401
            assert answer.json["error_code"] == "UNAUTHENTICATED"
            run = server.ask("PUT", f"{PROXY}/0/{'0' * 32}/artifacts/a", b"x", headers)
            assert run.status == 401
        assert server.ask("GET", "/health").status == 200
        bearer = {"Authorization": f"Bearer {server.token}"}
        assert server.ask("POST", CREATE, body, {**JSON, **bearer}).status == 200
        right = base64.b64encode(f"anyone:{server.token}".encode()).decode()
        basic = {"Authorization": f"Basic {right}"}
        found = server.ask("GET", "/api/2.0/mlflow/experiments/get?experiment_id=1", None, basic)
        assert found.json["experiment"]["name"] == "x"


def test_a_token_that_was_given_is_asked_for_on_this_machine_too(tmp_path: Path) -> None:
    with tracker_server(tmp_path / ".tracker", token="secret-of-mine") as server:
        path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
        assert server.ask("GET", path).status == 401
        bearer = {"Authorization": "Bearer secret-of-mine"}
        assert server.ask("GET", path, None, bearer).status == 200


# -- paths ---------------------------------------------------------------------------------------

CLIMBING = (
    "../../secret.txt",
    "..%2F..%2Fsecret.txt",
    "%2e%2e/%2e%2e/secret.txt",
    "%2e%2e%2f%2e%2e%2fsecret.txt",
    "%252e%252e%252f%252e%252e%252fsecret.txt",
    "..%5c..%5csecret.txt",
    "a/../../../secret.txt",
    "./../../secret.txt",
    "....//....//secret.txt",
    "%2Fetc%2Fpasswd",
    "/etc/passwd",
    "//etc/passwd",
    "C:%5Cwindows%5Cwin.ini",
    "C:/windows/win.ini",
    "%5C%5Chost%5Cshare%5Cfile",
    "%5C%5C%3F%5CC:%5Cfile",
    "%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt",
    "%ff",
    "..%00/secret.txt",
    "..;/..;/secret.txt",
    "%u002e%u002e/secret.txt",
    "file:%2F%2F%2Fetc%2Fpasswd",
    "a%00.txt",
    "%0d%0aSet-Cookie:x",
    "loop%2F..%2F..%2F..%2Fsecret.txt",
)


@pytest.mark.parametrize("path", CLIMBING)
def test_no_path_leads_out_of_a_runs_files(
    server: Running, run_id: str, model_id: str, path: str
) -> None:
    secret = server.folder / "artifacts" / "0" / "secret.txt"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("the secret")
    before = _files_elsewhere(server, run_id)
    own = f"{PROXY}/0/{run_id}/artifacts"
    get_artifact = f"/get-artifact?run_uuid={run_id}&path={path}"
    listing = f"/api/2.0/mlflow/artifacts/list?run_id={run_id}&path={path}"
    model = f"/api/2.0/mlflow/logged-models/{model_id}/artifacts"
    of_model = f"{model}/files?artifact_file_path={path}"
    in_model = f"{model}/directories?artifact_directory_path={path}"
    proxied = f"{PROXY}?path=0/{run_id}/artifacts/{path}"
    beside = f"{PROXY}/0/models/{model_id}/artifacts/{path}"
    for asked in (
        f"{own}/{path}", get_artifact, listing, proxied, of_model, in_model, beside
    ):  # fmt: skip
        answer = server.ask("GET", asked)
        assert b"the secret" not in answer.body and b"root:" not in answer.body, asked
        assert answer.status in (200, 400, 404), asked
        assert "files" not in (answer.json if answer.status == 200 else {}), asked
        assert "Set-Cookie" not in answer.headers
    for folder in (own, f"{PROXY}/0/models/{model_id}/artifacts"):
        server.ask("PUT", f"{folder}/{path}", b"planted")
        server.ask("DELETE", f"{folder}/{path}")
    assert _files_elsewhere(server, run_id) == before
    assert secret.read_text() == "the secret"


def _files_elsewhere(server: Running, run_id: str) -> dict[str, bytes]:
    """Return the files around the store, but for those of the run and what it keeps of them."""
    own = (f"{run_id}/artifacts/", "/models/m-", "/objects/", "/journals/", "tracker.db")
    files = [path for path in server.folder.parent.rglob("*") if path.is_file()]
    return {
        str(path): path.read_bytes() for path in files if not any(part in str(path) for part in own)
    }


def test_honest_names_of_files_are_taken_as_they_are(server: Running, run_id: str) -> None:
    for name in ("a b.txt", "ü+&=%.txt", "deep/er/..hidden", "100%.txt", "sem;colon"):
        path = f"{PROXY}/0/{run_id}/artifacts/{quote(name)}"
        assert server.ask("PUT", path, name.encode()).status == 200
        assert server.ask("GET", path).body == name.encode()


def test_a_link_among_the_files_leads_nowhere(server: Running, run_id: str, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("the secret")
    files = server.folder / "artifacts" / "0" / run_id / "artifacts"
    files.mkdir(parents=True, exist_ok=True)
    (files / "link.txt").symlink_to(tmp_path / "outside.txt")
    (files / "folder").symlink_to(tmp_path)
    for name in ("link.txt", "folder/outside.txt"):
        assert b"the secret" not in server.ask("GET", f"{PROXY}/0/{run_id}/artifacts/{name}").body
    server.ask("PUT", f"{PROXY}/0/{run_id}/artifacts/folder/planted.txt", b"planted")
    server.ask("DELETE", f"{PROXY}/0/{run_id}/artifacts/folder/outside.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["outside.txt"]


@pytest.mark.parametrize(
    "location", ["/etc", "file:///etc", "relative/folder", "http://169.254.169.254/", "ftp://x/y"]
)
def test_a_location_that_a_client_chose_is_never_opened_here(
    server: Running, location: str, tmp_path: Path
) -> None:
    chosen = location.replace("/etc", str(tmp_path))
    made = server.api("POST", "experiments/create", {"name": chosen, "artifact_location": chosen})
    assert made.status == 200
    experiment = made.json["experiment_id"]
    run = server.api("POST", "runs/create", {"experiment_id": experiment}).json["run"]["info"]
    planted = tmp_path / run["run_id"] / "artifacts" / "file.txt"
    planted.parent.mkdir(parents=True)
    planted.write_text("the secret")
    proxied = f"{PROXY}/{experiment}/{run['run_id']}/artifacts/file.txt"
    for method in ("GET", "PUT", "DELETE"):
        assert server.ask(method, proxied, b"x" if method == "PUT" else None).status == 400
    listed = server.api("GET", f"artifacts/list?run_id={run['run_id']}")
    assert listed.status == 400 and b"file.txt" not in listed.body
    assert planted.read_text() == "the secret"


# -- sizes ---------------------------------------------------------------------------------------


def test_a_body_larger_than_any_honest_one_is_refused_unread(server: Running) -> None:
    with socket.create_connection((urlsplit(server.uri).hostname, urlsplit(server.uri).port)) as it:
        it.settimeout(30)
        head = f"POST {CREATE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        it.sendall(f"{head}Content-Length: 99999999999\r\n\r\n{{".encode())
        answer = it.recv(1000)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert server.ask("GET", "/health").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"name":' * 50_000,
        b'{"name": "x", "tags": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"name": "\\ud800"}',
        b'{"name": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_no_honest_json_is_refused_politely(server: Running, body: bytes) -> None:
    answer = server.ask("POST", CREATE, body, JSON)
    assert answer.status == 400
    assert answer.json["error_code"] in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


@pytest.mark.parametrize("max_results", [-1, 0, 50_001, 10**30, "NaN", [], "1e9", 1.5])
def test_no_page_is_larger_than_the_protocol_allows(server: Running, max_results: object) -> None:
    asked = {"experiment_ids": ["0"], "max_results": max_results}
    assert server.api("POST", "runs/search", asked).status == 400
    assert server.api("POST", "experiments/search", {"max_results": max_results}).status == 400
    assert server.api("POST", "runs/search", {**asked, "max_results": 50_000}).status == 200


def test_no_search_costs_more_than_it_may(server: Running) -> None:
    for filter_string in (
        " AND ".join(["params.a LIKE '%%%%%%%%%%%%%%%%%%%%a'"] * 1000),
        "(" * 5000 + "params.a = 'x'" + ")" * 5000,
        f"params.a LIKE '{'%a' * 20_000}'",
        "params.`" + "x" * 1_000_000,
    ):
        asked = {"experiment_ids": ["0"], "filter": filter_string}
        answer = server.api("POST", "runs/search", asked)
        assert answer.status == 400
        assert len(answer.body) < 10_000
    assert server.api("POST", "runs/search", {"order_by": ["start_time"] * 1000}).status == 400


def test_histories_of_many_runs_are_limited(server: Running, run_id: str) -> None:
    path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=m"
    few = "".join(f"&run_id={run_id}" for _ in range(100))
    assert server.ask("GET", path + few).status == 200
    assert server.ask("GET", f"{path}{few}&run_id={run_id}").status == 400
    interval = "metrics/get-history-bulk-interval?metric_key=m&run_ids=" + run_id
    assert server.api("GET", f"{interval}&max_results=2500").status == 200
    assert server.api("GET", f"{interval}&max_results=2501").status == 400


def test_what_fails_inside_is_not_told_to_the_client(server: Running) -> None:
    for path in ("/", "/api/2.0/mlflow/", "/api/2.0/mlflow/registered-models/create", "/../etc"):
        answer = server.ask("POST", path, {}, JSON)
        assert answer.status == 404
        assert answer.json["error_code"] == "ENDPOINT_NOT_FOUND"
        assert b"Traceback" not in answer.body and str(server.folder).encode() not in answer.body


def test_an_upload_that_breaks_off_leaves_nothing(server: Running, run_id: str) -> None:
    path = f"{PROXY}/0/{run_id}/artifacts/half.bin"
    with socket.create_connection((urlsplit(server.uri).hostname, urlsplit(server.uri).port)) as it:
        head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n"
        it.sendall(head.encode() + b"x" * 1000)
    assert server.ask("GET", path).status == 404
    whole = bytes(300_000) + b"end"
    assert server.ask("PUT", path, whole).status == 200
    assert server.ask("GET", path).body == whole


def test_a_run_of_a_remote_client_outlives_the_server(tmp_path: Path) -> None:
    folder = tmp_path / ".tracker"
    with tracker_server(folder) as server:
        run = new_run(server)
        point = {"run_id": run, "key": "loss", "value": 0.5, "timestamp": 1}
        assert server.api("POST", "runs/log-metric", point).status == 200
        server.process.kill()
    with tracker_server(folder) as server:
        found = server.api("GET", f"runs/get?run_id={run}").json["run"]
        assert found["info"]["status"] == "RUNNING"
        assert found["data"]["metrics"][0]["value"] == 0.5
        assert server.api("POST", "runs/log-metric", {**point, "step": 1}).status == 200
    reopened = open_store(folder)
    assert reopened.get_run(run).info.status == "RUNNING"
    assert len(reopened.metric_history(run, "loss").steps) == 2


def test_the_server_does_not_serve_a_server_which_may_be_itself(tmp_path: Path) -> None:
    """People set the variable for their clients, and then start the server in the same shell."""
    environment = {**os.environ, "MLFLOW_TRACKING_URI": "http://127.0.0.1:5000"}
    environment.pop("TRACKER_TRACKING_URI", None)
    command = [sys.executable, "-m", "tracker", "server", "--port", "0"]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "is another tracking server" in done.stderr


def test_health_is_told_to_everyone_but_pages_of_other_sites(server: Running) -> None:
    assert ask(server.uri, "GET", "/health").body == b"OK"
    assert ask(server.uri, "GET", "/health", None, {"Origin": "https://evil.example"}).status == 403
