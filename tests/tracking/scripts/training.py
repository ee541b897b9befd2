"""A real training as a person writes it: grid, metrics, plots, the best run found by search."""

# mypy: ignore-errors
# A user's script, without types.

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # after the backend is chosen
import mlflow
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

features, target = load_diabetes(return_X_y=True, as_frame=True)
x_train, x_test, y_train, y_test = train_test_split(features, target, random_state=0)
mlflow.set_experiment("diabetes")
data = mlflow.data.from_pandas(x_train, source="diabetes.csv", name="diabetes", digest="fixed")

with mlflow.start_run(run_name="grid") as grid:
    mlflow.log_input(data, context="training")
    for alpha in (0.01, 0.1):
        for ratio in (0.2, 0.8):
            with mlflow.start_run(run_name=f"{alpha} {ratio}", nested=True):
                model = ElasticNet(alpha=alpha, l1_ratio=ratio, random_state=0)
                predicted = model.fit(x_train, y_train).predict(x_test)
                mlflow.log_params(model.get_params())
                mlflow.log_metric("r2", r2_score(y_test, predicted))
                mlflow.log_metric("mae", mean_absolute_error(y_test, predicted))
                figure, axes = plt.subplots(figsize=(2, 2))
                axes.scatter(y_test, predicted)
                mlflow.log_figure(figure, "predicted.png")
                plt.close(figure)
    best = mlflow.search_runs(
        filter_string=f"tags.mlflow.parentRunId = '{grid.info.run_id}'",
        order_by=["metrics.r2 DESC"],
        max_results=1,
    ).iloc[0]
    mlflow.log_metric("best r2", best["metrics.r2"])
    mlflow.log_param("best alpha", best["params.alpha"])
