"""`autolog`: have the trainings of the libraries that are there recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from tracker.errors import InvalidValue
from tracker.tracking.autolog.arrival import when_imported
from tracker.tracking.autolog.recorder import Settings

LIBRARIES = {
    name: f"tracker.tracking.autolog.{name}"
    for name in ("keras", "lightgbm", "pytorch", "sklearn", "xgboost")
}
"""Modules that know a library: `ROOTS`, what to await; `greet`, what to do then; `use`, how."""


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    log_traces: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    exclude_flavors: Sequence[str] | None = None,
) -> None:
    """Record every training of the libraries known here, whether imported before or after.

    scikit-learn, and what builds on its estimators: each ``fit`` logs parameters, metrics of the
    training data, figures and the data set, to the active run or to one of its own. XGBoost and
    LightGBM: ``train`` logs parameters, the metrics of each round, and what counts. Keras and
    PyTorch Lightning: ``fit`` logs parameters, the optimizer's among them, the metrics of each
    epoch, and the model's summary. `disable` stops it; with `exclusive` nothing is added to runs
    that the user started. What is said about models (`log_models`, `log_model_signatures`,
    `log_input_examples`) has no effect: models are not kept. Raises InvalidValue for an unknown
    name in `exclude_flavors`.
    """
    excluded = set(exclude_flavors or ())
    settings = Settings(
        is_on=not disable,
        log_datasets=log_datasets,
        exclusive=exclusive,
        silent=silent,
        extra_tags=dict(extra_tags or {}),
    )
    for library in LIBRARIES:
        if library not in excluded:
            autolog_library(library, settings)


def autolog_library(library: str, settings: Settings) -> None:
    """Record the trainings of one library. Raises InvalidValue for one that is not known."""
    if library not in LIBRARIES:
        raise InvalidValue(
            f"autolog does not know '{library}'. It knows {', '.join(sorted(LIBRARIES))}."
        )
    adapter: Any = import_module(LIBRARIES[library])
    adapter.use(settings)
    for root in adapter.ROOTS:
        when_imported(root, adapter.greet)
