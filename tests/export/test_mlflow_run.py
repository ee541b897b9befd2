"""Exported projects under the real `mlflow run`, and under plain Python with tracker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

import tracker
from tests.export.session import executed
from tests.mlflow_databases import new_database
from tracker.export import to_mlproject

STUDY = [
    "%load_ext tracker\n%matplotlib inline\nimport csv\nimport matplotlib.pyplot as plt\n"
    "import tracker\nfrom helpers import rmse",
    "with open('data/points.csv') as file:\n"
    "    points = [(float(x), float(y)) for x, y in csv.reader(file)]\nlen(points)",
    "tracker.set_experiment('lines')\nscale = 2  # factor of all errors",
    "%%track flat -e lines -t kind=baseline\nslope = 0.0\n"
    "tracker.log_metric('rmse', scale * rmse(points, slope))",
    "%%track steep -e other\nslope = 1.5\nloss = [rmse(points, slope * i) for i in range(3)]\n"
    "for step, value in enumerate(loss):\n    tracker.log_metric('loss', value, step=step)\n"
    "plt.plot(loss);",
    "for bend in [0.5, 1]:\n    with tracker.start_run(run_name=f'bend {bend}'):\n"
    "        tracker.log_param('bend', bend)\n"
    "        tracker.log_metric('rmse', rmse(points, bend))",
    "experiment = tracker.get_experiment_by_name('lines')\n"
    "states = [run.info.status for run in tracker.Client().search_runs("
    "[experiment.experiment_id], \"attributes.run_name LIKE 'bend%'\")]\n"
    "print(states, tracker.RunStatus.__name__)",
    "found = tracker.search_runs(experiment_names=['lines'], order_by=['metrics.rmse ASC'])\n"
    "print('best', found.iloc[0]['tags.mlflow.runName'], len(found))",
]
HELPERS = """import tracker

def rmse(points, slope):
    value = (sum((y - slope * x) ** 2 for x, y in points) / len(points)) ** 0.5
    tracker.log_metric("calls", 1) if slope == 0.25 else None
    return value
"""


def environment(**variables: str) -> dict[str, str]:
    """This process's environment, its Python first on PATH, without any tracking settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "TRACKER_"))}
    bin_folder = str(Path(sys.executable).parent)
    return {**kept, "PATH": os.pathsep.join([bin_folder, kept["PATH"]]), **variables}


def mlflow_run(project: Path, database: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlflow", "run", str(project), "--env-manager", "local"]
    uri = new_database(database)
    return subprocess.run(
        [*command, *options],
        cwd=database.parent,
        env=environment(MLFLOW_TRACKING_URI=uri),
        capture_output=True,
        text=True,
        check=False,
    )


def runs_of(database: Path) -> list[Run]:
    client = MlflowClient(f"sqlite:///{database}")
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    return list(client.search_runs(experiments))


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook's folder with a module and data beside it."""
    folder = tmp_path / "my notebook"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "points.csv").write_text("0,0\n1,1\n2,2.5\n")
    (folder / "helpers.py").write_text(HELPERS)
    return folder


