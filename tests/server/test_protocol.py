"""MLflow's REST API inside a real Jupyter Server, for MLflow's own client and for nobody else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from tests.server.conftest import Fetch
from tests.server.test_extension import server_url, start_server, until
from tests.server.test_security import XSRF, login_cookie
from tracker.rest.backend import PROTOCOL_VERSION
from tracker.store import Store, open_store

API = "tracker/api/2.0/mlflow"
FILES = "tracker/api/2.0/mlflow-artifacts/artifacts"
JSON = {"Content-Type": "application/json"}
RUN_ID = "0" * 32
ROUTES = [
    ("GET", "tracker/health"),
    ("GET", "tracker/version"),
    ("GET", "tracker/api/3.0/mlflow/server-info"),
    ("GET", f"tracker/get-artifact?run_id={RUN_ID}&path=a"),
    ("GET", f"{API}/experiments/get?experiment_id=0"),
    ("POST", f"{API}/runs/search"),
    ("POST", f"{API}/experiments/create"),
    ("PATCH", f"{API}/logged-models/m-1"),
    ("DELETE", f"{API}/logged-models/m-1"),
    ("GET", f"{API}/logged-models/m-1/artifacts/files?artifact_file_path=a"),
    ("POST", f"{API}/artifacts/presigned-upload-url"),
    ("GET", FILES),
    ("GET", f"{FILES}/0/{RUN_ID}/artifacts/a"),
    ("PUT", f"{FILES}/0/{RUN_ID}/artifacts/a"),
    ("DELETE", f"{FILES}/0/{RUN_ID}/artifacts/a"),
    ("POST", "tracker/api/2.0/mlflow-artifacts/mpu/create/a"),
    ("POST", "tracker/folder/sub/ajax-api/2.0/mlflow/experiments/search-datasets"),
]
"""One request at least for each kind of route."""

CLIENT = """
import json, mlflow
mlflow.set_experiment("inside")
with mlflow.start_run() as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_metric("loss", 0.5, step=3)
    mlflow.log_text("hello", "notes/a b.txt")
    mlflow.log_text("x" * 3_000_000, "large.txt")
client = mlflow.MlflowClient()
print(json.dumps({
    "run_id": run.info.run_id,
    "found": [it.info.run_id for it in mlflow.search_runs(
        experiment_names=["inside"], output_format="list")],
    "history": [[it.step, it.value] for it in client.get_metric_history(run.info.run_id, "loss")],
    "files": [it.path for it in client.list_artifacts(run.info.run_id, "notes")],
    "text": mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/a b.txt"),
}))
"""


@contextmanager
def jupyter_server(folder: Path, root: Path, *options: str) -> Iterator[str]:
    """Run Jupyter Server with the extension; yield its URL."""
    with (folder / "log").open("wb") as log:
        server = start_server(folder, root, log, *options)
        try:
            yield until(lambda: server_url(folder / "runtime"))
        finally:
            server.terminate()
            server.wait(30)


def run_client(uri: str, folder: Path, token: str = "secret") -> subprocess.CompletedProcess[str]:
    """Run the real client in a process that knows the address and the token."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_", "TRACKER_"))
    }
    environment |= {
        "MLFLOW_TRACKING_URI": uri,
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }
    return subprocess.run(
        [sys.executable, "-c", CLIENT], env=environment, cwd=folder, capture_output=True, text=True
    )


def test_mlflows_client_logs_to_jupyter_with_its_token(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "my project").mkdir(parents=True)
    (root / "my project" / ".tracker").mkdir(mode=0o700)
    options = ("--ServerApp.base_url=/user/ada/", "--ServerApp.max_body_size=1000000",
               "--ServerApp.allow_unauthenticated_access=False")  # fmt: skip
    with jupyter_server(tmp_path, root, *options) as url:
        assert url.endswith("/user/ada/")
        top = run_client(f"{url}tracker", tmp_path)
        inner = run_client(f"{url}tracker/folder/my%20project", tmp_path)
        stranger = run_client(f"{url}tracker", tmp_path, token="wrong")
    assert "of Mounted" not in (tmp_path / "log").read_text()
    assert stranger.returncode != 0 and "PERMISSION_DENIED" in stranger.stderr
    for done, folder in ((top, root), (inner, root / "my project")):
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.splitlines()[-1])
        assert told["found"] == [told["run_id"]]
        assert told["history"] == [[3, 0.5]]
        assert told["files"] == ["notes/a b.txt"] and told["text"] == "hello"
        run = open_store(folder / ".tracker").get_run(told["run_id"])
        assert (run.info.status, dict(run.data.params)) == ("FINISHED", {"lr": "0.1"})
        assert (Path(run.info.artifact_uri) / "notes" / "a b.txt").read_text() == "hello"
    assert not (root / "my project" / ".tracker" / "mlruns").exists()


