"""What XGBoost and LightGBM have in common: a train() that takes params, data and callbacks."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, Protocol

from tracker.entities import Metric
from tracker.tracking import session
from tracker.tracking.autolog.recorder import (
    Recorder,
    Settings,
    recorder_of_caller,
    recording,
)
from tracker.tracking.files import keep_text

_NO_PARAMS = frozenset(
    {
        "params",
        "dtrain",
        "train_set",
        "evals",
        "valid_sets",
        "valid_names",
        "callbacks",
        "evals_result",
        "obj",
        "feval",
        "fobj",
        "init_model",
        "xgb_model",
        "feature_name",
        "categorical_feature",
        "kwargs",
    }
)
"""Arguments of train() that are data or code."""


class Booster(Protocol):
    """What one of the libraries does in its own way."""

    @property
    def library(self) -> str:
        """Its name."""

    def callback(self, log: Callable[[int, Mapping[str, float]], None]) -> Any:
        """Return a callback for train() that passes step and metrics of each round on."""

    def results(self, booster: Any) -> Mapping[str, float]:
        """Return metrics of the finished training."""

    def importance(self, booster: Any) -> Mapping[str, Mapping[str, float]]:
        """Return how much each feature counts, by kind of importance."""


class State:
    """How a library's trainings are recorded now."""

    def __init__(self) -> None:
        self.settings = Settings(is_on=False)


def wrap_train(modules: Iterable[ModuleType], state: State, adapter: Booster) -> None:
    """Have train() recorded in every module of a library that knows it by name."""
    for module in modules:
        train = getattr(module, "train", None)
        if train is not None and not hasattr(train, "_by_tracker"):
            module.train = _recorded(train, state, adapter)  # type: ignore[attr-defined]  # it has


def _recorded(train: Callable[..., Any], state: State, adapter: Booster) -> Callable[..., Any]:
    @functools.wraps(train)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not state.settings.is_on:
            return train(*args, **kwargs)
        with recording(adapter.library, state.settings) as recorder:
            watching = recorder or recorder_of_caller()
            if watching is None:
                return train(*args, **kwargs)
            if recorder is not None:
                recorder.step("params", lambda: recorder.log_params(_params(train, args, kwargs)))
            watched = _with_callback(train, adapter, watching, args, kwargs)
            booster = watched() if watched is not None else train(*args, **kwargs)
            if recorder is not None:
                recorder.step("results", lambda: _log(recorder, 0, adapter.results(booster)))
                recorder.step("feature importance", lambda: _keep(recorder, adapter, booster))
            return booster

    wrapped._by_tracker = True  # type: ignore[attr-defined]  # so that it is done once
    return wrapped


def _params(
    train: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, object]:
    """Return the params that train() was given, and its other settings, with their defaults."""
    bound = inspect.signature(train).bind(*args, **kwargs)
    bound.apply_defaults()
    given = dict(bound.arguments.get("params") or {})
    return given | {key: value for key, value in bound.arguments.items() if key not in _NO_PARAMS}


def _with_callback(
    train: Callable[..., Any],
    adapter: Booster,
    recorder: Recorder,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Callable[[], Any] | None:
    """Return the call of train() with our callback among its own; None where that fails."""
    calls: list[Callable[[], Any]] = []

    def log(step: int, values: Mapping[str, float]) -> None:
        recorder.step("metrics", lambda: _log(recorder, step, values))

    def add() -> None:
        bound = inspect.signature(train).bind(*args, **kwargs)
        own = list(bound.arguments.get("callbacks") or ())
        # First of all: a callback that stops the training early is heard after the others.
        bound.arguments["callbacks"] = [adapter.callback(log), *own]
        calls.append(lambda: train(*bound.args, **bound.kwargs))

    recorder.step("metrics", add)
    return calls[0] if calls else None


def _log(recorder: Recorder, step: int, values: Mapping[str, float]) -> None:
    now = session.now()
    points = [Metric(key, float(value), now, step) for key, value in values.items()]
    recorder.run.store.log_batch(recorder.run.run_id, metrics=points)


def _keep(recorder: Recorder, adapter: Booster, booster: Any) -> None:
    for kind, weights in adapter.importance(booster).items():
        ordered = dict(sorted(weights.items(), key=lambda item: -item[1]))
        keep_text(recorder.target, json.dumps(ordered, indent=2), f"feature_importance_{kind}.json")
