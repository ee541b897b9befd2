"""The fluent API, the explicit `Client`, and the life of runs. Its names are those of `tracker`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.tracking.client import MlflowClient

__all__ = ["MlflowClient"]


def __getattr__(name: str) -> Any:
    if name == "MlflowClient":  # where scripts written for MLflow look for it
        from tracker.tracking.client import MlflowClient

        return MlflowClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
