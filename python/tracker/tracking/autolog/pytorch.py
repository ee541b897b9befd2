"""PyTorch Lightning, under either of its names: Trainer.fit() is recorded, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Unpack

from tracker.tracking.autolog.arrival import when_imported
from tracker.tracking.autolog.boosting import State
from tracker.tracking.autolog.callbacks import Fit, log_metrics, wrap_fit
from tracker.tracking.autolog.options import Unused, settings_of
from tracker.tracking.autolog.recorder import Recorder, Settings
from tracker.tracking.files import keep_text

ROOTS = ("lightning.pytorch", "pytorch_lightning")

_state = State()


class _Lightning:
    library = "pytorch"

    def __init__(self, package: ModuleType) -> None:
        self._package = package

    def is_ours(self, fit: Fit) -> bool:
        """Return whether this is the first of the processes that train one model together."""
        return bool(getattr(fit.instance, "is_global_zero", True))

    def describe(self, recorder: Recorder, fit: Fit) -> None:
        """Record what the model is made of."""
        recorder.step("summary", lambda: self._keep_summary(recorder, fit))

    def watched(self, recorder: Recorder, fit: Fit) -> Callable[[], Any]:
        """Return the same call, during which our callback is among the trainer's."""
        ours = _callback(self._package.Callback, recorder)
        callbacks = fit.instance.callbacks

        def call() -> Any:
            callbacks.append(ours)
            try:
                return fit()
            finally:
                if ours in callbacks:
                    callbacks.remove(ours)

        return call

    def _keep_summary(self, recorder: Recorder, fit: Fit) -> None:
        module = fit.bound().arguments["model"]
        summaries = import_module(f"{self._package.__name__}.utilities.model_summary")
        text = str(summaries.ModelSummary(module, max_depth=-1))
        keep_text(recorder.target, text, "model_summary.txt")


def _callback(base: Any, recorder: Recorder) -> Any:
    """Return a callback of Lightning's kind, made here since Lightning must not be imported."""

    def on_train_start(self: object, trainer: Any, pl_module: object) -> None:
        recorder.step("params", lambda: recorder.log_params(_params(trainer)))

    def on_train_epoch_end(self: object, trainer: Any, pl_module: object) -> None:
        if trainer.is_global_zero:
            epoch, values = trainer.current_epoch, dict(trainer.callback_metrics)
            recorder.step("metrics", lambda: log_metrics(recorder, epoch, values))

    def reduce(self: object) -> tuple[Any, tuple[()]]:
        """Be one that does nothing where the trainer is sent to other processes."""
        return base, ()

    methods = {
        "on_train_start": on_train_start,
        "on_train_epoch_end": on_train_epoch_end,
        "__reduce__": reduce,
    }
    return type("TrackerCallback", (base,), methods)()


def _params(trainer: Any) -> dict[str, object]:
    """Return the number of epochs, and the first optimizer's name and settings."""
    params: dict[str, object] = {"epochs": trainer.max_epochs}
    for optimizer in trainer.optimizers[:1]:
        inner = getattr(optimizer, "_optimizer", optimizer)  # Lightning may have wrapped it
        params |= {"optimizer_name": type(inner).__name__, **inner.defaults}
    return params


def autolog(
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    **unused: Unpack[Unused],
) -> None:
    """Record every ``fit`` of a Lightning trainer; see `tracker.autolog`.

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
    wrap_fit(module.Trainer, _state, _Lightning(module))