def test_a_study_of_many_runs_gives_the_same_metrics_everywhere(
    notebook: Path, tmp_path: Path
) -> None:
    result = to_mlproject(notebook / "out", executed(*STUDY), base_folder=notebook)
    assert {"data/points.csv", "helpers.py", "MLproject", "main.py"} <= set(result.files)
    plain = subprocess.run(
        [sys.executable, "main.py", "--scale=3", "--steep_slope=1"],
        cwd=result.folder,
        env=environment(TRACKER_TRACKING_URI=str(tmp_path / "store")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 0, plain.stderr
    printed = ["3", "['FINISHED', 'FINISHED'] RunStatus", "best bend 1 3"]
    assert plain.stdout.splitlines() == printed
    client = tracker.Client(str(tmp_path / "store"))
    here = client.search_runs([found.experiment_id for found in client.search_experiments()])

    done = mlflow_run(result.folder, tmp_path / "mlflow.db", "-P", "scale=3", "-P", "steep_slope=1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-3:] == printed
    there = {run.info.run_name: run for run in runs_of(tmp_path / "mlflow.db")}

    expected = {run.info.run_name: dict(run.data.metrics) for run in here}
    assert set(expected) == {"flat", "steep", "bend 0.5", "bend 1"}
    assert {name: there[name].data.metrics for name in expected} == expected
    (parent,) = [run for name, run in there.items() if name not in expected]
    for run in there.values():
        assert run.info.status == "FINISHED"
        if run is not parent:
            assert run.data.tags["mlflow.parentRunId"] == parent.info.run_id
            assert run.info.experiment_id == parent.info.experiment_id
    assert there["steep"].data.params == {"slope": "1.0"}
    assert there["flat"].data.tags["kind"] == "baseline"
    assert there["flat"].data.tags["tracker.experiment"] == "lines"
    artifacts = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    (figure,) = artifacts.list_artifacts(there["steep"].info.run_id, "figures")
    assert figure.path == "figures/in-5.png"


ODD = {
    "plain": "two words",
    "quotes": 'it\'s "quoted" \\ `x`',
    "shell": "$HOME ${x} $(ls) ; & | > *",
    "braces": "{} {alpha} {{x}} %s %(a)s",
    "lines": "one\ntwo\ttabbed",
    "unicode": "größe 한글 🙂",
    "dash": "--alpha=1",
    "empty": "",
    "spaces": "  around  ",
}


def test_any_text_goes_through_mlflow_into_the_launchers_own_run(tmp_path: Path) -> None:
    cell = "".join(f"{name} = 'x'\n" for name in ODD)
    log = "".join(f"tracker.log_dict({{'value': {name}}}, '{name}.json')\n" for name in ODD)
    cells = [
        "import tracker",
        "import sys\nprint('tracker' in sys.modules)",
        f"%%track only -e mine\n{cell}alpha = 0.1\ntracker.log_param('alpha', alpha)\n"
        f"{log}tracker.log_metric('alpha', alpha)",
    ]
    (tmp_path / "notebook").mkdir()
    project = to_mlproject(
        tmp_path / "project", executed(*cells), base_folder=tmp_path / "notebook"
    )
    given = [part for name, text in ODD.items() for part in ("-P", f"{name}={text}")]
    done = mlflow_run(project.folder, tmp_path / "mlflow.db", *given, "-P", "alpha=.5")
    assert done.returncode == 0, done.stdout + done.stderr
    # What MLflow launched needs no tracker.
    assert done.stdout.splitlines()[-1] == "False"
    (run,) = runs_of(tmp_path / "mlflow.db")
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"alpha": 0.5}
    assert run.data.tags["tracker.experiment"] == "mine"
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    from mlflow.artifacts import load_dict

    for name, text in ODD.items():
        uri = client.get_run(run.info.run_id).info.artifact_uri
        assert load_dict(f"{uri}/{name}.json") == {"value": text}


def test_an_error_in_the_script_makes_the_launchers_run_a_failed_one(tmp_path: Path) -> None:
    cells = [
        "import mlflow\nmlflow.set_tracking_uri('sqlite:///elsewhere.db')",
        "mlflow.set_experiment('mine')\nn = 1",
        "with mlflow.start_run():\n    mlflow.log_metric('m', n)",
        "with mlflow.start_run(run_name='second'):\n    mlflow.log_metric('m', 1 / (n - 5))",
    ]
    (tmp_path / "notebook").mkdir()
    project = to_mlproject(
        tmp_path / "project", executed(*cells), base_folder=tmp_path / "notebook"
    )
    done = mlflow_run(project.folder, tmp_path / "mlflow.db", "-P", "n=5")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    states = sorted(run.info.status for run in runs_of(tmp_path / "mlflow.db"))
    assert states == ["FAILED", "FAILED", "FINISHED"]
    assert not (project.folder / "elsewhere.db").exists()


def test_without_mlflow_the_script_logs_into_the_run_that_tracker_launched(tmp_path: Path) -> None:
    cells = ["import tracker", "%%track\nx = 0.5\ntracker.log_metric('m', x)"]
    (tmp_path / "notebook").mkdir()
    project = to_mlproject(
        tmp_path / "project", executed(*cells), base_folder=tmp_path / "notebook"
    )
    client = tracker.Client(str(tmp_path / "store"))
    run_id = client.create_run("0").info.run_id
    program = "import runpy, sys; sys.modules['mlflow'] = None; sys.argv = ['main.py', '--x=2']\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}runpy.run_path('main.py', run_name='__main__')"],
        cwd=project.folder,
        env=environment(TRACKER_TRACKING_URI=str(tmp_path / "store"), MLFLOW_RUN_ID=run_id),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (run,) = client.search_runs(["0"])
    assert run.info.run_id == run_id
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"m": 2.0}
    assert run.data.params == {"x": "2.0"}
