"""Keras 3, whichever its backend: Model.fit() is recorded, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Unpack

from tracker.tracking.autolog.arrival import when_imported
from tracker.tracking.autolog.boosting import State
from tracker.tracking.autolog.callbacks import Fit, log_metrics, wrap_fit
from tracker.tracking.autolog.options import Unused, settings_of
from tracker.tracking.autolog.recorder import Recorder, Settings
from tracker.tracking.files import keep_text

ROOTS = ("keras",)

_NO_PARAMS = frozenset(
    {"self", "x", "y", "callbacks", "validation_data", "verbose", "sample_weight", "class_weight"}
)
"""Arguments of fit() that are data or code, or that change nothing."""
_state = State()


class _Keras:
    library = "keras"

    def __init__(self, base: Any) -> None:
        self._base = base

    def is_ours(self, fit: Fit) -> bool:
        """Return True: each process fits a model of its own."""
        return True

    def describe(self, recorder: Recorder, fit: Fit) -> None:
        """Record what fit() was given."""
        recorder.step("params", lambda: recorder.log_params(_params(fit)))
        if recorder.settings.log_datasets:
            recorder.step("data set", lambda: _log_data(recorder, fit))

    def watched(self, recorder: Recorder, fit: Fit) -> Callable[[], Any]:
        """Return the same call with our callback after the others, which add to the metrics."""
        bound = fit.bound()
        ours = _callback(self._base, recorder)
        given: Any = bound.arguments.get("callbacks")
        if hasattr(given, "append") and not isinstance(given, list):
            given.append(ours)  # a CallbackList, which is used as it is
        else:
            own = [given] if isinstance(given, self._base) else list(given or ())
            bound.arguments["callbacks"] = [*own, ours]
        return lambda: fit.function(*bound.args, **bound.kwargs)


def _params(fit: Fit) -> dict[str, object]:
    bound = fit.bound()
    bound.apply_defaults()
    params = {key: value for key, value in bound.arguments.items() if key not in _NO_PARAMS}
    if params.get("batch_size") is None:
        params["batch_size"] = getattr(bound.arguments.get("x"), "batch_size", None)
    return params


def _log_data(recorder: Recorder, fit: Fit) -> None:
    from tracker.tracking.autolog.sklearn_facts import log_data

    given = fit.bound().arguments
    log_data(recorder, given.get("x"), given.get("y"))


def _callback(base: Any, recorder: Recorder) -> Any:
    """Return a callback of Keras's kind, made here since Keras must not be imported for it."""

    def on_train_begin(self: Any, logs: Mapping[str, Any] | None = None) -> None:
        recorder.step("optimizer", lambda: recorder.log_params(_optimizer(self.model)))
        recorder.step("summary", lambda: _keep_summary(recorder, self.model))

    def on_epoch_end(self: Any, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        recorder.step("metrics", lambda: log_metrics(recorder, epoch, logs or {}))

    methods = {"on_train_begin": on_train_begin, "on_epoch_end": on_epoch_end}
    return type("TrackerCallback", (base,), methods)()


def _optimizer(model: Any) -> dict[str, object]:
    config = model.optimizer.get_config()
    return {f"optimizer_{key}": value for key, value in config.items()}


def _keep_summary(recorder: Recorder, model: Any) -> None:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(str(line)))
    keep_text(recorder.target, "\n".join(lines), "model_summary.txt")


def autolog(
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    **unused: Unpack[Unused],
) -> None:
    """Record every ``fit`` of a Keras model; see `tracker.autolog`.

    Takes all that MLflow's function of this name does, by keyword. Raises TypeError for others.
    """
    settings = settings_of(
        log_datasets=log_datasets,
        disable=disable,
        exclusive=exclusive,
        silent=silent,
        extra_tags=extra_tags,
        unused=unused,
    )
    use(settings)
    for root in ROOTS:
        when_imported(root, greet)


def use(settings: Settings) -> None:
    """Record, or stop recording, by these settings."""
    _state.settings = settings


def greet(module: ModuleType) -> None:
    """Have fit() recorded from now on."""
    wrap_fit(module.Model, _state, _Keras(module.callbacks.Callback))
