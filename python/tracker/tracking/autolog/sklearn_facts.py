"""What there is to record of a fitted scikit-learn estimator, under the names MLflow gives it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from io import BytesIO
from typing import Any, Protocol, SupportsFloat

from tracker.entities import DatasetInput, Metric
from tracker.tracking import data, session
from tracker.tracking.autolog.recorder import AUTOLOGGING, Recorder
from tracker.tracking.files import keep, keep_text
from tracker.tracking.runs import PARENT_RUN_ID

PREFIX = "training_"


class Given(Protocol):
    """What fit() was given."""

    @property
    def x(self) -> Any:
        """The features."""

    @property
    def y(self) -> Any:
        """The targets, None where there are none."""

    @property
    def sample_weight(self) -> Any:
        """The weights, None where there are none."""


def tags_of(estimator: Any) -> dict[str, str]:
    """Return what kind of estimator this is."""
    kind = type(estimator)
    return {
        "estimator_name": kind.__name__,
        "estimator_class": f"{kind.__module__}.{kind.__name__}",
    }


def log_tags(recorder: Recorder, estimator: Any) -> None:
    """Record what kind of estimator is fitted."""
    recorder.run.store.log_batch(recorder.run.run_id, tags=tags_of(estimator))


def params_of(estimator: Any) -> Mapping[str, object]:
    """Return the estimator's parameters; those of the parts of a search are its results."""
    params: Mapping[str, object] = estimator.get_params(deep=not _is_search(estimator))
    return params


def _is_search(estimator: Any) -> bool:
    return hasattr(type(estimator), "_run_search")


def log_data(recorder: Recorder, x: Any, y: Any) -> None:
    """Record the data set that was fitted to, where it is a DataFrame or an array."""
    dataset = _data(x, y)
    if dataset is not None:
        recorder.run.store.log_inputs(recorder.run.run_id, [dataset])


def _data(x: Any, y: Any) -> DatasetInput | None:
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pandas is not None and isinstance(x, pandas.DataFrame):
        found = data.from_pandas(x)
    elif numpy is not None and isinstance(x, numpy.ndarray):
        targets = numpy.asarray(y) if y is not None else None
        found = data.from_numpy(x, targets=targets)
    else:
        return None
    return data.inputs_of([found], ["train"], [None])[0]


def log_metrics(recorder: Recorder, estimator: Any, given: Given) -> None:
    """Record how well the estimator does on what it was fitted to."""
    if given.y is None:
        return
    from sklearn.base import is_classifier, is_regressor

    values: dict[str, float] = {}
    if is_classifier(estimator):
        values |= _classifier_metrics(recorder, estimator, given)
    elif is_regressor(estimator):
        values |= _regressor_metrics(estimator, given)
    if hasattr(estimator, "score"):
        values["score"] = estimator.score(given.x, given.y, **_weights(estimator, given))
    if _is_search(estimator) and hasattr(estimator, "best_score_"):
        best = {"best_cv_score": estimator.best_score_}
        recorder.step("best score", lambda: _log(recorder, best))
    _log(recorder, {f"{PREFIX}{key}": value for key, value in values.items()})


def _weights(estimator: Any, given: Given) -> dict[str, Any]:
    from sklearn.utils.validation import has_fit_parameter

    is_taken = given.sample_weight is not None and has_fit_parameter(estimator, "sample_weight")
    return {"sample_weight": given.sample_weight} if is_taken else {}


def _log(recorder: Recorder, values: Mapping[str, Any]) -> None:
    now = session.now()
    points = [Metric(key, float(value), now) for key, value in values.items()]
    recorder.run.store.log_batch(recorder.run.run_id, metrics=points)


def _classifier_metrics(recorder: Recorder, estimator: Any, given: Given) -> dict[str, float]:
    from sklearn import metrics

    predicted = estimator.predict(given.x)
    common: dict[str, Any] = {"sample_weight": given.sample_weight}
    values = {
        name: function(given.y, predicted, average="weighted", **common)
        for name, function in (
            ("precision_score", metrics.precision_score),
            ("recall_score", metrics.recall_score),
            ("f1_score", metrics.f1_score),
        )
    }
    values["accuracy_score"] = metrics.accuracy_score(given.y, predicted, **common)
    if hasattr(estimator, "predict_proba"):
        chances = estimator.predict_proba(given.x)
        recorder.step(
            "log loss",
            lambda: values.update(log_loss=metrics.log_loss(given.y, chances, **common)),
        )
        recorder.step("ROC", lambda: values.update(roc_auc=_roc_auc(given, chances)))
    return values


