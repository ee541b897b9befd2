"""A run where there is no store to keep it: everything logged to it is lost, and counted."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import NoReturn, cast

from tracker.entities import Run, RunData, RunInfo, RunStatus
from tracker.errors import StoreError
from tracker.store.base import Store
from tracker.tracking import losses
from tracker.tracking.active import ActiveRun


class _NoStore:
    """Every method of a Store, raising the error that kept the real one from opening."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._fail

    def _fail(self, *args: object, **kwargs: object) -> NoReturn:
        raise StoreError(self._reason)


def open_run(
    run_id: str | None, run_name: str | None, tags: Mapping[str, str], error: Exception
) -> ActiveRun:
    """Return a run that keeps nothing, after a warning that says why."""
    run_id = run_id or os.urandom(16).hex()
    info = RunInfo(
        run_id=run_id,
        experiment_id="0",
        run_name=run_name or "unstored",
        user_id="",
        status=RunStatus.RUNNING,
        start_time=time.time_ns() // 1_000_000,
        end_time=None,
        artifact_uri="",
    )
    losses.note(run_id, "the start", 1, error)
    run = Run(info, RunData(tags=dict(tags)))
    return ActiveRun(run, cast(Store, _NoStore(str(error))))
