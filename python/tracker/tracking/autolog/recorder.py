"""The run that a library's training is recorded to, and how recording fails without harm."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tracker.errors import ParamConflict
from tracker.tracking import active
from tracker.tracking.active import ActiveRun
from tracker.tracking.losses import LOSS_ERRORS, note, warn
from tracker.tracking.runs import start_run
from tracker.tracking.target import Target

AUTOLOGGING = "mlflow.autologging"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is recorded of a library's trainings."""

    is_on: bool = True
    log_datasets: bool = True
    log_figures: bool = True
    exclusive: bool = False
    silent: bool = False
    max_tuning_runs: int | None = 5
    extra_tags: Mapping[str, str] = field(default_factory=dict)


class _Local(threading.local):
    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self.depth = 0


_local = _Local()
_trainings = 0
"""Trainings that are being recorded now, in any thread."""


class Recorder:
    """Records one training to a run. Every step may fail, is told once, and never raises."""

    def __init__(self, library: str, run: ActiveRun, settings: Settings) -> None:
        self.run = run
        self.settings = settings
        self.target = Target(
            run.run_id, run.store, artifact_uri=run.info.artifact_uri, tolerates=LOSS_ERRORS
        )
        self.library = library

    def step(self, what: str, record: Callable[[], Any]) -> None:
        """Do one part of the recording."""
        try:
            record()
        except LOSS_ERRORS as error:
            note(self.run.run_id, what, 1, error)
        except Exception as error:
            if not self.settings.silent:
                warn(
                    f"autolog could not record the {what} of this {self.library} training: "
                    f"{type(error).__name__}: {error}"
                )

    def log_params(self, params: Mapping[str, object]) -> None:
        """Record params; those that the run has already with another value stay as they are."""
        texts = {key: str(value) for key, value in params.items()}
        try:
            self.run.store.log_batch(self.run.run_id, params=texts)
        except ParamConflict:
            known = self.run.store.get_run(self.run.run_id).data.params
            new = {key: text for key, text in texts.items() if key not in known}
            if new:
                self.run.store.log_batch(self.run.run_id, params=new)


@contextmanager
def recording(library: str, settings: Settings) -> Iterator[Recorder | None]:
    """Yield a recorder for a training, or None for one that is part of another or not wanted.

    Recorded is to the active run. Where there is none, the training gets one of its own, which
    ends with it: FAILED where the body raises.
    """
    current = active.current()
    if _local.recorder is not None:
        with _one_deeper():
            yield None
    elif _is_unwanted(settings, current):
        yield None
    elif current is not None:
        with _made_known(Recorder(library, current, settings)) as recorder:
            yield recorder
    else:
        with (
            start_run(tags={AUTOLOGGING: library, **settings.extra_tags}) as run,
            _made_known(Recorder(library, run, settings)) as recorder,
        ):
            yield recorder


def _is_unwanted(settings: Settings, current: ActiveRun | None) -> bool:
    """Return whether a training is not to be recorded.

    One in a thread without runs of its own is taken for a part of what is recorded elsewhere.
    """
    is_part = _trainings > 0 and not active.local.stack
    return is_part or not settings.is_on or (settings.exclusive and current is not None)


@contextmanager
def _one_deeper() -> Iterator[None]:
    _local.depth += 1
    try:
        yield
    finally:
        _local.depth -= 1


@contextmanager
def _made_known(recorder: Recorder) -> Iterator[Recorder]:
    global _trainings
    _local.recorder = recorder
    _trainings += 1
    try:
        yield recorder
    finally:
        _trainings -= 1
        _local.recorder = None


def recorder_of_caller() -> Recorder | None:
    """Return what records the training that this one, which is part of it, is all there is of.

    To be asked inside `recording`. None in a part of a part, such as a fold of a search.
    """
    return _local.recorder if _local.depth == 1 else None
