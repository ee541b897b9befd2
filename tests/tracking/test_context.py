from __future__ import annotations

import getpass
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

import tracker
from tracker.tracking import context

SCRIPT = (
    "import tracker\n"
    "with tracker.start_run() as run:\n"
    "    pass\n"
    "import json; print(json.dumps([dict(run.data.tags), run.info.user_id]))\n"
)


def test_user_and_source_are_recorded() -> None:
    with tracker.start_run() as run:
        pass
    tags = tracker.get_run(run.info.run_id).data.tags
    assert tags["mlflow.user"] == getpass.getuser() == run.info.user_id
    assert tags["mlflow.source.name"] == sys.argv[0]
    assert tags["mlflow.source.type"] == "LOCAL"


def test_the_scripts_own_repository_counts(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (
        ["init", "-q", "-b", "trunk"],
        ["remote", "add", "origin", "https://me:secret@host/a.git"],
        ["commit", "-q", "--allow-empty", "-m", "first"],
    ):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    (folder / "train.py").write_text(SCRIPT)
    command = [sys.executable, "repository/train.py"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    tags, user = json.loads(result.stdout)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert tags["mlflow.source.git.commit"] == commit.stdout.strip()
    assert tags["mlflow.source.git.branch"] == "trunk"
    assert tags["mlflow.source.git.repoURL"] == "https://host/a.git"
    assert tags["mlflow.source.name"] == "repository/train.py"
    assert user == getpass.getuser()


@pytest.mark.parametrize("variable", ["MLFLOW_RUN_CONTEXT", "TRACKER_RUN_CONTEXT"])
def test_whoever_started_the_process_adds_tags(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, '{"job": 17, "mlflow.source.type": "JOB"}')
    with tracker.start_run() as run:
        pass
    assert run.data.tags["job"] == "17"
    assert run.data.tags["mlflow.source.type"] == "JOB"


def test_what_the_caller_says_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"team": "environment"}')
    with tracker.start_run(tags={"team": "caller", "mlflow.user": "somebody"}) as run:
        pass
    assert run.data.tags["team"] == "caller"
    assert run.data.tags["mlflow.user"] == run.info.user_id == "somebody"


def test_a_fact_that_fails_is_a_missing_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", fail)
    context._user_tags.cache_clear()
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", "{not json")
    try:
        with tracker.start_run() as run:
            pass
    finally:
        context._user_tags.cache_clear()
    assert "mlflow.user" not in run.data.tags
    assert run.data.tags["mlflow.source.type"] == "LOCAL"


def test_a_working_directory_that_is_gone_costs_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with tracker.start_run() as run:
        tracker.log_param("a", 1)
    monkeypatch.chdir(tmp_path)
    assert tracker.get_run(run.info.run_id).data.params == {"a": "1"}


class Shell:
    """What IPython's shell looks like from here."""

    kernel = object()

    def __init__(self, **names: str) -> None:
        self.user_ns = names


def in_kernel(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]  # a stand-in module
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))


def test_in_a_kernel_the_source_is_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    in_kernel(monkeypatch, Shell())
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/study/train.ipynb")
    with tracker.start_run() as run:
        pass
    assert run.data.tags["mlflow.source.name"] == "train.ipynb"
    assert run.data.tags["mlflow.source.type"] == "NOTEBOOK"


def test_an_editor_that_tells_the_notebook_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    in_kernel(monkeypatch, Shell(__vsc_ipynb_file__="/home/me/other.ipynb"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert context.notebook_name() == "other.ipynb"


def test_a_notebook_nobody_names_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    in_kernel(monkeypatch, Shell())
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("IPYNB_FILE", raising=False)
    assert context.notebook_name() == "<notebook>"
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/console-1")
    assert context.notebook_name() == "<notebook>"


def test_others_may_add_to_the_tags() -> None:
    def provide() -> dict[str, str]:
        return {"extra": "yes"}

    context.add_provider(provide)
    try:
        assert context.context_tags()["extra"] == "yes"
    finally:
        context.remove_provider(provide)
        context.remove_provider(provide)
    assert "extra" not in context.context_tags()
