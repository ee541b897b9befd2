"""A project with a `docker_env`, run as users run it: its container logs into the run's store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.projects.docker_daemon import running_daemon
from tests.projects.runs import artifact, project, store
from tracker import projects
from tracker.store import Store

__all__ = ["store"]

TRAIN = """
import os, tracker
assert "HOME" not in os.environ, "a container has only what it is given"
tracker.log_metric("loss", 0.25)
tracker.log_text("ripe", "pear.txt")
print("trained")
"""


def test_what_a_container_logs_is_in_its_run(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(
        tmp_path / "orchard",
        f"""
        name: orchard
        docker_env: {{image: "plain:1"}}
        entry_points:
          main:
            command: "{sys.executable} {tmp_path}/orchard/train.py"
        """,
        train__py=TRAIN,
    )
    with running_daemon() as daemon:
        daemon.images["plain:1"] = "sha256:plain"
        monkeypatch.setenv("DOCKER_HOST", daemon.uri)
        submitted = projects.run(str(folder))
    run = store.get_run(submitted.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["loss"] == 0.25
    assert run.data.tags["mlflow.docker.image.id"] == "sha256:plain"
    assert run.data.tags["mlflow.project.env"] == "docker"
    assert artifact(run, "pear.txt") == b"ripe"
    assert b"trained" in artifact(run, "project/log.txt")
