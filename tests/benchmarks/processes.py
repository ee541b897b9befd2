"""Functions called in fresh processes, so that no measurement sees what another one left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).parents[2]
TIMEOUT = 3600.0
_UNWANTED = ("MLFLOW_", "TRACKER_", "TRACKIO_", "WANDB_", "JPY_", "PYTEST_")
_QUIET = {
    # MLflow asks for this before it writes the file layout that it discourages by now.
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "HF_HUB_OFFLINE": "1",
    "PYTHONWARNINGS": "ignore",
}


class WorkerFailed(Exception):
    """A process that measures ended otherwise than with an answer; says what it printed."""


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which every tool records to `folder` and talks to nobody."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_UNWANTED)}
    return kept | _QUIET | {"TRACKIO_DIR": str(folder / "trackio"), "PYTHONPATH": str(ROOT)}


def start_in_new_process(
    folder: Path, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> subprocess.Popen[str]:
    """Start a function of a module in a fresh process with `folder` as its working directory.

    Its arguments and its answer, which goes into a file beside the folder, are what JSON can say.
    It leads a session of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _answer_of(folder).unlink(missing_ok=True)
    call = json.dumps([function.__module__, function.__qualname__, args, kwargs])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.processes", call],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def in_new_process(folder: Path, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a module in a fresh process and return its answer. Raises WorkerFailed."""
    with start_in_new_process(folder, function, *args, **kwargs) as process:
        printed, _ = process.communicate(timeout=TIMEOUT)
    answer = _answer_of(folder)
    if process.returncode or not answer.exists():
        name = f"{function.__qualname__}{args}"
        raise WorkerFailed(f"{name} ended with {process.returncode}:\n{printed[-4000:]}")
    return cast(T, json.loads(answer.read_text()))


def _answer_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.answer")


def run_python(folder: Path, program: str) -> str:
    """Run a program in a bare interpreter and return what it printed. Raises WorkerFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", program]
    result = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise WorkerFailed(f"{program}\n{result.stdout}\n{result.stderr}")
    return result.stdout


def _work(call: str) -> None:
    """Be the fresh process."""
    module, name, args, kwargs = json.loads(call)
    answer: Any = getattr(import_module(module), name)(*args, **kwargs)
    _answer_of(Path.cwd()).write_text(json.dumps(answer))


if __name__ == "__main__":
    _work(sys.argv[1])
