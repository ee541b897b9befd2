"""People's own code that says `import mlflow`, with our endpoint as its tracking server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.rest.conftest import KINDS, Site
from tests.rest.servers import tracker_server
from tracker.artifacts import open_artifacts
from tracker.store import Store, open_store

TRAINING = """
import mlflow, sys
from sklearn.linear_model import LogisticRegression

mlflow.set_experiment("digits")
with mlflow.start_run(run_name="first", tags={"team": "vision"}) as run:
    mlflow.log_params({"C": 0.5, "solver": "lbfgs"})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hello", "notes/hello.txt")
    model = LogisticRegression(C=0.5).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    logged = mlflow.sklearn.log_model(model, name="classifier", pip_requirements=["scikit-learn"])
    mlflow.log_metric("accuracy", 1.0, model_id=logged.model_id)

by_id = mlflow.sklearn.load_model(f"models:/{logged.model_id}")
by_run = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/classifier")
general = mlflow.pyfunc.load_model(logged.model_uri)
found = mlflow.search_runs(experiment_names=["digits"], filter_string="metrics.loss < 0.5")
models = mlflow.search_logged_models(filter_string="name = 'classifier'", output_format="list")
import json
print(json.dumps({
    "run_id": run.info.run_id,
    "model_id": logged.model_id,
    "predicted": [it.predict([[0.0], [3.0]]).tolist() for it in (by_id, by_run, general)],
    "found": found["params.C"].tolist(),
    "models": [m.model_id for m in models],
    "outputs": [m.model_id for m in mlflow.get_run(run.info.run_id).outputs.model_outputs],
    "metrics": [m.key for m in mlflow.get_logged_model(logged.model_id).metrics],
}))
"""

RESUMING = """
import mlflow
with mlflow.start_run() as run:
    mlflow.log_metric("seen", 1.0)
    mlflow.autolog(disable=True)
    print(run.info.run_id)
"""


def run_python(
    code: str, site: Site, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run code as a child process that knows nothing but the endpoint's environment."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_", "TRACKER_"))
    }
    environment |= {**site.environment, **variables}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith(("🏃", "🧪"))]
    return lines[-1]


@pytest.mark.parametrize("store", KINDS, indirect=True)
def test_a_training_with_mlflow_is_recorded_in_our_store(
    ours: Site, store: Store, tmp_path: Path
) -> None:
    told = json.loads(last_line(run_python(TRAINING, ours, tmp_path)))
    assert told["predicted"] == [[0, 1]] * 3
    assert told["found"] == ["0.5"]
    assert told["models"] == told["outputs"] == [told["model_id"]]
    assert set(told["metrics"]) == {"loss", "accuracy"}
    run = store.get_run(told["run_id"])
    assert run.info.run_name == "first"
    assert run.info.status == "FINISHED"
    assert dict(run.data.params) == {"C": "0.5", "solver": "lbfgs"}
    history = store.metric_history(told["run_id"], "loss")
    np.testing.assert_array_equal(history.values, 1 / np.arange(1, 6))
    with open_artifacts(run.info.artifact_uri).open("notes/hello.txt") as file:
        assert file.read() == b"hello"
    assert len(list(tmp_path.iterdir())) == 1, "MLflow made a store of its own"


def test_a_child_process_goes_on_with_the_run_it_was_given(
    ours: Site, store: Store, tmp_path: Path
) -> None:
    given = store.create_run("0", run_name="parent").info.run_id
    done = run_python(RESUMING, ours, tmp_path, MLFLOW_RUN_ID=given)
    assert last_line(done) == given
    found = store.get_run(given)
    assert found.data.metrics["seen"] == 1.0
    assert found.info.status == "FINISHED"


def test_another_servers_credentials_in_the_environment_do_not_come_first(
    ours: Site, store: Store, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / ".mlflow").mkdir(parents=True)
    (home / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username = other\nmlflow_tracking_password = other\n"
    )
    nobody = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    done = run_python(RESUMING, ours, tmp_path, HOME=str(home), **nobody)
    assert store.get_run(last_line(done)).data.metrics["seen"] == 1.0


def test_the_command_serves_the_store_and_a_destination(tmp_path: Path) -> None:
    destination = tmp_path / "elsewhere"
    folder = tmp_path / ".tracker"
    options = ("--artifacts-destination", str(destination))
    code = (
        "import mlflow\nmlflow.set_experiment('new')\n"
        "with mlflow.start_run() as run:\n    mlflow.log_text('hello', 'a/b.txt')\n"
        "print(mlflow.artifacts.load_text(run.info.artifact_uri + '/a/b.txt'), run.info.run_id)"
    )
    with tracker_server(folder, *options) as server:
        site = Site(server.uri, {"MLFLOW_TRACKING_URI": server.uri})
        text, run_id = last_line(run_python(code, site, tmp_path)).split()
    assert text == "hello"
    location = Path(open_store(folder).get_run(run_id).info.artifact_uri)
    assert location.is_relative_to(destination)
    assert (location / "a" / "b.txt").read_text() == "hello"