def _roc_auc(given: Given, chances: Any) -> float:
    from sklearn.metrics import roc_auc_score

    scores = chances[:, 1] if chances.shape[1] == 2 else chances
    return float(
        roc_auc_score(
            given.y,
            scores,
            average="weighted",
            sample_weight=given.sample_weight,
            multi_class="ovo",
        )
    )


def _regressor_metrics(estimator: Any, given: Given) -> dict[str, float]:
    from sklearn import metrics

    predicted = estimator.predict(given.x)
    common: dict[str, Any] = {"sample_weight": given.sample_weight}
    squared = metrics.mean_squared_error(given.y, predicted, **common)
    return {
        "mean_squared_error": squared,
        "mean_absolute_error": metrics.mean_absolute_error(given.y, predicted, **common),
        "r2_score": metrics.r2_score(given.y, predicted, **common),
        "root_mean_squared_error": squared**0.5,
    }


def log_html(recorder: Recorder, estimator: Any) -> None:
    """Keep scikit-learn's own picture of the estimator."""
    from sklearn.utils import estimator_html_repr

    keep_text(recorder.target, estimator_html_repr(estimator), "estimator.html")


def log_figures(recorder: Recorder, estimator: Any, given: Given) -> None:
    """Keep the confusion matrix of a classifier, and for two classes its curves."""
    from sklearn.base import is_classifier

    if given.y is None or not is_classifier(estimator) or find_spec("matplotlib") is None:
        return
    from sklearn import metrics

    display: Callable[..., Any] = metrics.ConfusionMatrixDisplay.from_estimator
    _draw(recorder, "confusion_matrix", display, estimator, given, normalize="true")
    if len(getattr(estimator, "classes_", ())) == 2 and hasattr(estimator, "predict_proba"):
        curves: dict[str, Callable[..., Any]] = {
            "roc_curve": metrics.RocCurveDisplay.from_estimator,
            "precision_recall_curve": metrics.PrecisionRecallDisplay.from_estimator,
        }
        for name, curve in curves.items():
            _draw(recorder, name, curve, estimator, given)


def _draw(
    recorder: Recorder,
    name: str,
    display: Callable[..., Any],
    estimator: Any,
    given: Given,
    **options: Any,
) -> None:
    from matplotlib.figure import Figure

    def draw() -> None:
        figure = Figure(layout="constrained")
        weight = given.sample_weight
        display(estimator, given.x, given.y, sample_weight=weight, ax=figure.subplots(), **options)
        file = BytesIO()
        figure.savefig(file, format="png")
        keep(recorder.target, f"{PREFIX}{name}.png", (file.getvalue(),))

    recorder.step(name.replace("_", " "), draw)


def log_search(recorder: Recorder, estimator: Any) -> None:
    """Record what a search over parameters found, its best trials as runs of their own."""
    import pandas as pd

    results = pd.DataFrame(estimator.cv_results_)
    keep_text(recorder.target, results.to_csv(index=False), "cv_results.csv")
    if hasattr(estimator, "best_params_"):
        best = {f"best_{key}": value for key, value in estimator.best_params_.items()}
        recorder.log_params(best)
    ranks = [str(name) for name in results if str(name).startswith("rank_test_")]
    ordered = results.sort_values(ranks[0], kind="stable") if ranks else results
    for _, trial in ordered.head(_trials(recorder, len(results))).iterrows():
        _log_trial(recorder, estimator.estimator, trial.to_dict())


def _trials(recorder: Recorder, total: int) -> int:
    limit = recorder.settings.max_tuning_runs
    return total if limit is None else limit


def _log_trial(recorder: Recorder, estimator: Any, trial: Mapping[Any, Any]) -> None:
    store, run = recorder.run.store, recorder.run
    tags = {PARENT_RUN_ID: run.run_id, AUTOLOGGING: "sklearn", **tags_of(estimator)}
    child = store.create_run(
        run.info.experiment_id, user_id=run.info.user_id, start_time=run.info.start_time, tags=tags
    )
    params = {**estimator.get_params(deep=not _is_search(estimator)), **trial["params"]}
    values = {
        str(key): float(value)
        for key, value in trial.items()
        if isinstance(value, SupportsFloat) and not str(key).startswith(("param", "split"))
    }
    now = session.now()
    store.log_batch(
        child.info.run_id,
        params={key: str(value) for key, value in params.items()},
        metrics=[Metric(key, value, now) for key, value in values.items()],
    )
    store.update_run(child.info.run_id, status="FINISHED")
