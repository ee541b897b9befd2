"""Parameters and metrics: a loop over epochs, special values, params of many types."""

# mypy: ignore-errors
# A user's script, without types.

import math

import mlflow

mlflow.set_experiment("parameters")
with mlflow.start_run(run_name="basics", tags={"team": "vision", "n": 3}, description="A *run*."):
    mlflow.log_param("lr", 0.01)
    mlflow.log_params({"layers": [64, 32], "act": "relu", "bias": True, "none": None, "é": "ü"})
    for epoch in range(20):
        mlflow.log_metric("loss", 1 / (epoch + 1), step=epoch)
        mlflow.log_metrics({"acc": epoch / 20, "val/acc": epoch / 40}, step=epoch)
    mlflow.log_metric("late", 1.0, step=10)
    mlflow.log_metric("late", 2.0, step=5)
    mlflow.log_metric("same step", 1.0)
    mlflow.log_metric("same step", 3.0)
    mlflow.log_metric("undefined", math.nan)
    mlflow.log_metric("flag", True)
    mlflow.log_metric("text", "0.5")
    mlflow.log_metric("negative", -1e-300, step=-5)
    mlflow.set_tag("stage", "draft")
    mlflow.set_tags({"stage": "done", "epochs": 20})
    mlflow.set_tag("gone", 1)
    mlflow.delete_tag("gone")

run = mlflow.start_run(run_name="bare")
mlflow.log_param("bare", 1)
assert mlflow.active_run().info.run_id == run.info.run_id
mlflow.end_run("KILLED")
assert mlflow.active_run() is None

try:
    with mlflow.start_run(run_name="conflict"):
        mlflow.log_param("p", 1)
        mlflow.log_param("p", 1)
        mlflow.log_param("p", 2)
except mlflow.exceptions.MlflowException as error:
    assert "Changing param values is not allowed" in str(error)
