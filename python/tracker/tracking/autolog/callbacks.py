"""What Keras and PyTorch Lightning have in common: a fit() that calls back at its events."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tracker.entities import Metric
from tracker.tracking import session
from tracker.tracking.autolog.boosting import State
from tracker.tracking.autolog.recorder import Recorder, recorder_of_caller, recording


@dataclass(frozen=True, slots=True)
class Fit:
    """A call of fit(), not done yet."""

    function: Callable[..., Any]
    instance: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def __call__(self) -> Any:
        """Do it."""
        return self.function(self.instance, *self.args, **self.kwargs)

    def bound(self) -> inspect.BoundArguments:
        """Return the arguments by their names, `self` among them. Raises TypeError."""
        return inspect.signature(self.function).bind(self.instance, *self.args, **self.kwargs)


class Trainer(Protocol):
    """What one of the libraries does in its own way."""

    @property
    def library(self) -> str:
        """Its name."""

    def is_ours(self, fit: Fit) -> bool:
        """Return whether this process is the one that records the training."""

    def describe(self, recorder: Recorder, fit: Fit) -> None:
        """Record what is known before the training."""

    def watched(self, recorder: Recorder, fit: Fit) -> Callable[[], Any]:
        """Return the same call with a callback that records what happens in it."""


def wrap_fit(cls: Any, state: State, adapter: Trainer) -> None:
    """Have `cls.fit` recorded."""
    if not hasattr(cls.fit, "_by_tracker"):
        cls.fit = _recorded(cls.fit, state, adapter)


def _recorded(fit: Callable[..., Any], state: State, adapter: Trainer) -> Callable[..., Any]:
    @functools.wraps(fit)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        call = Fit(fit, self, args, kwargs)
        if not state.settings.is_on or not adapter.is_ours(call):
            return call()
        with recording(adapter.library, state.settings) as recorder:
            if recorder is not None:
                adapter.describe(recorder, call)
            watching = recorder or recorder_of_caller()
            return call() if watching is None else _watched(watching, adapter, call)()

    wrapped._by_tracker = True  # type: ignore[attr-defined]  # so that it is done once
    return wrapped


def _watched(recorder: Recorder, adapter: Trainer, call: Fit) -> Callable[[], Any]:
    """Return the call with our callback in it; as it was where that fails."""
    calls: list[Callable[[], Any]] = [call]
    recorder.step("metrics", lambda: calls.append(adapter.watched(recorder, call)))
    return calls[-1]


def log_metrics(recorder: Recorder, step: int, values: Mapping[str, Any]) -> None:
    """Record the metrics of an epoch. Raises ValueError, TypeError for what is no number."""
    now = session.now()
    points = [Metric(str(key), float(value), now, step) for key, value in values.items()]
    recorder.run.store.log_batch(recorder.run.run_id, metrics=points)
