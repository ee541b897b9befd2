"""XGBoost: xgboost.train() is recorded, round by round."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Unpack

from tracker.tracking.autolog.arrival import when_imported
from tracker.tracking.autolog.boosting import State, wrap_train
from tracker.tracking.autolog.options import Unused, settings_of
from tracker.tracking.autolog.recorder import Settings

ROOTS = ("xgboost",)

_MODULES = ("xgboost", "xgboost.training", "xgboost.sklearn")
_state = State()


class _XGBoost:
    library = "xgboost"

    def callback(self, log: Callable[[int, Mapping[str, float]], None]) -> Any:
        """Return a callback for train() that passes step and metrics of each round on."""
        base: Any = import_module("xgboost.callback").TrainingCallback

        def after_iteration(self: object, model: Any, epoch: int, evals_log: Any) -> bool:
            log(epoch, _last_values(evals_log))
            return False

        return type("TrackerCallback", (base,), {"after_iteration": after_iteration})()

    def results(self, booster: Any) -> Mapping[str, float]:
        """Return where an early stop found the best round; nothing without one."""
        try:
            best = booster.best_iteration
        except AttributeError:
            return {}
        return {"stopped_iteration": booster.num_boosted_rounds() - 1, "best_iteration": best}

    def importance(self, booster: Any) -> Mapping[str, Mapping[str, float]]:
        """Return how much each feature counts, by kind of importance."""
        return {"weight": booster.get_score(importance_type="weight")}


def _last_values(evals_log: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, float]:
    """Return the values of the last round; where folds are averaged, without their spread."""
    found = {}
    for name, metrics in evals_log.items():
        for metric, values in metrics.items():
            last = values[-1]
            found[f"{name}-{metric}"] = float(last[0] if isinstance(last, tuple) else last)
    return found


def autolog(
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    **unused: Unpack[Unused],
) -> None:
    """Record every ``train`` of XGBoost; see `tracker.autolog`.

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
    """Have train() recorded from now on."""
    known = [sys.modules[name] for name in _MODULES if name in sys.modules]
    wrap_train(known, _state, _XGBoost())
