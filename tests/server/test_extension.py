"""Jupyter finds the extension and loads it in next to no time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.websocket import websocket_connect

import tracker
from tracker.store import open_store

REPOSITORY = Path(__file__).parents[2]

LOAD = """
import json, sys
import jupyter_server.base.websocket, jupyter_server.serverapp
from jupyter_server.extension.manager import ExtensionPackage
from jupyter_server.serverapp import ServerApp

app = ServerApp()
app.initialize(argv=["--no-browser", "--port=0", "--allow-root"], find_extensions=False)
before = set(sys.modules)
app.extension_manager.from_jpserver_extensions({"tracker": True})
app.extension_manager.link_all_extensions()
app.extension_manager.load_all_extensions()
print("LOADED", json.dumps(sorted(set(sys.modules) - before)))
"""


def test_jupyter_is_told_where_the_extension_and_the_panel_are() -> None:
    points = getattr(tracker, "_jupyter_server_extension_points")()  # noqa: B009 (not in the stub)
    assert points == [{"module": "tracker.server"}]
    (panel,) = getattr(tracker, "_jupyter_labextension_paths")()  # noqa: B009
    assert panel == {"src": "labextension", "dest": "jupyterlab-tracker"}


def test_the_shipped_configuration_enables_the_extension() -> None:
    file = REPOSITORY / "python/jupyter-config/jupyter_server_config.d/tracker.json"
    assert json.loads(file.read_text()) == {"ServerApp": {"jpserver_extensions": {"tracker": True}}}


def test_loading_the_extension_brings_only_what_waits_for_a_question(tmp_path: Path) -> None:
    """That was measured at a ms; the handlers cost 20, a store or a library more than 50."""
    answer = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = json.loads(answer.stdout.partition("LOADED ")[2])
    assert loaded == ["tracker", "tracker.server", "tracker.server.routes"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process at once on Windows")
def test_a_server_that_finds_the_shipped_configuration_serves_and_ends_quietly(
    tmp_path: Path,
) -> None:
    root = tmp_path / "root"
    run = open_store(root / ".tracker").create_run("0")
    with (tmp_path / "log").open("wb") as log:
        server = start_server(tmp_path, root, log)
        try:
            url = until(lambda: server_url(tmp_path / "runtime"))
            asyncio.run(listen_until_the_end(f"ws{url[4:]}tracker/api/live?token=secret", server))
            assert server.wait(30) == 0
        finally:
            server.kill()
    written = (tmp_path / "log").read_text()
    assert "Traceback" not in written
    assert "Task was destroyed" not in written
    assert run.info.status == "RUNNING"


def start_server(folder: Path, root: Path, log: Any, *more: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_PATH": str(REPOSITORY / "python" / "jupyter-config"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "TRACKER_TRACKING_URI": "",
        "MLFLOW_TRACKING_URI": "",
    }
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0", f"--ServerApp.root_dir={root}"]
    options += more
    command = [sys.executable, "-m", "jupyter_server", "--IdentityProvider.token=secret", *options]
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def server_url(runtime: Path) -> str | None:
    for file in runtime.glob("jpserver-*.json"):
        try:
            return str(json.loads(file.read_text())["url"])
        except ValueError:  # half written
            return None
    return None


def until(found: Callable[[], str | None]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("the server did not start in time")


async def listen_until_the_end(url: str, server: subprocess.Popen[bytes]) -> None:
    """End the server while a panel is connected."""
    async with asyncio.timeout(60):
        while True:
            try:
                socket = await websocket_connect(url)
                break
            except OSError:  # it has written its URL and does not answer yet
                await asyncio.sleep(0.05)
        greeting = json.loads(await socket.read_message() or "")
        assert greeting["revision"] > 0
        server.terminate()
        while await socket.read_message() is not None:
            pass
