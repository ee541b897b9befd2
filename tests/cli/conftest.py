"""The command line, run in this process against a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracker.cli.app import cli
from tracker.entities import Metric
from tracker.store import Store, open_store

Tell = Callable[..., Result]
Ask = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the commands; no environment names another store."""
    for variable in ("TRACKER_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Store:
    return open_store(folder / ".tracker")


@pytest.fixture
def tell(folder: Path) -> Tell:
    """Run a command, as in a pipe; returns its result, which must not be a traceback."""

    def run(*words: str | Path, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def ask(tell: Tell) -> Ask:
    """Return what a command answers in JSON."""

    def run(*words: str | Path) -> Any:
        result = tell(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


def log_run(
    store: Store,
    name: str = "a run",
    *,
    experiment: str = "0",
    params: dict[str, str] | None = None,
    losses: Iterable[float] = (),
    tags: dict[str, str] | None = None,
    start_time: int | None = None,
) -> str:
    """Return the id of a finished run."""
    run = store.create_run(experiment, run_name=name, user_id="ada", start_time=start_time)
    run_id = run.info.run_id
    points = [Metric("loss", loss, 1000 + step, step) for step, loss in enumerate(losses)]
    store.log_batch(run_id, metrics=points, params=params or {}, tags=tags or {})
    store.update_run(run_id, status="FINISHED")
    return run_id
