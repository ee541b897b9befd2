"""Scripts written in MLflow's way record the same with tracker as with the real MLflow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).with_name("scripts")
RECORDED = Path(__file__).with_name("recorded.py")


def recorded(library: str, script: Path, folder: Path) -> dict[str, Any]:
    """Return what the script records, run with that library in a folder of its own."""
    folder.mkdir()
    shutil.copy(script, folder)
    clean = {name: value for name, value in os.environ.items() if "TRACKING_URI" not in name}
    result = subprocess.run(
        [sys.executable, str(RECORDED), library, script.name],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_a_script_records_the_same_as_with_mlflow(script: Path, tmp_path: Path) -> None:
    theirs = recorded("mlflow", script, tmp_path / "mlflow")
    ours = recorded("tracker", script, tmp_path / "tracker")
    assert ours["experiments"] == theirs["experiments"]
    assert [run["name"] for run in ours["runs"]] == [run["name"] for run in theirs["runs"]]
    for our_run, their_run in zip(ours["runs"], theirs["runs"], strict=True):
        assert our_run == their_run
    assert ours["runs"]
