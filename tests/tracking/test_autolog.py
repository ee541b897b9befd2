from __future__ import annotations

import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import VotingRegressor
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

import tracker
from tracker import TrackerWarning
from tracker.artifacts import load_text, open_artifacts, walk
from tracker.entities import Run
from tracker.errors import InvalidValue
from tracker.tracking.autolog.api import autolog_library
from tracker.tracking.autolog.recorder import Settings

X, Y = load_diabetes(return_X_y=True)
FLOWERS, KINDS = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def on() -> Iterator[None]:
    tracker.autolog()
    yield
    tracker.autolog(disable=True)


def runs() -> list[Run]:
    return tracker.search_runs(order_by=["start_time ASC"], output_format="list")


def paths(run: Run) -> list[str]:
    return [info.path for info in walk(open_artifacts(run.info.artifact_uri))]


def test_a_fit_gets_a_run_of_its_own() -> None:
    model = ElasticNet(alpha=0.1).fit(X, Y)
    (run,) = runs()
    assert run.info.status == "FINISHED"
    assert run.data.params["alpha"] == "0.1"
    assert run.data.metrics["training_r2_score"] == pytest.approx(model.score(X, Y))
    assert run.data.metrics["training_score"] == pytest.approx(model.score(X, Y))
    assert run.data.tags["estimator_name"] == "ElasticNet"
    assert run.data.tags["mlflow.autologging"] == "sklearn"
    assert paths(run) == ["estimator.html"]
    (used,) = run.inputs.dataset_inputs
    assert used.tags == {"mlflow.data.context": "train"}
    assert tracker.active_run() is None


def test_a_fit_in_a_run_is_recorded_to_it() -> None:
    with tracker.start_run() as run:
        LogisticRegression().fit(FLOWERS[:100], KINDS[:100])
        tracker.log_metric("mine", 1.0)
    assert len(runs()) == 1
    assert {"training_accuracy_score", "training_roc_auc", "mine"} <= run.data.metrics.keys()
    assert "mlflow.autologging" not in run.data.tags
    assert paths(run) == [
        "estimator.html",
        "training_confusion_matrix.png",
        "training_precision_recall_curve.png",
        "training_roc_curve.png",
    ]


def test_a_second_fit_in_a_run_leaves_the_params_of_the_first() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrackerWarning)
        with tracker.start_run() as run:
            ElasticNet(alpha=0.1).fit(X, Y)
            LogisticRegression(C=2.0).fit(FLOWERS, KINDS)
            ElasticNet(alpha=0.9).fit(X, Y)
    assert run.data.params["alpha"] == "0.1"
    assert run.data.params["C"] == "2.0"


def test_a_fit_that_fails_raises_its_own_error_and_fails_its_run() -> None:
    with pytest.raises(ValueError, match="alpha"):
        ElasticNet(alpha="x").fit(X, Y)
    (run,) = runs()
    assert run.info.status == "FAILED"
    assert run.data.params["alpha"] == "x"


def test_preparations_are_no_trainings() -> None:
    StandardScaler().fit(X)
    assert runs() == []


def test_parts_of_a_training_are_not_recorded_on_their_own() -> None:
    members = [("a", LinearRegression()), ("b", ElasticNet())]
    VotingRegressor(members).fit(X, Y)
    (run,) = runs()
    assert run.data.tags["estimator_name"] == "VotingRegressor"
    assert run.data.params["b__alpha"] == "1.0"


@pytest.mark.parametrize("jobs", [None, 2])
def test_the_best_trials_of_a_search_are_runs_in_its_own(jobs: int | None) -> None:
    joblib = import_module("joblib")
    grid = {"alpha": [0.1, 0.5, 1.0], "l1_ratio": [0.1, 0.5, 0.9]}
    with joblib.parallel_backend("threading"):
        search = GridSearchCV(ElasticNet(), grid, cv=3, n_jobs=jobs).fit(X, Y)
    (parent,) = [run for run in runs() if "mlflow.parentRunId" not in run.data.tags]
    children = [run for run in runs() if "mlflow.parentRunId" in run.data.tags]
    assert len(children) == 5
    assert parent.data.metrics["best_cv_score"] == pytest.approx(search.best_score_)
    assert parent.data.params["best_alpha"] == str(search.best_params_["alpha"])
    assert "alpha" not in parent.data.params
    for child in children:
        assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert child.info.status == "FINISHED"
        assert child.data.metrics["rank_test_score"] <= 5
        assert "mean_test_score" in child.data.metrics
        assert child.data.params["max_iter"] == "1000"
    best = [child for child in children if child.data.metrics["rank_test_score"] == 1]
    assert best[0].data.params["alpha"] == str(search.best_params_["alpha"])
    table = load_text(f"runs:/{parent.info.run_id}/cv_results.csv")
    assert len(table.splitlines()) == 10


