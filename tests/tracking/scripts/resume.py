"""Resuming, ending, deleting and restoring runs, by id and through the environment."""

# mypy: ignore-errors
# A user's script, without types.

import os

import mlflow
from mlflow import MlflowClient

with mlflow.start_run(run_name="interrupted") as run:
    mlflow.log_param("lr", 0.1)
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
run_id = run.info.run_id

with mlflow.start_run(run_id=run_id, tags={"resumed": 1}, description="again") as resumed:
    assert resumed.info.run_id == run_id
    assert mlflow.get_run(run_id).info.status == "RUNNING"
    for step in range(3, 6):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
assert mlflow.last_active_run().info.run_id == run_id

os.environ["MLFLOW_RUN_ID"] = run_id
with mlflow.start_run():
    mlflow.log_param("by", "environment")

client = MlflowClient()
other = client.create_run("0", tags={"made": "by client"}, run_name="explicit", start_time=1234)
other_id = other.info.run_id
client.log_param(other_id, "p", 1)
client.log_metric(other_id, "m", 0.5, step=2, timestamp=99)
client.log_batch(
    other_id,
    metrics=[mlflow.entities.Metric("m", 1.5, 100, 3)],
    params=[mlflow.entities.Param("q", "2")],
    tags=[mlflow.entities.RunTag("t", "v")],
)
client.log_text(other_id, "text", "a/b.txt")
client.set_tag(other_id, "gone", 1)
client.delete_tag(other_id, "gone")
client.update_run(other_id, name="renamed")
client.set_terminated(other_id, "FAILED", end_time=5678)
history = [(m.value, m.timestamp, m.step) for m in client.get_metric_history(other_id, "m")]
mlflow.log_params({"later": history}, run_id=other_id)
mlflow.log_metric("later", 1.0, run_id=other_id)

with mlflow.start_run(run_name="deleted") as gone:
    pass
mlflow.delete_run(gone.info.run_id)
try:
    mlflow.start_run(run_id=gone.info.run_id)
except Exception as error:
    assert "deleted" in str(error)
with mlflow.start_run(run_name="restored") as back:
    pass
mlflow.delete_run(back.info.run_id)
client.restore_run(back.info.run_id)

mlflow.log_metric("without a run", 1.0)
mlflow.set_tag("mlflow.runName", "started by logging")
mlflow.end_run()
