"""`tracker run`: MLflow's options and messages, a dry run, the question, a real run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.projects.runs import artifact, project, store, written_pids
from tests.projects.test_running import MLFLOW_PROJECT, MLFLOW_SCRIPT
from tracker.cli.app import cli
from tracker.store import Store

__all__ = ["store"]


def tell(*words: str | Path, answers: str | None = None) -> Result:
    result = CliRunner().invoke(cli, ["run", *map(str, words)], input=answers)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def tracker_run(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", "run", *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("environment", [["--no-conda"], ["--env-manager", "local"]])
def test_a_dry_run_tells_as_json_what_would_be_executed_and_executes_nothing(
    store: Store, tmp_path: Path, environment: list[str]
) -> None:
    folder = project(tmp_path / "demo", MLFLOW_PROJECT, train__py="open('ran', 'w')")
    result = tell(folder, "-P", "note=a b", "-P", "more=1", *environment, "--dry-run")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "command": "python train.py 0.5 'a b' --more 1",
        "params": {"alpha": "0.5", "note": "a b", "more": "1"},
        "env_manager": "local",
        "cwd": str(folder),
        "name": "demo",
        "entry_point": "main",
    }
    assert not (folder / "ran").exists()
    assert list(store.search_runs(None)) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-P", "alpha"], "Invalid format for -P parameter: 'alpha'. Use -P name=value."),
        (["-P", "a=1", "-P", "a=2"], "Repeated parameter: 'a'"),
        (
            ["--experiment-name", "a", "--experiment-id", "0"],
            "Specify only one of 'experiment-name' or 'experiment-id' options.",
        ),
        (["-c", "{", "--yes"], "Invalid backend config JSON. Parse error: "),
        (["-e", "absent"], "Could not find absent among entry points"),
        (["-b", "mars", "--yes"], "no backend 'mars'"),
    ],
)
def test_mistakes_are_told_with_mlflows_words_and_leave_no_run(
    store: Store, tmp_path: Path, words: list[str], message: str
) -> None:
    folder = project(tmp_path / "demo", MLFLOW_PROJECT, train__py="pass")
    result = tell(folder, *words)
    assert result.exit_code in (1, 2)
    assert message in " ".join(result.stderr.split())
    assert list(store.search_runs(None)) == []


def test_a_first_run_shows_what_it_will_execute_and_asks(store: Store, tmp_path: Path) -> None:
    folder = project(tmp_path / "demo", main__py="print('it runs')")
    refused = tell(folder, "-e", "main.py", answers="n\n")
    assert refused.exit_code == 1
    assert "main.py" in refused.stderr and "you did not agree" in refused.stderr
    unanswered = tell(folder, "-e", "main.py")
    assert unanswered.exit_code == 1 and "--yes" in unanswered.stderr
    assert "\nError: The project was not run" in unanswered.stderr  # below the question
    assert list(store.search_runs(None)) == []

    agreed = tell(folder, "-e", "main.py", answers="y\n")
    assert (agreed.exit_code, agreed.stdout) == (0, "it runs\n")
    again = tell(folder, "-e", "main.py")
    assert (again.exit_code, again.stdout) == (0, "it runs\n")


def test_a_project_that_imports_mlflow_runs_from_the_command_line(
    store: Store, tmp_path: Path
) -> None:
    project(tmp_path / "demo", MLFLOW_PROJECT, train__py=MLFLOW_SCRIPT)
    words = ["demo", "-P", "alpha=2", "--experiment-name", "cli", "--run-name", "typed", "--yes"]
    running = tracker_run(tmp_path, *words)
    stdout, stderr = running.communicate(timeout=120)
    assert running.returncode == 0, stderr
    assert stdout.endswith("predicted [6.]\nsaid as it's\n")
    (run,) = store.search_runs(None)
    assert (run.info.run_name, run.info.status) == ("typed", "FINISHED")
    assert run.info.run_id in stderr and "finished" in stderr
    assert run.data.metrics["loss"] == 0.4
    assert artifact(run, "notes/said.txt") == b"as it's"
    found = store.find_experiment("cli")
    assert found is not None and found.experiment_id == run.info.experiment_id


def test_a_failure_is_an_exit_code_and_one_line(store: Store, tmp_path: Path) -> None:
    folder = project(tmp_path / "demo", main__py="raise SystemExit(7)")
    result = tell(folder, "-e", "main.py", "--yes", "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["reason"]) == ("FAILED", "exit code 7")


def test_ctrl_c_ends_the_project_and_the_run(store: Store, tmp_path: Path) -> None:
    source = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    folder = project(tmp_path / "long", main__py=source)
    running = tracker_run(tmp_path, "long", "-e", "main.py", "--yes")
    written_pids(folder / "pid", 1)
    os.kill(running.pid, signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "killed" in stderr and "Traceback" not in stderr
    (run,) = store.search_runs(None)
    assert run.info.status == "KILLED"


def test_what_is_odd_is_told_once(store: Store, tmp_path: Path) -> None:
    text = "entry_points: {main: {comand: x, command: python main.py}}\n"
    folder = project(tmp_path / "odd", text, main__py="")
    for answers in ("y\n", None):  # asked with it in the question, then trusted
        result = tell(folder, answers=answers)
        assert result.exit_code == 0
        assert result.stderr.count("did you mean 'command'?") == 1
