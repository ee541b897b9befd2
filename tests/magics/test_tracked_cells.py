"""`%%track` in IPython itself: what is recorded, and that the cell never notices."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import tracker
from tests.magics.conftest import RunCell, artifact, has_artifact, only_run, runs_in
from tracker.capture import tags
from tracker.capture.session import current_session
from tracker.entities import RunStatus
from tracker.magics.background import background
from tracker.store import Store
from tracker.tracking.runs import PARENT_RUN_ID


def test_a_cell_is_a_run_with_its_source_params_outputs_and_metrics(
    run_cell: RunCell, store: Store
) -> None:
    source = "\n".join(
        [
            "%%track first -e study -p alpha=0.5 -t purpose=test",
            "import tracker",
            "alpha = 0.1",
            "depth, name = 3, 'tree'",
            "_private = 1",
            "tracker.log_metric('loss', alpha)",
            "print('alpha is', alpha)",
            "alpha * 2",
        ]
    )
    result = run_cell(source, cell_id="cell-7")
    assert result.result == 1.0
    run = only_run(store)
    assert run.info.run_name == "first"
    assert run.info.status == RunStatus.FINISHED
    assert run.info.end_time is not None
    assert store.get_experiment(run.info.experiment_id).name == "study"
    assert run.data.params == {"alpha": "0.5", "depth": "3", "name": "tree"}
    assert run.data.metrics == {"loss": 0.5}
    assert run.data.tags["purpose"] == "test"
    assert run.data.tags[tags.CELL_ID] == "cell-7"
    assert run.data.tags[tags.EXECUTION_COUNT] == "1"
    ran = source.replace("%%track", "# %%track").replace("= 0.1", "= 0.5")
    assert artifact(run, tags.SOURCE_FILE) == ran
    assert json.loads(artifact(run, tags.OUTPUTS_FILE)) == [
        {"output_type": "stream", "name": "stdout", "text": "alpha is 0.5\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "1.0"},
            "metadata": {},
            "execution_count": 1,
        },
    ]


def test_the_same_cell_again_is_another_run_of_the_same_session(
    run_cell: RunCell, store: Store
) -> None:
    run_cell("%%track\npass")
    run_cell("%%track\npass")
    first, second = runs_in(store)
    assert first.info.run_id != second.info.run_id
    assert first.data.tags[tags.SESSION_ID] == second.data.tags[tags.SESSION_ID]


def test_what_the_cell_logs_itself_wins_over_what_its_source_says(
    run_cell: RunCell, store: Store
) -> None:
    cell = "%%track\nimport tracker\nlr = 0.1\nseed = 1\ntracker.log_param('lr', lr * 2)"
    assert run_cell(cell).success
    assert only_run(store).data.params == {"lr": "0.2", "seed": "1"}


def test_an_exception_fails_the_run_and_is_the_users_own(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run_cell("%%track\ndef f():\n    raise ValueError('no\\nway')\nx = 1\nf()")
    error = result.error_in_exec
    assert isinstance(error, ValueError)
    files = []
    entry = error.__traceback__
    while entry is not None:
        files.append(entry.tb_frame.f_code.co_filename)
        entry = entry.tb_next
    assert not any("magics" in file for file in files)
    assert error.__cause__ is None
    assert error.__context__ is None
    run = only_run(store)
    assert run.info.status == RunStatus.FAILED
    assert run.data.tags[tags.ERROR] == "ValueError: no way"
    assert run.data.params == {"x": "1"}
    text = artifact(run, tags.TRACEBACK_FILE)
    assert "line 5, in <module>\n    f()" in text
    assert "interactiveshell" not in text
    assert json.loads(artifact(run, tags.OUTPUTS_FILE))[-1]["ename"] == "ValueError"
    printed = capsys.readouterr().out
    assert "ValueError: no\nway" in printed
    assert "failed in" in printed


@pytest.mark.filterwarnings("ignore:To exit")  # IPython's hint after SystemExit
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("raise KeyboardInterrupt", RunStatus.KILLED),
        ("import asyncio\nraise asyncio.CancelledError", RunStatus.KILLED),
        ("raise SystemExit(3)", RunStatus.FAILED),
        ("raise SystemExit", RunStatus.FINISHED),
    ],
)
def test_the_state_says_how_the_cell_ended(
    code: str, status: str, run_cell: RunCell, store: Store
) -> None:
    run_cell(f"%%track\n{code}")
    assert only_run(store).info.status == status


@pytest.mark.parametrize(
    "cell",
    [
        "%%track\nx = = 1",
        "%%track\nreturn 3",
        "%%track\nif True:\nx",
        "%%track\nprint('open",
        "%%track -p\nran = True",
        "%%track -p other=1\nran = True",
        "%%track 'open\nran = True",
        "%%track a b\nran = True",
        "%%track\n",
    ],
)
def test_a_cell_that_cannot_run_is_no_run(
    cell: str, shell: InteractiveShell, run_cell: RunCell, store: Store
) -> None:
    result = run_cell(cell)
    assert result.error_before_exec is not None
    assert runs_in(store) == []
    assert "ran" not in shell.user_ns


def test_a_usage_error_is_one_line(run_cell: RunCell, capsys: pytest.CaptureFixture[str]) -> None:
    run_cell("%%track -p beta=1\nalpha = 2")
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "UsageError: %%track -p: No parameter 'beta' in this cell. There are: alpha."
    ]


def test_help_shows_how_it_is_used_and_runs_nothing(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cell("%%track --help\n1/0").success
    assert run_cell("%track --help").success
    assert capsys.readouterr().out.count("usage: %%track") == 2
    assert runs_in(store) == []


@pytest.mark.parametrize(
    "cell",
    [
        "%%track n\n%%time\nx = 3\ntracker.log_metric('m', x)",
        "%%time\n%%track n\nx = 3\ntracker.log_metric('m', x)",
        "%%capture out\n%%track n\nx = 3\ntracker.log_metric('m', x)",
        "%%track n\n\n%%capture out\nx = 3\ntracker.log_metric('m', x)",
    ],
)
def test_other_cell_magics_work_inside_and_around(
    cell: str, shell: InteractiveShell, run_cell: RunCell, store: Store
) -> None:
    run_cell("import tracker")
    assert run_cell(cell).success
    run = only_run(store)
    assert (run.info.run_name, run.info.status) == ("n", RunStatus.FINISHED)
    assert run.data.params == {"x": "3"}
    assert run.data.metrics == {"m": 3.0}
    assert shell.user_ns["x"] == 3


def test_code_may_call_the_magic(shell: InteractiveShell, run_cell: RunCell, store: Store) -> None:
    run_cell("get_ipython().run_cell_magic('track', 'called -t a=b', 'x = 4')")
    run = only_run(store)
    assert (run.info.run_name, run.data.params) == ("called", {"x": "4"})
    assert run.data.tags[tags.EXECUTION_COUNT] == "1"
    result = run_cell("get_ipython().run_cell_magic('track', '', '1/0')")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert [run.info.status for run in runs_in(store)] == ["FINISHED", "FAILED"]


def test_runs_started_in_the_cell_are_its_children(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell(
        "%%track grid -e study\nimport tracker\nfor a in (1, 2):\n"
        "    with tracker.start_run(run_name=f'a{a}'):\n"
        "        tracker.log_param('a', a)\n        tracker.log_metric('m', a)\n"
        "tracker.log_metric('best', 1)"
    )
    grid, *children = runs_in(store)
    assert [child.data.tags[PARENT_RUN_ID] for child in children] == [grid.info.run_id] * 2
    assert {child.info.experiment_id for child in children} == {grid.info.experiment_id}
    assert grid.data.metrics == {"best": 1.0}
    printed = capsys.readouterr().out
    assert "● a1  finished" in printed
    assert "a = 2  m 2" in printed


def test_other_threads_log_to_the_cells_run(run_cell: RunCell, store: Store) -> None:
    run_cell(
        "%%track\nimport threading, tracker\n"
        "thread = threading.Thread(target=tracker.log_metric, args=('m', 1.0))\n"
        "thread.start()\nthread.join()"
    )
    assert only_run(store).data.metrics == {"m": 1.0}


def test_a_cell_may_await(run_cell: RunCell, store: Store) -> None:
    result = run_cell(
        "%%track\nimport asyncio, tracker\nawait asyncio.sleep(0.01)\n"
        "tracker.log_metric('m', 1)\nprint('awaited')\n'done'"
    )
    assert result.result == "done"
    run = only_run(store)
    assert run.data.metrics == {"m": 1.0}
    assert "awaited" in artifact(run, tags.OUTPUTS_FILE)


def test_runs_of_ordinary_cells_know_their_cell_too(run_cell: RunCell, store: Store) -> None:
    run_cell("x = 1")
    run_cell("import tracker\nwith tracker.start_run(): pass", cell_id="plain")
    run = only_run(store)
    assert run.data.tags[tags.CELL_ID] == "plain"
    assert run.data.tags[tags.EXECUTION_COUNT] == "2"
    log = current_session()
    assert log is not None
    assert run.data.tags[tags.SESSION_ID] == log.session_id


def test_a_run_between_cells_has_no_cell(run_cell: RunCell, store: Store) -> None:
    run_cell("x = 1")
    with tracker.start_run():
        pass
    assert tags.CELL_ID not in only_run(store).data.tags
    assert tags.EXECUTION_COUNT not in only_run(store).data.tags


def test_the_environment_follows_in_the_background(run_cell: RunCell, store: Store) -> None:
    run_cell("%%track\nimport pytest")
    assert background.wait(30)
    run = only_run(store)
    assert "pytest" in json.loads(artifact(run, tags.ENVIRONMENT_FILE))["distributions"]
    assert "pytest==" in artifact(run, tags.REQUIREMENTS_FILE)


def test_printing_and_showing_are_as_they_were_afterwards(run_cell: RunCell) -> None:
    streams = sys.stdout, sys.stderr
    before = [vars(stream).get("write") for stream in streams]
    run_cell("%%track\nprint('a')")
    run_cell("%%track\nimport sys, io\nsys.stdout = io.StringIO()")
    sys.stdout = streams[0]
    written = [vars(stream).get("write") for stream in streams]
    # IPython leaves its own wrapper behind; ours is gone.
    assert [getattr(write, "__module__", None) for write in written] != ["tracker.magics.taps"] * 2
    assert all("taps" not in repr(write) for write in [*before, *written])


def test_a_figure_is_a_file(run_cell: RunCell, store: Store) -> None:
    picture = base64.b64encode(b"\x89PNG and so on").decode()
    run_cell(
        "%%track\nfrom IPython.display import display\n"
        f"display({{'image/png': '{picture}', 'text/plain': 'dot'}}, raw=True)"
    )
    assert has_artifact(only_run(store), f"{tags.FIGURES_FOLDER}/figure_1.png")


def test_long_output_is_bounded_and_says_so(
    shell: InteractiveShell,
    run_cell: RunCell,
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_cell("%config Tracker.max_output_text = 1000")
    run_cell("%%track\nfor i in range(2000): print('line', i)")
    run = only_run(store)
    assert "characters of printed output" in run.data.tags[tags.OUTPUTS_LEFT_OUT]
    assert len(artifact(run, tags.OUTPUTS_FILE)) < 4000
    printed = capsys.readouterr().out
    assert "line 1000\n" in printed
    assert "Not kept: " in printed


def test_what_is_captured_can_be_turned_off(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for switch in ("capture_outputs", "infer_params", "show_card", "capture_environment"):
        run_cell(f"%config Tracker.{switch} = False")
    run_cell("%%track quiet\nx = 1\nprint('shown')")
    background.wait(10)
    run = only_run(store)
    assert run.data.params == {}
    assert not has_artifact(run, tags.OUTPUTS_FILE)
    assert not has_artifact(run, tags.ENVIRONMENT_FILE)
    assert capsys.readouterr().out.endswith("shown\n")


def test_without_a_store_the_cell_runs_on(
    tmp_path: Path,
    shell: InteractiveShell,
    run_cell: RunCell,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("not a folder")
    tracker.set_tracking_uri(tmp_path / "file" / "store")
    with pytest.warns(tracker.TrackerWarning):
        result = run_cell("%%track\nimport tracker\ntracker.log_metric('m', 1)\nx = 5\nx")
    assert result.result == 5
    assert shell.user_ns["x"] == 5


def test_a_run_that_cannot_start_costs_one_line(
    run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = store.create_experiment("gone")
    store.update_experiment(gone, lifecycle_stage="deleted")
    assert run_cell("%%track -e gone\n'went on'").result == "went on"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("tracker could not start a run for this cell: ")
    assert "deleted" in line


def test_artifacts_that_cannot_be_written_cost_one_line(
    tmp_path: Path, run_cell: RunCell, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell("%config Tracker.capture_environment = False")
    run_cell("%config Tracker.capture_code = False")
    result = run_cell(
        "%%track\nimport pathlib, shutil, tracker\nx = 1\n"
        "folder = pathlib.Path(tracker.active_run().info.artifact_uri)\n"
        "shutil.rmtree(folder)\nfolder.write_text('in the way')\nprint('went on')"
    )
    assert result.success
    run = only_run(store)
    assert (run.info.status, run.data.params) == (RunStatus.FINISHED, {"x": "1"})
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("tracker could not keep the cell's outputs: ")
