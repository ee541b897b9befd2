"""Scripts written in MLflow's way record the same with tracker as with the real MLflow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.mlflow_databases import new_database
from tests.tracking.recorded import ANSWER

SCRIPTS = sorted(Path(__file__).with_name("scripts").glob("*.py"))
RECORDED = Path(__file__).with_name("recorded.py")


@dataclass(frozen=True)
class Recorded:
    """What scripts left, each in a folder of its own, and what they said where one failed."""

    folder: Path
    said: str

    def by(self, script: Path) -> dict[str, Any]:
        """Return what a script recorded."""
        answer = self.folder / script.stem / ANSWER
        assert answer.exists(), self.said
        found: dict[str, Any] = json.loads(answer.read_text())
        return found


def run_all(library: str, folder: Path) -> Recorded:
    """Run every script with that library."""
    copies = []
    for script in SCRIPTS:
        (folder / script.stem).mkdir()
        copies.append(shutil.copy(script, folder / script.stem))
        if library == "mlflow":
            new_database(folder / script.stem / "mlflow.db")
    clean = {name: value for name, value in os.environ.items() if "TRACKING_URI" not in name}
    done = subprocess.run(
        [sys.executable, str(RECORDED), library, *map(str, copies)],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Recorded(folder, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return run_all("mlflow", tmp_path_factory.mktemp("mlflow"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return run_all("tracker", tmp_path_factory.mktemp("tracker"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_records_the_same_as_with_mlflow(
    script: Path, theirs: Recorded, ours: Recorded
) -> None:
    assert_same(ours.by(script), theirs.by(script))


def assert_same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert ours["experiments"] == theirs["experiments"]
    assert [run["name"] for run in ours["runs"]] == [run["name"] for run in theirs["runs"]]
    for our_run, their_run in zip(ours["runs"], theirs["runs"], strict=True):
        assert our_run == their_run
    assert ours["runs"]