async def outcome(fetch: Fetch, method: str, path: str, **headers: str) -> HTTPResponse:
    """Return the answer, whatever it is."""
    plain, _, query = path.partition("?")
    try:
        return await fetch(
            plain,
            method=method,
            params=dict(part.split("=") for part in query.split("&") if part),
            headers={**JSON, **headers},
            body=None if method in ("GET", "DELETE") else '{"name": "planted"}',
        )
    except HTTPClientError as error:
        assert error.response is not None
        return error.response


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_no_route_answers_a_stranger(
    jp_fetch: Fetch, jp_root_dir: Path, method: str, path: str
) -> None:
    answer = await outcome(jp_fetch, method, path, Authorization="Bearer wrong")
    assert answer.code == 403
    assert json.loads(answer.body)["error_code"] == "PERMISSION_DENIED"
    assert not (jp_root_dir / ".tracker").exists()


async def test_every_route_answers_the_user(jp_fetch: Fetch, jp_root_dir: Path) -> None:
    (jp_root_dir / "sub").mkdir()
    for method, path in ROUTES:
        answer = await outcome(jp_fetch, method, path)
        assert answer.code in (200, 400, 404, 501), (path, answer.body)
        assert answer.code == 200 or json.loads(answer.body)["error_code"] != "ENDPOINT_NOT_FOUND"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (jp_root_dir / ".tracker" / "tracker.db").is_file()


async def test_a_user_without_the_right_is_turned_away(
    jp_fetch: Fetch, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def is_authorized(handler: object, user: object, action: str, resource: str) -> bool:
        asked.append((action, resource))
        return action == "read"

    monkeypatch.setattr(jp_serverapp.authorizer, "is_authorized", is_authorized)
    for method, path in ROUTES:
        answer = await outcome(jp_fetch, method, path)
        is_reading = method == "GET" or path.endswith(("search", "search-datasets"))
        assert asked[-1] == ("read" if is_reading else "write", "tracker")
        assert (answer.code != 403) is is_reading, path


async def test_a_page_of_another_site_gets_nothing_with_the_users_cookie(
    jp_fetch: Fetch, jp_serverapp: Any, store: Store
) -> None:
    cookie = await login_cookie(jp_fetch, jp_serverapp)
    run = store.create_run("0").info
    (Path(run.artifact_uri)).mkdir(parents=True)
    (Path(run.artifact_uri) / "a").write_text("the secret")
    file = f"{FILES}/0/{run.run_id}/artifacts/a"
    as_user = {"Authorization": "", "Cookie": f"{cookie}; _xsrf={XSRF}"}
    foreign: list[dict[str, str]] = [
        {"Origin": "https://evil.example", "X-XSRFToken": XSRF},
        {"Referer": "https://evil.example/"},
        {},
    ]
    for headers in foreign:
        for method, path in [*ROUTES, ("GET", file)]:
            answer = await outcome(jp_fetch, method, path, **as_user, **headers)
            assert answer.code in (403, 404), (headers, path)
            assert set(json.loads(answer.body)) == {"error_code", "message"}
    assert [it.name for it in store.search_experiments()] == ["Default"]
    own = await outcome(jp_fetch, "GET", file, **as_user, **{"X-XSRFToken": XSRF})
    assert own.body == b"the secret"
    assert own.headers["Content-Disposition"].startswith("attachment")


async def test_a_name_that_was_made_to_point_here_is_no_name_of_the_server(
    jp_fetch: Fetch,
) -> None:
    answer = await outcome(jp_fetch, "GET", f"{API}/experiments/search", Host="evil.example:8888")
    assert answer.code == 403


@pytest.mark.parametrize(
    "folder",
    ["..", "%2e%2e", "a/../..", "%2Fetc", "%252e%252e", ".hidden", "%ff", "C:%5C", "a%00b"],
)
async def test_a_folder_that_leads_astray_is_refused(
    http_server_client: Any,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
    jp_root_dir: Path,
    folder: str,
) -> None:
    """Sent as it is written here: a client that means well would tidy it."""
    path = f"{jp_base_url}tracker/folder/{folder}/api/2.0/mlflow/experiments/get?experiment_id=0"
    answer = await http_server_client.fetch(path, headers=jp_auth_header, raise_error=False)
    assert answer.code in (400, 404)
    assert set(json.loads(answer.body)) == {"error_code", "message"}
    assert not (jp_root_dir.parent / ".tracker").exists()


async def test_a_server_that_records_elsewhere_says_so(
    jp_fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were it its own address, the server would ask itself for ever."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1/tracker")
    answer = await outcome(jp_fetch, "GET", f"{API}/experiments/get?experiment_id=0")
    assert answer.code == 400
    assert "is another tracking server" in json.loads(answer.body)["message"]


async def test_the_protocol_s_version_is_told(jp_fetch: Fetch) -> None:
    answer = await jp_fetch("tracker/version")
    assert answer.body.decode() == PROTOCOL_VERSION
    assert answer.headers["Content-Type"].startswith("text/plain")
