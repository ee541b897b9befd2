"""Loading, unloading, configuration, and the session's log."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import tracker
from tests.magics.conftest import RunCell, cell_runner, only_run, runs_in
from tracker.artifacts import open_artifacts
from tracker.capture.code import read_code
from tracker.capture.session import current_session
from tracker.magics import load_ipython_extension, unload_ipython_extension
from tracker.store import Store
from tracker.tracking import active, context


def traces(shell: InteractiveShell) -> list[int]:
    """How much hangs on the shell: hooks, transformers, configurables, magics."""
    return [
        *(len(callbacks) for callbacks in shell.events.callbacks.values()),
        len(shell.input_transformer_manager.cleanup_transforms),
        len(shell.configurables),
        *(len(magics) for magics in shell.magics_manager.magics.values()),
        len(context._providers),
    ]


def test_unloading_leaves_no_trace(bare_shell: InteractiveShell, store: Store) -> None:
    before = traces(bare_shell)
    load_ipython_extension(bare_shell)
    loaded = traces(bare_shell)
    load_ipython_extension(bare_shell)
    assert traces(bare_shell) == loaded != before
    unload_ipython_extension(bare_shell)
    unload_ipython_extension(bare_shell)
    assert traces(bare_shell) == before


def test_load_ext_twice_and_reload_ext_do_no_harm(
    bare_shell: InteractiveShell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run = cell_runner(bare_shell)
    run("x = 1")
    run("%load_ext tracker")
    loaded = traces(bare_shell)
    run("%load_ext tracker")
    assert "already loaded" in capsys.readouterr().out
    run("%reload_ext tracker")
    assert traces(bare_shell) == loaded
    run("%%track\npass")
    assert len(runs_in(store)) == 1
    log = current_session()
    assert log is not None
    typed = [cell.raw_source for cell in log.executed_cells()]
    assert typed == [
        "x = 1",
        "%load_ext tracker",
        "%load_ext tracker",
        "%reload_ext tracker",
        "%%track\npass",
    ]
    run("%unload_ext tracker")
    result = run("%%track\npass")
    assert "track" in str(result.error_in_exec)
    assert len(runs_in(store)) == 1


def test_a_run_whose_cell_unloads_tracker_ends(run_cell: RunCell, store: Store) -> None:
    run_cell("%load_ext tracker")
    assert run_cell("%%track\n%unload_ext tracker\nx = 1").success
    assert only_run(store).info.status == "KILLED"


def test_the_log_has_what_ran_before_and_each_execution_since(
    bare_shell: InteractiveShell, store: Store
) -> None:
    run = cell_runner(bare_shell)
    run("a = 1")
    run("")
    run("1/0")
    run("%load_ext tracker", cell_id="loading")
    run("%%track -p b=3\nb = 2", cell_id="cell-b")
    run("raise KeyError", cell_id="cell-c")
    run("%%capture out\n%%track\nc = 4", cell_id="cell-b")
    bare_shell.run_cell("hidden = 1", store_history=False)  # type: ignore[no-untyped-call]
    log = current_session()
    assert log is not None
    cells = log.executed_cells()
    assert [(c.source.strip(), c.cell_id, c.succeeded) for c in cells] == [
        ("a = 1", None, True),
        ("1/0", None, False),
        ("%load_ext tracker", "loading", True),
        ("# %%track -p b=3\nb = 3", "cell-b", True),
        ("raise KeyError", "cell-c", False),
        ("%%capture out\n# %%track\nc = 4", "cell-b", True),
    ]
    counts = [cell.execution_count or 0 for cell in cells]
    assert counts == sorted(counts)
    assert cells[3].raw_source == "%%track -p b=3\nb = 2"
    first, last = runs_in(store)
    assert (cells[3].run_id, cells[5].run_id) == (first.info.run_id, last.info.run_id)


def test_a_run_of_the_cell_that_loads_tracker_keeps_that_cell(
    bare_shell: InteractiveShell, store: Store
) -> None:
    run = cell_runner(bare_shell)
    run("rate = 0.5")
    source = "%load_ext tracker\nimport tracker\nwith tracker.start_run():\n    loss = rate / 2"
    assert run(source, cell_id="loading").success
    kept = only_run(store)
    active.settle()
    code = read_code(open_artifacts(kept.info.artifact_uri))
    assert code is not None
    assert [cell.source for cell in code.sliced] == ["rate = 0.5", source]
    assert run("%%track\npass").success
    log = current_session()
    assert log is not None
    assert [cell.cell_id for cell in log.executed_cells()] == [None, "loading", None]


def test_a_configured_store_and_experiment_are_used(
    tmp_path: Path, bare_shell: InteractiveShell, store: Store
) -> None:
    elsewhere = tmp_path / "elsewhere"
    settings = {"tracking_uri": str(elsewhere), "experiment": "configured"}
    bare_shell.update_config(Config({"Tracker": settings}))
    load_ipython_extension(bare_shell)
    assert not elsewhere.exists()
    run = cell_runner(bare_shell)
    run("%%track\npass")
    found = tracker.search_runs(experiment_names=["configured"], output_format="list")
    assert len(found) == 1
    assert runs_in(store) == []
    run("%config Tracker.experiment = 'by hand'")
    run("%%track\npass")
    assert len(tracker.search_runs(experiment_names=["by hand"], output_format="list")) == 1
    run(f"%config Tracker.tracking_uri = {str(store.uri)!r}")
    run("%%track -e mine\npass")
    assert len(runs_in(store)) == 1


def test_the_magics_can_be_asked_about(
    run_cell: RunCell, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "track" in shell.magics_manager.magics["cell"]
    assert "mlexport" in shell.magics_manager.magics["line"]
    run_cell("%%track?")
    assert "%%track --help" in capsys.readouterr().out
    run_cell("%config Tracker")
    assert "Tracker.capture_outputs" in capsys.readouterr().out


def test_mlexport_writes_the_session_and_says_how_to_run_it(
    tmp_path: Path, run_cell: RunCell, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell("%%track -p lr=0.5\nlr = 0.1  # learning rate\nprint(lr)")
    capsys.readouterr()
    run_cell("%mlexport 'my project'")
    said = capsys.readouterr().out
    assert said.startswith("Written to my project: MLproject, ")
    assert "mlflow run 'my project' --env-manager local -P lr=0.5" in said
    assert "lr  float  0.5  learning rate" in said
    assert (tmp_path / "my project" / "MLproject").is_file()


def test_mlexport_refuses_in_one_line(
    tmp_path: Path, run_cell: RunCell, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    run_cell("x = 1")
    for line in ["%mlexport taken", "%mlexport a b", "%mlexport 'open"]:
        result = run_cell(line)
        assert not result.success
        assert capsys.readouterr().err.startswith("UsageError: %mlexport: ")
    run_cell("%mlexport --help")
    assert "usage: %mlexport" in capsys.readouterr().out
