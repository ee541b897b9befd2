"""Environment variables: ours by the name of TRACKER_x, else MLflow's by the name of MLFLOW_x."""

from __future__ import annotations

import os


def variable(name: str) -> str | None:
    """Return the value of TRACKER_`name`, else MLFLOW_`name`, else None. Empty counts as none."""
    return os.environ.get(f"TRACKER_{name}") or os.environ.get(f"MLFLOW_{name}") or None


def flag(name: str) -> bool:
    """Return whether the variable says yes."""
    return (variable(name) or "").strip().lower() in ("1", "true", "yes", "on")


def take_variable(name: str) -> str | None:
    """Return the variable's value and remove it, so that it counts once."""
    value = variable(name)
    os.environ.pop(f"TRACKER_{name}", None)
    os.environ.pop(f"MLFLOW_{name}", None)
    return value
