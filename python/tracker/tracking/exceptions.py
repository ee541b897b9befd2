"""Errors by the name that scripts written for MLflow catch them by."""

from __future__ import annotations

from tracker.errors import TrackerError

MlflowException = TrackerError

__all__ = ["MlflowException"]
