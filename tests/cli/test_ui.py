"""`tracker ui`: a Jupyter Server that shows the page and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import Tell
from tracker.store import open_store


@dataclass
class Answer:
    """What a server said."""

    status: int
    text: str


class Direct(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leave the redirection as it is."""


def fetch(url: str, *, token: str = "", host: str = "", body: object = None) -> Answer:
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"token {token}")
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.build_opener(Direct).open(request, timeout=30) as answer:
            return Answer(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode())


@dataclass
class Served:
    """A running `tracker ui`."""

    base: str
    token: str
    store: str
    process: subprocess.Popen[str]


def _take_ctrl_c() -> None:
    """Undo what a shell does to what it starts in the background: nobody presses Ctrl-C there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("ui")
    store = folder / "elsewhere" / "runs.db"
    store.parent.mkdir()
    run = open_store(f"sqlite:///{store}").create_run("0", run_name="first")
    assert run.info.status == "RUNNING"
    (folder / "secret.txt").write_text("not for the page")
    # A configuration for notebooks that would open the page to everybody.
    config = folder / "config"
    config.mkdir()
    (config / "jupyter_server_config.py").write_text(
        "c.ServerApp.ip = '0.0.0.0'\nc.IdentityProvider.token = ''\n"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TRACKER_", "MLFLOW_"))}
    environment = {
        **kept,
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
    }
    environment.pop("JUPYTER_TOKEN", None)
    command = [sys.executable, "-m", "tracker", "ui", "--json", "--no-browser", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--store", f"sqlite:///{store}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_take_ctrl_c,
    )
    assert process.stdout is not None
    said = ""
    while not said.endswith("}\n"):
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        said += line
    facts = json.loads(said)
    url = urlsplit(facts["url"])
    try:
        token = url.query.partition("token=")[2]
        yield Served(f"http://{url.netloc}", token, facts["store"], process)
    finally:
        process.kill()
        process.communicate()


def test_the_printed_address_shows_the_page(served: Served) -> None:
    assert served.base.startswith("http://127.0.0.1:")
    assert served.store.endswith("elsewhere/runs.db")
    page = fetch(f"{served.base}/tracker", token=served.token)
    assert (page.status, "<title>Tracker</title>" in page.text) == (200, True)


def test_the_page_lists_the_store_that_was_asked_for(served: Served) -> None:
    answer = fetch(
        f"{served.base}/tracker/api/runs/search",
        token=served.token,
        body={"folder": "", "max_results": 10},
    )
    assert [run["run_name"] for run in json.loads(answer.text)["runs"]] == ["first"]


@pytest.mark.parametrize("path", ["tracker", "tracker/api/experiments?folder="])
def test_whoever_has_no_token_sees_nothing(served: Served, path: str) -> None:
    assert fetch(f"{served.base}/{path}").status in (302, 403)
    assert fetch(f"{served.base}/{path}", token="wrong").status in (302, 403)


@pytest.mark.parametrize(
    "path",
    [
        "api/contents",
        "api/kernels",
        "api/kernelspecs",
        "api/sessions",
        "api/terminals",
        "api/config/x",
        "api/events",
        "files/secret.txt",
        "view/secret.txt",
        "nbconvert/html/x.ipynb",
        "lab",
        "tree",
    ],
)
def test_nothing_else_of_a_jupyter_server_is_there(served: Served, path: str) -> None:
    for method_is_post in (False, True):
        body = {"name": "x"} if method_is_post else None
        answer = fetch(f"{served.base}/{path}", token=served.token, body=body)
        assert answer.status == 404, answer.text


def test_a_page_of_another_host_reaches_nothing(served: Served) -> None:
    answer = fetch(f"{served.base}/tracker", token=served.token, host="evil.example")
    assert answer.status == 403


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_it_at_once_and_without_a_word(served: Served) -> None:
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0
    _, complaints = served.process.communicate()
    assert "Traceback" not in complaints


def test_a_store_that_is_not_there_is_told_in_one_line(tell: Tell) -> None:
    result = tell("ui", "--store", "nowhere/.tracker", "--no-browser")
    assert result.exit_code == 1
    assert "nowhere" in result.output.splitlines()[-1]
