"""Projects that run projects: a parent with its steps, files handed on; notebooks as steps."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

import tracker
from tests.projects.runs import artifact, project, store
from tracker.entities import Run
from tracker.errors import ProjectError
from tracker.store import Store

__all__ = ["store"]

ROOT = """
    name: pipeline
    entry_points:
      main:
        parameters:
          steps: {type: string, default: "data_download,data_cleaning"}
          data_url: string
        command: "python main.py --steps {steps} --data_url {data_url}"
"""
MAIN = """
    import argparse
    import tracker

    parser = argparse.ArgumentParser()
    parser.add_argument("--steps")
    parser.add_argument("--data_url")
    asked = parser.parse_args()
    given = {"data_url": asked.data_url}
    for step in asked.steps.split(","):
        done = tracker.projects.run(step, parameters=given, run_name=step)
        given = {"data": f"runs:/{done.run_id}/data"}
    print("ran", asked.steps)
"""
DOWNLOAD = """
    entry_points:
      main:
        parameters: {data_url: string}
        command: "python download.py {data_url}"
"""
DOWNLOAD_PY = """
    import sys
    from pathlib import Path
    rows = Path(sys.argv[1]).read_text()
    import mlflow
    mlflow.log_metric("rows", len(rows.splitlines()))
    mlflow.log_text(rows, "data/raw.csv")
"""
CLEANING = """
    entry_points:
      main:
        parameters: {data: path}
        command: "python clean.py {data}"
"""
CLEANING_PY = """
    import sys
    from pathlib import Path
    import tracker
    rows = [row for row in (Path(sys.argv[1]) / "raw.csv").read_text().splitlines() if row]
    tracker.log_metric("rows", len(rows))
    tracker.log_text("\\n".join(rows), "data/clean.csv")
"""


def pipeline(folder: Path) -> Path:
    project(folder / "data_download", DOWNLOAD, download__py=DOWNLOAD_PY)
    project(folder / "data_cleaning", CLEANING, clean__py=CLEANING_PY)
    return project(folder, ROOT, main__py=MAIN)


def by_name(store: Store) -> dict[str, Run]:
    return {run.info.run_name: run for run in store.search_runs(None)}


def test_a_pipeline_is_one_parent_with_its_steps_which_hand_their_files_on(
    store: Store, tmp_path: Path
) -> None:
    data = tmp_path / "listings.csv"
    data.write_text("id,price\n1,10\n\n2,20\n")
    root = pipeline(tmp_path / "pipeline")
    submitted = tracker.projects.run(
        str(root), parameters={"data_url": str(data)}, run_name="all", experiment_name="airbnb"
    )
    runs = by_name(store)
    assert set(runs) == {"all", "data_download", "data_cleaning"}
    for step in ("data_download", "data_cleaning"):
        assert runs[step].data.tags["mlflow.parentRunId"] == submitted.run_id
        assert runs[step].info.status == "FINISHED"
        assert runs[step].info.experiment_id == runs["all"].info.experiment_id
    assert runs["data_download"].data.metrics == {"rows": 4.0}
    assert runs["data_cleaning"].data.metrics == {"rows": 3.0}
    assert artifact(runs["data_cleaning"], "data/clean.csv") == b"id,price\n1,10\n2,20"
    assert "mlflow.parentRunId" not in runs["all"].data.tags


def test_a_step_that_fails_fails_the_pipeline(store: Store, tmp_path: Path) -> None:
    root = pipeline(tmp_path / "pipeline")
    with pytest.raises(ProjectError):
        tracker.projects.run(
            str(root), parameters={"data_url": "missing.csv", "steps": "data_download"}
        )
    assert {run.info.status for run in store.search_runs(None)} == {"FAILED"}


def test_a_program_with_an_active_run_of_either_kind_is_the_parent(
    store: Store, tmp_path: Path
) -> None:
    step = project(tmp_path / "step", main__py="print('step')")
    with tracker.start_run() as parent:
        ours = tracker.projects.run(str(step), "main.py")
    alone = tracker.projects.run(str(step), "main.py")
    assert store.get_run(ours.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert "mlflow.parentRunId" not in store.get_run(alone.run_id).data.tags

    source = f"""
        import mlflow, tracker
        with mlflow.start_run(nested=True, run_name="inner"), mlflow.start_run(nested=True) as run:
            tracker.projects.run({str(step)!r}, "main.py", run_name="leaf")
            print(run.info.run_id)
    """
    theirs = tracker.projects.run(str(project(tmp_path / "outer", main__py=source)), "main.py")
    leaf = by_name(store)["leaf"]
    assert leaf.data.tags["mlflow.parentRunId"] == theirs.log.strip().splitlines()[-1]


def notebook(file: Path, *cells: str) -> None:
    first, *rest = cells
    book = nbformat.v4.new_notebook()
    parameters = nbformat.v4.new_code_cell(first)
    parameters.metadata["tags"] = ["parameters"]
    book.cells = [parameters, *map(nbformat.v4.new_code_cell, rest)]
    nbformat.write(book, file)


def test_a_notebook_is_an_entry_point_with_parameters_and_is_kept_as_it_ran(
    store: Store, tmp_path: Path
) -> None:
    folder = project(tmp_path / "book")
    notebook(
        folder / "train.ipynb",
        "alpha = 0.5\nname = '1'\nflag = False",
        "import tracker\ntracker.log_metric('twice', alpha * 2)\nprint('flag', flag, name + '!')",
    )
    submitted = tracker.projects.run(
        str(folder), "train.ipynb", parameters={"alpha": "3", "name": "7", "flag": "true"}
    )
    run = store.get_run(submitted.run_id)
    assert run.data.metrics == {"twice": 6.0}
    assert run.data.params == {"alpha": "3", "name": "7", "flag": "true"}
    assert "flag True 7!" in submitted.log
    executed = json.loads(artifact(run, "project/train.ipynb"))
    outputs = [text for cell in executed["cells"] for text in cell["outputs"]]
    assert outputs[-1]["text"] in ("flag True 7!\n", ["flag True 7!\n"])
    assert sorted(path.name for path in folder.iterdir()) == ["train.ipynb"]


def test_a_notebook_that_fails_is_kept_with_its_error(store: Store, tmp_path: Path) -> None:
    folder = project(tmp_path / "book")
    notebook(folder / "bad.ipynb", "a = 1", "raise ValueError('of no use')")
    with pytest.raises(ProjectError) as caught:
        tracker.projects.run(str(folder), "bad.ipynb")
    run = store.get_run(caught.value.run_id)
    assert run.info.status == "FAILED"
    assert b"ValueError: of no use" in artifact(run, "project/log.txt")
    assert b"of no use" in artifact(run, "project/bad.ipynb")
