"""LightGBM: lightgbm.train() is recorded, round by round."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Unpack

from tracker.tracking.autolog.arrival import when_imported
from tracker.tracking.autolog.boosting import State, wrap_train
from tracker.tracking.autolog.options import Unused, settings_of
from tracker.tracking.autolog.recorder import Settings

ROOTS = ("lightgbm",)

_MODULES = ("lightgbm", "lightgbm.engine", "lightgbm.sklearn")
_state = State()


class _LightGBM:
    library = "lightgbm"

    def callback(self, log: Callable[[int, Mapping[str, float]], None]) -> Any:
        """Return a callback for train() that passes step and metrics of each round on."""

        def after_round(env: Any) -> None:
            results = env.evaluation_result_list or ()
            log(env.iteration, {f"{entry[0]}-{entry[1]}": entry[2] for entry in results})

        return after_round

    def results(self, booster: Any) -> Mapping[str, float]:
        """Return where an early stop found the best round; nothing without one."""
        if booster.best_iteration <= 0:
            return {}
        stopped = booster.current_iteration()
        return {"stopped_iteration": stopped, "best_iteration": booster.best_iteration}

    def importance(self, booster: Any) -> Mapping[str, Mapping[str, float]]:
        """Return how much each feature counts, by kind of importance."""
        names = booster.feature_name()
        return {
            kind: dict(zip(names, booster.feature_importance(kind).tolist(), strict=True))
            for kind in ("split", "gain")
        }


def autolog(
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    **unused: Unpack[Unused],
) -> None:
    """Record every ``train`` of LightGBM; see `tracker.autolog`.

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
    wrap_train(known, _state, _LightGBM())
