"""Artifacts: files, folders, text and dicts, read back and downloaded."""

# mypy: ignore-errors
# A user's script, without types.

from pathlib import Path

import mlflow
from mlflow import MlflowClient

folder = Path("output")
(folder / "checkpoints").mkdir(parents=True)
(folder / "weights.bin").write_bytes(bytes(range(256)) * 40)
(folder / "checkpoints" / "1.txt").write_text("first")
(folder / "checkpoints" / "2.txt").write_text("second")

with mlflow.start_run(run_name="artifacts") as run:
    mlflow.log_artifact("output/weights.bin")
    mlflow.log_artifact("output/weights.bin", artifact_path="copies/of")
    mlflow.log_artifacts("output", artifact_path="all")
    mlflow.log_artifact("output/checkpoints", artifact_path="folder")
    mlflow.log_artifacts("output/checkpoints")
    mlflow.log_text("# Notes\nü\n", "notes/readme.md")
    mlflow.log_dict({"lr": 0.1, "layers": [1, 2], "nested": {"a": None}}, "config.json")
    mlflow.log_dict({"lr": 0.1, "layers": [1, 2], "nested": {"a": None}}, "config.yaml")
    mlflow.log_dict([1, 2, 3], "plain")
    mlflow.log_text("old", "replaced.txt")
    mlflow.log_text("new", "replaced.txt")
    assert mlflow.get_artifact_uri("config.json").endswith("/config.json")
    for path in ("../escape.txt", "/absolute.txt"):
        try:
            mlflow.log_text("x", path)
        except Exception:
            mlflow.log_metric("refused", 1.0)

run_id = run.info.run_id
client = MlflowClient()
listing = [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run_id)]
inner = [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run_id, "all")]
assert client.list_artifacts(run_id, "notes/readme.md") == []
local = client.download_artifacts(run_id, "all/checkpoints/1.txt")
loaded = mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json")
text = mlflow.artifacts.load_text(f"runs:/{run_id}/notes/readme.md")
everything = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="all")
names = sorted(p.name for p in Path(everything).rglob("*") if p.is_file())
with mlflow.start_run(run_name="read back"):
    mlflow.log_params({"listing": listing, "inner": inner, "loaded": loaded, "text": text})
    mlflow.log_params({"downloaded": Path(local).read_text(), "names": names})
