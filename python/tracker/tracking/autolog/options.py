"""What one may say to the `autolog` of a single library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from tracker.tracking.autolog.recorder import Settings
from tracker.tracking.losses import warn


class Unused(TypedDict, total=False):
    """What MLflow's functions take besides and that changes nothing here.

    Models and checkpoints are not kept, so that what is said of them is not needed. The rest is
    recorded in one way only, and who asks for another is told.
    """

    log_input_examples: bool
    log_model_signatures: bool
    log_models: bool
    registered_model_name: str | None
    model_format: str
    save_exported_model: bool
    save_model_kwargs: Mapping[str, object] | None
    checkpoint: bool
    checkpoint_monitor: str
    checkpoint_mode: str
    checkpoint_save_best_only: bool
    checkpoint_save_weights_only: bool
    checkpoint_save_freq: str | int
    disable_for_unsupported_versions: bool
    importance_types: list[str] | None
    log_every_epoch: bool
    log_every_n_epoch: int
    log_every_n_step: int | None
    log_every_n_steps: int | None


_ONE_WAY: Mapping[str, object] = {
    "importance_types": None,
    "log_every_epoch": True,
    "log_every_n_epoch": 1,
    "log_every_n_step": None,
    "log_every_n_steps": None,
}
"""Options that are told to have no effect, with the value that asks for nothing else."""


def settings_of(
    *,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    unused: Unused,
) -> Settings:
    """Return the settings that the options of an `autolog` stand for.

    Warns of options without effect unless `silent`. Raises TypeError for one that is not known.
    """
    unknown = sorted(unused.keys() - Unused.__annotations__.keys())
    if unknown:
        raise TypeError(f"autolog() has no option {', '.join(unknown)}.")
    ignored = [key for key, usual in _ONE_WAY.items() if unused.get(key, usual) != usual]
    if ignored and not silent:
        warn(
            f"autolog: {', '.join(ignored)} has no effect: metrics are recorded once a round or "
            "epoch, and the importance of features in the library's usual way."
        )
    return Settings(
        is_on=not disable,
        log_datasets=log_datasets,
        exclusive=exclusive,
        silent=silent,
        extra_tags=dict(extra_tags or {}),
    )
