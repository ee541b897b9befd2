"""Environment variables: ours by the name of TRACKER_x, else MLflow's by the name of MLFLOW_x."""

from __future__ import annotations

import os

_left_to_mlflow: dict[str, str] = {}
"""Values of MLflow's variables that were ours too and counted for us already."""


def variable(name: str) -> str | None:
    """Return the value of TRACKER_`name`, else MLFLOW_`name`, else None. Empty counts as none."""
    return os.environ.get(f"TRACKER_{name}") or _of_mlflow(name) or None


def _of_mlflow(name: str) -> str | None:
    value = os.environ.get(f"MLFLOW_{name}")
    return None if value == _left_to_mlflow.get(name) else value


def flag(name: str) -> bool:
    """Return whether the variable says yes."""
    return (variable(name) or "").strip().lower() in ("1", "true", "yes", "on")


def take_variable(name: str) -> str | None:
    """Return the variable's value and remove it, so that it counts once.

    Where both variables say the same, MLflow's stays for MLflow's own package, which may be used in
    this process too and takes it away in its turn.
    """
    value, theirs = variable(name), os.environ.get(f"MLFLOW_{name}")
    if os.environ.pop(f"TRACKER_{name}", None) and theirs and theirs == value:
        _left_to_mlflow[name] = theirs
    elif _of_mlflow(name):
        del os.environ[f"MLFLOW_{name}"]
    return value
