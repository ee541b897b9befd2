"""What holds for every test."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

from tests.scheduling import Scheduling, longest_first

# Timing is the benchmarks' business: on a busy machine a deadline fails what is right.
hypothesis.settings.register_profile("tracker", deadline=None)
hypothesis.settings.load_profile("tracker")

# Who is started in the background by a shell ignores Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Small matrices on many threads, in many processes at once, mostly wait for each other.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling | None:
    """Keep together what shares something expensive."""
    return Scheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with what takes longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=longest_first)


def _is_ours(variable: str) -> bool:
    return variable.startswith(("TRACKER_", "MLFLOW_"))


@pytest.fixture(autouse=True)
def _keep_the_environment() -> Iterator[None]:
    """Undo what MLflow and tracker tell child processes: no test chooses the store of another."""
    before = {name: value for name, value in os.environ.items() if _is_ours(name)}
    yield
    for name in filter(_is_ours, list(os.environ)):
        del os.environ[name]
    os.environ.update(before)
