"""The quickstart as a person uses it: run it, look at its runs, take it along, run it elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from mlflow.tracking import MlflowClient
from nbclient import NotebookClient

import tracker
from tests.mlflow_databases import new_database

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "quickstart.ipynb"
TRACKED = ("elastic-net", "slow", "steady", "hasty")


def clean_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "TRACKER_"))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the quickstart was run from its first cell to its last."""
    folder = tmp_path_factory.mktemp("quickstart")
    (folder / ".tracker").mkdir(mode=0o700)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute(
        env=clean_environment()
    )
    nbformat.write(notebook, folder / NOTEBOOK.name)
    return folder


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, tracker.Run]:
    """What the store holds afterwards, by name."""
    client = tracker.Client(str(folder / ".tracker"))
    found = client.search_runs([e.experiment_id for e in client.search_experiments()])
    assert len({run.info.run_name for run in found}) == len(found)
    return {run.info.run_name: run for run in found}


def test_every_run_is_recorded_and_finished(runs: dict[str, tracker.Run]) -> None:
    assert Counter(run.info.status for run in runs.values()) == {"FINISHED": 13}
    assert set(TRACKED) < set(runs)
    assert runs["steady"].data.params["learning_rate"] == "0.005"
    assert runs["steady"].data.summaries["loss"].count == 40 * (1347 // 32)
    assert runs["steady"].data.metrics["accuracy"] > 0.9


def test_the_saved_notebook_tells_of_each_run_without_tracker(folder: Path) -> None:
    notebook = nbformat.read(folder / NOTEBOOK.name, as_version=4)
    texts = [
        output["data"]["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    for name in TRACKED:
        assert any(name in text and "FINISHED" in text.upper() for text in texts)


def test_the_exported_project_gives_the_same_metrics_under_mlflow(
    folder: Path, runs: dict[str, tracker.Run], tmp_path: Path
) -> None:
    database = new_database(tmp_path / "mlflow.db")
    command = [sys.executable, "-m", "mlflow", "run", str(folder / "quickstart-project")]
    environment = {**clean_environment(), "MLFLOW_TRACKING_URI": database}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    result = subprocess.run(
        [*command, "--env-manager", "local"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    client = MlflowClient(database)
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    again = {run.info.run_name: run for run in client.search_runs(experiments)}
    for name, run in runs.items():
        # A run over a few seconds has the machine's metrics, too.
        own = {key: n for key, n in run.data.metrics.items() if not key.startswith("system/")}
        assert again[name].data.metrics == pytest.approx(own, rel=1e-12)
        assert again[name].info.status == "FINISHED"
