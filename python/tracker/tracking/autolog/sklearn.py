"""scikit-learn, and every library whose estimators are scikit-learn's: fit() is recorded."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from tracker.tracking.autolog.arrival import when_imported
from tracker.tracking.autolog.recorder import Recorder, Settings, recording

LIBRARY = "sklearn"
ROOTS = ("sklearn.base",)
"""The module whose import brings the estimators."""

_EXCLUDED = (
    "sklearn.preprocessing",
    "sklearn.impute",
    "sklearn.feature_extraction",
    "sklearn.feature_selection",
    "sklearn.compose",
)
"""Modules of transformers: they prepare a training and are no training."""


@dataclass
class _State:
    settings: Settings


_state = _State(Settings(is_on=False))


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    max_tuning_runs: int | None = 5,
    log_post_training_metrics: bool = True,
    extra_tags: Mapping[str, str] | None = None,
) -> None:
    """Record every ``fit`` of a scikit-learn estimator; see `tracker.autolog`.

    Of a search over parameters the best `max_tuning_runs` trials become runs of their own.
    """
    use(
        Settings(
            is_on=not disable,
            log_datasets=log_datasets,
            exclusive=exclusive,
            silent=silent,
            max_tuning_runs=max_tuning_runs,
            extra_tags=dict(extra_tags or {}),
        )
    )
    when_imported(ROOTS[0], greet)


def use(settings: Settings) -> None:
    """Record, or stop recording, by these settings."""
    _state.settings = settings


def greet(module: ModuleType) -> None:
    """Have fit() recorded for all estimators there are, and all that will be defined."""
    base = module.BaseEstimator
    if "__init_subclass__" in vars(base) and hasattr(base.__init_subclass__, "_by_tracker"):
        return
    inherited = base.__init_subclass__

    def init_subclass(cls: type, /, **kwargs: object) -> None:
        inherited.__func__(cls, **kwargs)
        _wrap_fit(cls)

    init_subclass._by_tracker = True  # type: ignore[attr-defined]  # so that it is done once
    base.__init_subclass__ = classmethod(init_subclass)
    for known in _subclasses(base):
        _wrap_fit(known)


def _subclasses(base: type) -> Iterator[type]:
    known: type
    for known in base.__subclasses__():
        yield known
        yield from _subclasses(known)


def _wrap_fit(cls: type) -> None:
    fit = vars(cls).get("fit")
    if not isinstance(fit, FunctionType) or hasattr(fit, "_by_tracker"):
        return
    if cls.__module__.startswith(_EXCLUDED):
        return
    cls.fit = _recorded(fit)  # type: ignore[attr-defined]  # it has one, see above


def _recorded(fit: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fit)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not _state.settings.is_on:
            return fit(self, *args, **kwargs)
        with recording(LIBRARY, _state.settings) as recorder:
            if recorder is None:
                return fit(self, *args, **kwargs)
            return _fit_and_record(recorder, fit, self, args, kwargs)

    wrapped._by_tracker = True  # type: ignore[attr-defined]  # so that it is done once
    return wrapped


def _fit_and_record(
    recorder: Recorder,
    fit: Callable[..., Any],
    estimator: Any,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Any:
    from tracker.tracking.autolog import sklearn_facts as facts

    given = _Given.of(fit, estimator, args, kwargs)
    recorder.step("tags", lambda: facts.log_tags(recorder, estimator))
    recorder.step("params", lambda: recorder.log_params(facts.params_of(estimator)))
    result = fit(estimator, *args, **kwargs)
    if recorder.settings.log_datasets:
        recorder.step("data set", lambda: facts.log_data(recorder, given.x, given.y))
    recorder.step("metrics", lambda: facts.log_metrics(recorder, estimator, given))
    recorder.step("picture of the model", lambda: facts.log_html(recorder, estimator))
    if recorder.settings.log_figures:
        recorder.step("figures", lambda: facts.log_figures(recorder, estimator, given))
    if hasattr(estimator, "cv_results_"):
        recorder.step("search", lambda: facts.log_search(recorder, estimator))
    return result


@dataclass(frozen=True, slots=True)
class _Given:
    """What fit() was given."""

    x: Any = None
    y: Any = None
    sample_weight: Any = None

    @classmethod
    def of(
        cls, fit: Callable[..., Any], estimator: Any, args: Any, kwargs: Mapping[str, Any]
    ) -> _Given:
        """Return the arguments by their names; none of them where they do not fit."""
        try:
            given = inspect.signature(fit).bind(estimator, *args, **kwargs).arguments
        except TypeError:
            return cls()
        extra = given.get("params", {}) if isinstance(given.get("params"), dict) else {}
        positional = list(given.values())[1:]
        x = given.get("X", positional[0] if positional else None)
        weight = given.get("sample_weight", extra.get("sample_weight"))
        return cls(x, given.get("y"), weight)
