"""A real JupyterLab, started on a folder of its own and stopped again."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 90


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it answers, with which token, and which folder it serves."""

    url: str
    token: str
    root: Path

    def request(self, method: str, path: str) -> Any:
        """Ask one of the server's own routes and return its JSON (None where it sends none)."""
        request = urllib.request.Request(
            self.url + path, method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def forget_theme(self) -> None:
        """Begin the next test in the light theme, whatever this one chose."""
        folder = self.root.parent / "settings" / "@jupyterlab" / "apputils-extension"
        (folder / "themes.jupyterlab-settings").unlink(missing_ok=True)

    def shut_down_kernels(self) -> None:
        """End every session, so that the next test finds an idle server."""
        for session in self.request("GET", "api/sessions"):
            # One that has just ended by itself is gone as well.
            with contextlib.suppress(urllib.error.HTTPError):
                self.request("DELETE", f"api/sessions/{session['id']}")


def _environment(work: Path) -> dict[str, str]:
    # Nothing of the person who runs the tests may leak in: no config, no settings, no store.
    own = {
        "JUPYTER_RUNTIME_DIR": work / "runtime",
        "JUPYTER_CONFIG_DIR": work / "config",
        "JUPYTER_DATA_DIR": work / "data",
        "JUPYTERLAB_SETTINGS_DIR": work / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": work / "workspaces",
        "IPYTHONDIR": work / "ipython",
        "XDG_DATA_HOME": work / "data-of-user",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TRACKER_", "MLFLOW_"))}
    return {**kept, **{name: str(path) for name, path in own.items()}}


def _silence_news(work: Path) -> None:
    folder = work / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    settings = {"fetchNews": "false", "checkForUpdates": False}
    (folder / "notification.jupyterlab-settings").write_text(json.dumps(settings))


def _wait_until_it_answers(process: subprocess.Popen[bytes], work: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for file in (work / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                url: str = json.loads(file.read_text())["url"]
                urllib.request.urlopen(f"{url}api", timeout=5).close()
                return url
        time.sleep(0.05)
    raise AssertionError(f"JupyterLab did not start:\n{(work / 'server.log').read_text()}")


@contextlib.contextmanager
def running_lab(
    work: Path,
    *options: str,
    module: str = "jupyterlab",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Lab]:
    """Start JupyterLab in `work`, serving `work/root`; every test file gives its own `work`.

    `module` is that of another Jupyter application, `environment` what it is to know besides.
    """
    root = work / "root"
    # A store of its own, found before any .tracker of the folders above.
    (root / ".tracker").mkdir(parents=True, mode=0o700)
    _silence_news(work)
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", module, "--no-browser", "--allow-root"]
    command += ["--ServerApp.port=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={root}", "--expose-app-in-browser", *options]
    known = {**_environment(work), **(environment or {})}
    with (work / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=known, stdout=log, stderr=log)
    try:
        yield Lab(_wait_until_it_answers(process, work), token, root)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
