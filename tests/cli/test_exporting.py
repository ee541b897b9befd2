"""`tracker export-project`: runs and notebooks as projects, for people and for programs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ask, Tell, log_run
from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.code import RunCode, lineage_text, session_text
from tracker.capture.session import ExecutedCell
from tracker.projects import planning, trust
from tracker.store import Store
from tracker.verify import tags as proof_tags

CELLS = [
    "import tracker",
    "unneeded = 1",
    "%%track study\nrate = 0.5  # how fast\ntracker.log_metric('score', 2 * rate)\n"
    "model = dict(n_estimators=3, odd=7)",
]


@pytest.fixture
def run_id(store: Store) -> str:
    """A run with the code that a notebook's session would have kept with it."""
    run_id = log_run(store, "study", tags={tags.SESSION_ID: "s1", tags.EXECUTION_COUNT: "3"})
    cells = tuple(
        ExecutedCell(
            order, source, source, order + 1, f"c{order}", run_id=run_id if order == 2 else None
        )
        for order, source in enumerate(CELLS)
    )
    code = RunCode("s1", cells, (2,), (0, 2))
    artifacts = open_artifacts(store.get_run(run_id).info.artifact_uri)
    artifacts.put(tags.SESSION_FILE, [session_text(code).encode()])
    artifacts.put(tags.LINEAGE_FILE, [lineage_text(code).encode()])
    return run_id


def notebook(folder: Path, *sources: str) -> Path:
    cells = [{"cell_type": "code", "metadata": {}, "source": s, "outputs": []} for s in sources]
    file = folder / "my study.ipynb"
    file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    return file


def test_a_run_is_exported_with_what_it_depends_on(tell: Tell, folder: Path, run_id: str) -> None:
    result = tell("export-project", "out", "--run", "study")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"Written to {folder / 'out'}: MLproject, README.md")
    assert [line.split()[:3] for line in lines[2:]] == [
        ["parameter", "type", "default"],
        ["rate", "float", "0.5"],
        ["model_n_estimators", "int", "3"],
    ]
    assert result.stderr == "Note: Left out 1 cell that the run does not depend on.\n"
    assert "unneeded" not in (folder / "out" / "main.py").read_text()
    assert tell("export-project", "out", "--run", run_id[:8]).exit_code == 0
    assert not trust.is_trusted(planning.make_plan(folder / "out"))  # a store may come from anybody


def test_a_notebook_is_exported_beside_itself(ask: Ask, folder: Path) -> None:
    file = notebook(folder, "x = 1", "y = f(alpha=0.1, odd=2)")
    answer = ask("export-project", "--notebook", file, "--params", "none", "--param", "odd")
    assert answer["folder"] == str(folder / "my study-project")
    assert [each["variable"] for each in answer["parameters"]] == ["y.odd"]
    assert [each["variable"] for each in answer["candidates"]] == ["y.alpha", "x", "y.odd"]
    as_notebook = ask(
        "export-project", "two", "--notebook", file, "--as", "notebook", "--entry", "go"
    )
    assert "go.ipynb" in as_notebook["files"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "either --run RUN or --notebook FILE"),
        (["--run", "a", "--notebook", "b"], 2, "either --run RUN or --notebook FILE"),
        (["--notebook", "none.ipynb"], 1, "Cannot read the notebook"),
        (["--run", "nobody"], 1, "There is no run 'nobody'"),
        (["--notebook", "my study.ipynb", "--param", "nope"], 2, "No value called 'nope'"),
        (["--notebook", "my study.ipynb", "--entry", "a b"], 2, "entry point"),
    ],
)
def test_mistakes_are_told_in_one_line(
    tell: Tell, folder: Path, store: Store, words: list[str], code: int, message: str
) -> None:
    notebook(folder, "x = 1")
    result = tell("export-project", "out", *words)
    assert (result.exit_code, message in result.stderr) == (code, True), result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (folder / "out").exists()


def test_a_cell_of_python_2_is_left_out_only_where_that_is_agreed(tell: Tell, folder: Path) -> None:
    file = notebook(folder, "x = 1", "print x")
    refused = tell("export-project", "out", "--notebook", file)
    assert refused.exit_code == 2
    assert "cell 2, line 1: Python 2's print statement: print x" in refused.stderr
    agreed = tell("export-project", "out", "--notebook", file, "--yes")
    assert "Note: Left out cell 2, line 1" in agreed.stderr


def test_an_export_is_proven(
    tell: Tell, ask: Ask, folder: Path, run_id: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    words = ["export-project", "out", "--run", run_id, "--verify", "--env-manager", "local"]
    # The run as made above has no metric; what the cells really log is found to be new.
    result = tell(*words)
    assert "study: differs. metric 'score' is 1.0 and was not logged before" in result.stdout
    assert trust.is_trusted(planning.make_plan(folder / "out"))
    (proof,) = ask(*words)["proof"]
    assert (proof["run_id"], proof["verdict"]) == (run_id, "differs")
    assert proof["cause"].startswith("not known")
    kept = store.get_run(run_id).data.tags
    assert kept[proof_tags.VERDICT] == "differs"
    assert store.get_run(proof["reproduced_by"]).data.tags[proof_tags.OF] == run_id
