"""`%mlexport` and `%restore` in IPython itself."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

import tracker
from tests.magics.conftest import RunCell, runs_in
from tracker.artifacts import open_artifacts
from tracker.capture import tags as capture_tags
from tracker.errors import InvalidValue, NotFound
from tracker.export import to_mlproject
from tracker.magics.background import background
from tracker.projects import planning, trust
from tracker.store import Store
from tracker.verify import tags


def session(run_cell: RunCell) -> None:
    run_cell("import tracker\nfactor = 3", cell_id="one")
    run_cell("aside = 1", cell_id="two")
    run_cell(
        "%%track first\nmodel = dict(alpha=0.5, odd=4)\nprint('hello')\n"
        "tracker.log_metric('score', factor * model['alpha'])",
        cell_id="three",
    )


def test_the_session_or_one_run_is_exported(
    run_cell: RunCell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session(run_cell)
    run_cell("%mlexport whole")
    assert "aside = args.aside" in (tmp_path / "whole" / "main.py").read_text()
    run_cell("%mlexport one --run first --param odd")
    told = capsys.readouterr().out
    text = (tmp_path / "one" / "main.py").read_text()
    assert "aside" not in text
    assert "model = dict(alpha=args.model_alpha, odd=args.model_odd)" in text
    assert "mlflow run one --env-manager local -P factor=3" in told
    assert "Left out 1 cell that the run does not depend on." in told
    assert "Could be parameters too (--param NAME): model.odd" in told


def test_what_was_executed_here_is_run_without_a_question(
    run_cell: RunCell, tmp_path: Path
) -> None:
    session(run_cell)
    run_cell("%mlexport whole")
    run_cell("%mlexport one --run first")
    cells = [{"cell_type": "code", "metadata": {}, "source": "beta = 2", "outputs": []}]
    (tmp_path / "theirs.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    run_cell("%mlexport file --notebook theirs.ipynb")
    assert trust.is_trusted(planning.make_plan(tmp_path / "whole"))
    assert trust.is_trusted(planning.make_plan(tmp_path / "one"))
    assert not trust.is_trusted(planning.make_plan(tmp_path / "file"))


def test_a_run_is_exported_by_its_name_from_anywhere(
    run_cell: RunCell, store: Store, tmp_path: Path
) -> None:
    session(run_cell)
    assert background.wait(10)
    result = to_mlproject("by-name", run_id="first", params="none")
    assert result.folder == tmp_path / "by-name"
    assert (result.cells, result.parameters) == (("In [1]", "In [3]"), ())


def test_a_notebooks_file_is_exported(run_cell: RunCell, tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "source": "beta = 2", "outputs": []}]
    (tmp_path / "n b.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    run_cell("%mlexport out --notebook 'n b.ipynb' --as notebook --entry fit")
    assert "fit:" in (tmp_path / "out" / "MLproject").read_text()
    assert (tmp_path / "out" / "fit.ipynb").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--run a --notebook b", "give either --run or --notebook"),
        ("--run nobody", "There is no run 'nobody'"),
        ("--param nothing", "No value called 'nothing'"),
        ("--params some", "invalid choice: 'some'"),
        ("out --notebook none.ipynb", "Cannot read the notebook"),
    ],
)
def test_mistakes_are_told_in_one_line(
    run_cell: RunCell, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    session(run_cell)
    capsys.readouterr()
    result = run_cell(f"%mlexport {line}")
    assert not result.success
    (told,) = [text for text in capsys.readouterr().err.splitlines() if "UsageError" in text]
    assert words in told


def test_an_export_is_proven_and_both_runs_say_so(
    run_cell: RunCell,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    session(run_cell)
    run_cell("%mlexport out --run first --verify --env-manager local")
    assert "- first: reproduced exactly. 1 metric the same." in capsys.readouterr().out
    original, again = runs_in(store)
    assert original.data.tags[tags.VERDICT] == again.data.tags[tags.VERDICT] == "reproduced exactly"
    assert original.data.tags[tags.RUN] == again.info.run_id
    assert again.data.tags[tags.OF] == original.info.run_id
    assert again.info.run_name == "reproduction of first"


def test_a_runs_code_comes_back_as_a_notebook_with_its_outputs(
    run_cell: RunCell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session(run_cell)
    run_cell("later = 2", cell_id="four")
    run_cell("%restore first back")
    assert "The code of first is in back.ipynb" in capsys.readouterr().out
    content = nbformat.read(tmp_path / "back.ipynb", as_version=4)
    nbformat.validate(content)
    assert [cell.id for cell in content.cells] == ["one", "two", "three"]
    assert content.cells[2].source.startswith("%%track first\nmodel")
    assert content.cells[2].outputs[0].text == "hello\n"
    assert content.cells[2].execution_count == 3
    run_cell("%restore first back2 --slice")
    sliced = nbformat.read(tmp_path / "back2.ipynb", as_version=4)
    assert [cell.id for cell in sliced.cells] == ["one", "three"]


def test_nothing_is_ever_written_over(
    run_cell: RunCell, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session(run_cell)
    (tmp_path / "mine.ipynb").write_text("work")
    assert not run_cell("%restore first mine").success
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "mine.ipynb").read_text() == "work"
    first, second = tracker.open_run(runs_in(store)[0]), tracker.open_run(runs_in(store)[0])
    assert first != second
    assert first.parent == second.parent
    with pytest.raises(InvalidValue, match="is there already"):
        tracker.open_run(runs_in(store)[0].info.run_id, first)


def test_the_notebook_as_it_was_saved_comes_back_whole(
    run_cell: RunCell, store: Store, tmp_path: Path
) -> None:
    session(run_cell)
    background.wait(10)
    (run,) = runs_in(store)
    saved = {
        "cells": [
            {"cell_type": "markdown", "id": "words", "metadata": {}, "source": "# Title"},
            {"cell_type": "code", "id": "three", "metadata": {}, "source": ["x"], "outputs": []},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    artifacts = open_artifacts(run.info.artifact_uri)
    artifacts.put(capture_tags.NOTEBOOK_FILE, [json.dumps(saved).encode()])
    content = nbformat.read(tracker.open_run(run, tmp_path / "whole"), as_version=4)
    assert [cell.id for cell in content.cells] == ["words", "three"]
    assert content.cells[1].outputs[0].text == "hello\n"


def test_a_run_without_code_is_told(store: Store, tmp_path: Path) -> None:
    run = tracker.Client().create_run("0")
    with pytest.raises(NotFound, match="Nothing was kept of the code"):
        tracker.open_run(run.info.run_id, tmp_path / "x")
