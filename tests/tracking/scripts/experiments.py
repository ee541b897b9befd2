"""Experiments: created, set, tagged, renamed, deleted and restored."""

# mypy: ignore-errors
# A user's script, without types.

import mlflow
from mlflow import MlflowClient

client = MlflowClient()
created = mlflow.create_experiment("created", tags={"a": "1"})
mlflow.set_experiment(experiment_id=created)
mlflow.set_experiment_tag("b", 2)
mlflow.set_experiment_tags({"c": "3", "d": "4"})
mlflow.delete_experiment_tag("d")
with mlflow.start_run(run_name="in created"):
    pass
client.rename_experiment(created, "renamed")
try:
    mlflow.create_experiment("renamed")
except mlflow.exceptions.MlflowException as error:
    assert error.error_code == "RESOURCE_ALREADY_EXISTS"
gone = mlflow.set_experiment("gone").experiment_id
with mlflow.start_run(run_name="in gone"):
    pass
mlflow.delete_experiment(gone)
try:
    mlflow.set_experiment("gone")
except mlflow.exceptions.MlflowException as error:
    assert "deleted experiment" in str(error)
back = mlflow.create_experiment("back")
with mlflow.start_run(run_name="in back", experiment_id=back):
    pass
client.delete_experiment(back)
client.restore_experiment(back)
assert mlflow.get_experiment(back).lifecycle_stage == "active"
assert mlflow.get_experiment_by_name("nobody") is None
with mlflow.start_run(run_name="in default", experiment_id="0"):
    mlflow.log_param("id", mlflow.active_run().info.experiment_id)
