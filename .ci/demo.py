"""The demo: execute the quickstart for real, print the runs it recorded, show them in JupyterLab.

Works on a copy in `.cache/demo`, so that the notebook in the repository stays as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

import tracker

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "demo"
NOTEBOOK = "quickstart.ipynb"
WORKSPACE = "demo"
SERVER_START_SECONDS = 60


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def execute_quickstart() -> None:
    """Run every cell of a fresh copy and save it with its outputs."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / ".tracker").mkdir(parents=True, mode=0o700)
    notebook = nbformat.read(ROOT / "notebooks" / NOTEBOOK, as_version=4)
    started = time.monotonic()
    NotebookClient(notebook, resources={"metadata": {"path": str(FOLDER)}}).execute()
    nbformat.write(notebook, FOLDER / NOTEBOOK)
    say(f"executed {NOTEBOOK} in {time.monotonic() - started:.1f} s")


def count_and_print_runs() -> int:
    """Print what the store holds, as the command line shows it, and return how many runs it is."""
    store = ["--store", str(FOLDER / ".tracker")]
    subprocess.run([sys.executable, "-m", "tracker", "runs", "list", *store], check=True)
    tracker.set_tracking_uri(FOLDER / ".tracker")
    return len(tracker.search_runs(search_all_experiments=True, output_format="list"))


def jupyter_lab(*options: str) -> list[str]:
    common = ["--allow-root", f"--ServerApp.root_dir={FOLDER}"]
    return [sys.executable, "-m", "jupyterlab", *common, *options]


def ask_panel_route(url: str, token: str) -> list[dict[str, Any]]:
    """Return the runs as the panel gets them from the running server."""
    request = urllib.request.Request(
        f"{url}tracker/api/runs/search",
        data=json.dumps({"folder": "", "max_results": 1000}).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        runs: list[dict[str, Any]] = json.load(answer)["runs"]
    return runs


def wait_for_server(server: subprocess.Popen[bytes], runtime: Path) -> dict[str, Any]:
    """Return what the server wrote about itself once it answers."""
    deadline = time.monotonic() + SERVER_START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for file in runtime.glob(f"jpserver-{server.pid}.json"):
            try:
                info: dict[str, Any] = json.loads(file.read_text())
                urllib.request.urlopen(f"{info['url']}api", timeout=5).close()
            except (ValueError, OSError):
                break
            return info
        time.sleep(0.1)
    sys.exit(f"error: JupyterLab did not answer within {SERVER_START_SECONDS} s")


def check_server(expected: int) -> None:
    """Start JupyterLab without a browser and ask it for the runs through the panel's route."""
    token = secrets.token_hex(16)
    runtime = FOLDER / ".runtime"
    command = jupyter_lab("--no-browser", "--ServerApp.port=0", f"--IdentityProvider.token={token}")
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime)}
    with (FOLDER / ".server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        info = wait_for_server(server, runtime)
        runs = ask_panel_route(info["url"], token)
    finally:
        server.terminate()
        server.wait(30)
    if len(runs) != expected:
        sys.exit(f"error: the panel's route answers {len(runs)} runs, the store holds {expected}")
    say(f"the running JupyterLab answers {len(runs)} runs through the panel's route")


def open_lab() -> None:
    """Open JupyterLab on the executed notebook with the panel in front, until it is stopped."""
    panel = {"current": "tracker-runs", "collapsed": False, "widgets": ["tracker-runs"]}
    layout = {"layout-restorer:data": {"main": {}, "left": panel, "right": {"collapsed": True}}}
    workspace = FOLDER / ".workspace.json"
    workspace.write_text(json.dumps({"data": layout, "metadata": {"id": WORKSPACE}}))
    jupyter = [sys.executable, "-m", "jupyter", "lab", "workspaces", "import", str(workspace)]
    subprocess.run(jupyter, check=True, stdout=subprocess.DEVNULL)
    say("opening JupyterLab; stop it with Ctrl-C")
    page = f"/lab/workspaces/{WORKSPACE}/tree/{NOTEBOOK}"
    subprocess.run(jupyter_lab(f"--LabApp.default_url={page}"), check=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--headless", action="store_true", help="open no browser, end with 0")
    arguments = parser.parse_args()
    execute_quickstart()
    check_server(count_and_print_runs())
    if not arguments.headless:
        open_lab()


if __name__ == "__main__":
    main()
