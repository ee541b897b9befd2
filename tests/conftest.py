"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest

# Timing is the benchmarks' business: on a busy machine a deadline fails what is right.
hypothesis.settings.register_profile("tracker", deadline=None)
hypothesis.settings.load_profile("tracker")

# Small matrices on many threads, in many processes at once, mostly wait for each other.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")


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
