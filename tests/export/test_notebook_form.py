"""The export as a parametrised notebook, which papermill runs under `mlflow run` too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from tests.export.session import executed
from tests.export.test_mlflow_run import environment, runs_of
from tests.mlflow_databases import new_database
from tracker.errors import InvalidValue
from tracker.export import to_mlproject

STUDY = [
    "import tracker\nimport matplotlib.pyplot as plt",
    "alpha = 0.5  # how much\nflags = [1, 2]\nname = 'a \"b\" c'\nfast = True",
    "async def f():\n    return 2\nx = await f()",
    "%%track only\ntracker.log_metric('score', alpha * x + len(name) + sum(flags))\n"
    "tracker.log_metric('fast', int(fast))\nplt.plot([1, 2])\nalpha",
]


def test_the_notebook_has_a_parameters_cell_and_shows_what_it_showed(tmp_path: Path) -> None:
    (tmp_path / "nb").mkdir()
    result = to_mlproject(
        tmp_path / "out", executed(*STUDY), base_folder=tmp_path / "nb", form="notebook"
    )
    content = nbformat.read(result.folder / "main.ipynb", as_version=4)
    nbformat.validate(content)
    cells = {cell.id: cell for cell in content.cells}
    assert cells["parameters"].metadata.tags == ["parameters"]
    assert cells["parameters"].source.splitlines()[0] == "alpha = 0.5  # how much"
    assert "flags = notebook.typed(flags, notebook.container)" in cells["begin"].source
    assert "name" not in cells["begin"].source
    assert cells["cell-3"].source.splitlines()[-1] == "x = await f()"
    assert cells["cell-4"].source.splitlines()[-2:] == ["    alpha", '    notebook.figures("in-4")']
    requirements = (result.folder / "requirements.txt").read_text()
    assert "papermill==" in requirements and "ipykernel==" in requirements


def test_mlflow_runs_it_with_any_values(tmp_path: Path) -> None:
    (tmp_path / "nb").mkdir()
    result = to_mlproject(
        tmp_path / "out",
        executed(*STUDY),
        base_folder=tmp_path / "nb",
        form="notebook",
        entry="train",
    )
    project = yaml.safe_load((result.folder / "MLproject").read_text())
    assert list(project["entry_points"]) == ["train"]
    given = {"alpha": ".25", "name": "it's {x} $HOME", "fast": "no", "flags": "[4]"}
    options = [part for name, text in given.items() for part in ("-P", f"{name}={text}")]
    command = [sys.executable, "-m", "mlflow", "run", str(result.folder), "-e", "train"]
    database = tmp_path / "mlflow.db"
    done = subprocess.run(
        [*command, "--env-manager", "local", *options],
        cwd=tmp_path,
        env=environment(MLFLOW_TRACKING_URI=new_database(database)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = runs_of(database)
    assert run.data.metrics == {"score": 0.5 + len(given["name"]) + 4, "fast": 0.0}
    executed_notebook = json.loads((result.folder / "executed.ipynb").read_text())
    outputs = [output for cell in executed_notebook["cells"] for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    figures = Path(run.info.artifact_uri.removeprefix("file://")) / "figures"
    assert [file.name for file in figures.iterdir()] == ["in-4.png"]


@pytest.mark.parametrize("entry", ["", "two words", "../up", "9lives", "a;b", "x" * 70])
def test_an_entry_point_has_a_plain_name(tmp_path: Path, entry: str) -> None:
    (tmp_path / "nb").mkdir()
    with pytest.raises(InvalidValue, match="entry point"):
        to_mlproject(tmp_path / "out", executed("x = 1"), base_folder=tmp_path / "nb", entry=entry)


def test_another_form_or_mode_is_refused_with_what_there_is(tmp_path: Path) -> None:
    cells = executed("x = 1")
    with pytest.raises(InvalidValue, match="script, notebook"):
        to_mlproject(tmp_path / "a" / "out", cells, base_folder=tmp_path, form="word")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="auto, none, all"):
        to_mlproject(tmp_path / "out", cells, base_folder=tmp_path, params="some")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="cells, a run, or a notebook"):
        to_mlproject(tmp_path / "out")
