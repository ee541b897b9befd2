"""A small search over hyperparameters: children in a parent, one of which fails."""

# mypy: ignore-errors
# A user's script, without types.

import mlflow

experiment_id = mlflow.create_experiment("nested", tags={"kind": "search"})
mlflow.set_experiment(experiment_id=experiment_id)

with mlflow.start_run(run_name="parent") as parent:
    best = 0.0
    for depth in (1, 2, 3):
        with mlflow.start_run(run_name=f"child {depth}", nested=True) as child:
            mlflow.log_param("depth", depth)
            mlflow.log_metric("score", depth / 10)
            with mlflow.start_run(run_name=f"fold of {depth}", nested=True):
                mlflow.log_metric("fold", 1.0)
        best = max(best, depth / 10)
    try:
        with mlflow.start_run(run_name="broken child", nested=True):
            raise ValueError("diverged")
    except ValueError:
        mlflow.set_tag("had failures", True)
    mlflow.log_metric("best", best)

with mlflow.start_run(run_name="late child", parent_run_id=parent.info.run_id):
    mlflow.log_param("late", True)

assert mlflow.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
with mlflow.start_run(run_name="outer"):
    try:
        mlflow.start_run(run_name="never")
    except Exception as error:
        assert "already active" in str(error)
        assert "nested=True" in str(error)
