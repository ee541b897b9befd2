"""LightGBM and XGBoost are recorded round by round, where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sklearn.datasets import load_diabetes
from sklearn.model_selection import GridSearchCV

import tracker
from tracker.artifacts import load_dict
from tracker.entities import Run

X, Y = load_diabetes(return_X_y=True)


@pytest.fixture(autouse=True)
def on() -> Iterator[None]:
    tracker.autolog()
    yield
    tracker.autolog(disable=True)


def only_run() -> Run:
    (run,) = tracker.search_runs(output_format="list")
    return run


def steps(run: Run, key: str) -> list[int]:
    return [point.step for point in tracker.Client().get_metric_history(run.info.run_id, key)]


def test_lightgbm_is_recorded_round_by_round() -> None:
    lightgbm: Any = pytest.importorskip("lightgbm")
    train = lightgbm.Dataset(X[:300], Y[:300])
    valid = lightgbm.Dataset(X[300:], Y[300:], reference=train)
    kept: dict[str, Any] = {}
    booster = lightgbm.train(
        {"objective": "regression", "metric": ["l2", "l1"], "verbose": -1},
        train,
        num_boost_round=40,
        valid_sets=[valid],
        valid_names=["val"],
        callbacks=[lightgbm.early_stopping(3, verbose=False), lightgbm.record_evaluation(kept)],
    )
    run = only_run()
    assert run.info.status == "FINISHED"
    assert run.data.tags["mlflow.autologging"] == "lightgbm"
    assert run.data.params["objective"] == "regression"
    assert run.data.params["num_boost_round"] == "40"
    history = tracker.Client().get_metric_history(run.info.run_id, "val-l2")
    assert [point.value for point in history] == pytest.approx(kept["val"]["l2"])
    assert [point.step for point in history] == list(range(len(history)))
    assert run.data.metrics["best_iteration"] == booster.best_iteration
    importance = load_dict(f"runs:/{run.info.run_id}/feature_importance_gain.json")
    assert isinstance(importance, dict)
    assert len(importance) == X.shape[1]


def test_xgboost_is_recorded_round_by_round() -> None:
    xgboost: Any = pytest.importorskip("xgboost")
    kept: dict[str, Any] = {}
    booster = xgboost.train(
        {"max_depth": 3, "eta": 0.3},
        xgboost.DMatrix(X[:300], Y[:300]),
        num_boost_round=6,
        evals=[(xgboost.DMatrix(X[300:], Y[300:]), "val")],
        early_stopping_rounds=2,
        evals_result=kept,
        verbose_eval=False,
    )
    run = only_run()
    assert run.data.tags["mlflow.autologging"] == "xgboost"
    assert run.data.params["max_depth"] == "3"
    history = tracker.Client().get_metric_history(run.info.run_id, "val-rmse")
    assert [point.value for point in history] == pytest.approx(kept["val"]["rmse"])
    assert run.data.metrics["best_iteration"] == booster.best_iteration
    assert load_dict(f"runs:/{run.info.run_id}/feature_importance_weight.json")


def test_their_estimators_are_recorded_as_scikit_learns_and_round_by_round() -> None:
    xgboost: Any = pytest.importorskip("xgboost")
    model = xgboost.XGBRegressor(n_estimators=4)
    model.fit(X[:300], Y[:300], eval_set=[(X[300:], Y[300:])], verbose=False)
    run = only_run()
    assert run.data.tags["estimator_name"] == "XGBRegressor"
    assert "training_r2_score" in run.data.metrics
    assert steps(run, "validation_0-rmse") == [0, 1, 2, 3]


def test_folds_of_a_search_do_not_mix_their_rounds_into_one_metric() -> None:
    lightgbm: Any = pytest.importorskip("lightgbm")
    model = lightgbm.LGBMRegressor(n_estimators=3, verbose=-1)
    GridSearchCV(model, {"num_leaves": [3, 5]}, cv=2).fit(X, Y, eval_set=[(X, Y)])
    runs = tracker.search_runs(output_format="list")
    assert len(runs) == 3
    assert not any(key.startswith("valid_0") for run in runs for key in run.data.metrics)


def test_a_training_that_fails_raises_its_own_error() -> None:
    lightgbm: Any = pytest.importorskip("lightgbm")
    with pytest.raises(lightgbm.basic.LightGBMError):
        lightgbm.train({"objective": "nosuch", "verbose": -1}, lightgbm.Dataset(X, Y))
    assert only_run().info.status == "FAILED"