def test_the_number_of_trials_kept_is_a_matter_of_choice() -> None:
    tracker.sklearn.autolog(max_tuning_runs=None)
    GridSearchCV(ElasticNet(), {"alpha": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]}, cv=2).fit(X, Y)
    assert len(runs()) == 8


def test_a_recording_that_fails_is_told_and_leaves_the_training_alone() -> None:
    class Broken(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # sklearn has no types
        def fit(self, X: Any, y: Any) -> Broken:
            return self

        def predict(self, X: Any) -> Any:
            raise RuntimeError("cannot predict")

    model = Broken()
    with pytest.warns(TrackerWarning, match="could not record the metrics.*cannot predict"):
        assert model.fit(X, Y) is model
    (run,) = runs()
    assert run.info.status == "FINISHED"
    tracker.autolog(silent=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, Y)


def test_classes_defined_later_are_recorded_and_keep_their_signature() -> None:
    import inspect

    class Mean(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # sklearn has no types
        def __init__(self, shift: float = 0.0) -> None:
            self.shift = shift

        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Mean:
            """Learn the mean."""
            self.mean_ = float(np.mean(y)) + self.shift
            return self

        def predict(self, X: Any) -> Any:
            return np.full(len(X), self.mean_)

    assert list(inspect.signature(Mean.fit).parameters) == ["self", "X", "y", "sample_weight"]
    assert Mean.fit.__doc__ == "Learn the mean."
    Mean(shift=1.0).fit(X, y=Y)
    (run,) = runs()
    assert run.data.params == {"shift": "1.0"}
    assert "training_r2_score" in run.data.metrics


def test_it_can_be_turned_off_and_kept_out_of_ones_own_runs() -> None:
    tracker.autolog(exclusive=True)
    with tracker.start_run() as run:
        ElasticNet().fit(X, Y)
    assert run.data.params == {}
    ElasticNet().fit(X, Y)
    assert len(runs()) == 2
    tracker.autolog(disable=True)
    ElasticNet().fit(X, Y)
    assert len(runs()) == 2


def test_flavors_are_excluded_and_unknown_ones_refused() -> None:
    tracker.autolog(disable=True)
    tracker.autolog(exclude_flavors=["sklearn"])
    ElasticNet().fit(X, Y)
    assert runs() == []
    with pytest.raises(InvalidValue, match="does not know 'nosuch'"):
        autolog_library("nosuch", Settings())


def test_extra_tags_mark_the_runs_that_autolog_starts() -> None:
    tracker.autolog(extra_tags={"by": "autolog"}, log_datasets=False)
    ElasticNet().fit(X, Y)
    (run,) = runs()
    assert run.data.tags["by"] == "autolog"
    assert run.inputs.dataset_inputs == ()


def test_trainings_in_threads_with_runs_of_their_own_go_there() -> None:
    def work(alpha: float) -> None:
        with tracker.start_run(run_name=str(alpha)):
            ElasticNet(alpha=alpha).fit(X, Y)

    threads = [threading.Thread(target=work, args=(alpha,)) for alpha in (0.1, 0.2, 0.3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.info.run_name: run.data.params["alpha"] for run in runs()} == {
        "0.1": "0.1",
        "0.2": "0.2",
        "0.3": "0.3",
    }


def test_a_library_is_awaited_and_not_imported() -> None:
    program = (
        "import sys, tracker\n"
        "tracker.autolog()\n"
        "assert 'sklearn' not in sys.modules\n"
        "from sklearn.linear_model import LinearRegression\n"
        "import sklearn.base\n"
        "assert type(sklearn.base.__spec__.loader).__name__ == 'SourceFileLoader'\n"
        "LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])\n"
        "print(len(tracker.search_runs(output_format='list')))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "1"
    assert result.stderr == ""
