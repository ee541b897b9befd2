"""Whose a run is that was made over HTTP, and what becomes of it when the server dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.rest.servers import Running, tracker_server
from tracker.store import open_store

READER = """
import sys
from tracker.store import open_store
run = open_store(sys.argv[1]).get_run(sys.argv[2])
print(run.info.status)
"""

MAKER = """
import json, sys, urllib.request
from tracker.rest import serve_loopback
from tracker.store import open_store
with serve_loopback(open_store(sys.argv[1])) as endpoint:
    request = urllib.request.Request(
        endpoint.uri + "/api/2.0/mlflow/runs/create", b"{}",
        {"Content-Type": "application/json", "Authorization": "Bearer " + endpoint.token},
    )
    made = json.load(urllib.request.urlopen(request))
    print(made["run"]["info"]["run_id"], flush=True)
    sys.stdin.read()
"""


def status_elsewhere(folder: Path, run_id: str) -> str:
    """Return what another process sees of a run; looking is what closes the runs of the dead."""
    command = [sys.executable, "-c", READER, str(folder), run_id]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def create_run(server: Running) -> str:
    made = server.api("POST", "runs/create", {"experiment_id": "0", "run_name": "far away"})
    return str(made.json["run"]["info"]["run_id"])


def log_point(server: Running, run_id: str, step: int) -> int:
    point = {"key": "loss", "value": 1 / (step + 1), "timestamp": 1000 + step, "step": step}
    return server.api("POST", "runs/log-metric", {"run_id": run_id, **point}).status


def status(server: Running, run_id: str) -> dict[str, Any]:
    found = server.api("GET", f"runs/get?run_id={run_id}").json["run"]["info"]
    return dict(found)


def test_a_remote_client_goes_on_after_its_server_died(tmp_path: Path) -> None:
    folder = tmp_path / ".tracker"
    with tracker_server(folder) as first:
        run_id = create_run(first)
        assert [log_point(first, run_id, step) for step in range(3)] == [200] * 3
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(30)
    assert status_elsewhere(folder, run_id) == "RUNNING"
    with tracker_server(folder) as second:
        assert status(second, run_id)["status"] == "RUNNING"
        assert log_point(second, run_id, 3) == 200
        ended = {"run_id": run_id, "status": "FINISHED", "end_time": 5000}
        assert second.api("POST", "runs/update", ended).status == 200
    run = open_store(folder).get_run(run_id)
    assert (run.info.status, run.info.end_time) == ("FINISHED", 5000)
    assert open_store(folder).metric_history(run_id, "loss").steps.tolist() == [0, 1, 2, 3]


def test_a_run_that_a_remote_client_resumes_is_left_to_it(tmp_path: Path) -> None:
    folder = tmp_path / ".tracker"
    with tracker_server(folder) as server:
        run_id = create_run(server)
        for state in ("FINISHED", "RUNNING"):
            server.api("POST", "runs/update", {"run_id": run_id, "status": state})
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(30)
    assert status_elsewhere(folder, run_id) == "RUNNING"


def test_a_run_made_through_a_private_endpoint_dies_with_its_process(tmp_path: Path) -> None:
    folder = tmp_path / ".tracker"
    maker = subprocess.Popen(
        [sys.executable, "-c", MAKER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with maker:
        assert maker.stdout is not None
        run_id = maker.stdout.readline().strip()
        assert status_elsewhere(folder, run_id) == "RUNNING"
        maker.kill()
    assert status_elsewhere(folder, run_id) == "KILLED"


def test_the_server_ends_well_when_it_is_told_to(tmp_path: Path) -> None:
    with tracker_server(tmp_path / ".tracker") as server:
        run_id = create_run(server)
        log_point(server, run_id, 0)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == 0
    assert not list((tmp_path / ".tracker" / "journals").glob("*.journal"))
    assert status_elsewhere(tmp_path / ".tracker", run_id) == "RUNNING"
