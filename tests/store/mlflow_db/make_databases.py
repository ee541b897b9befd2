"""Make a database with the MLflow that is installed, for the tests to read.

How the files in `made/` came to be (any Python that the version runs on; the names of the packages
are those of the time):

    uv venv -p 3.9 old && uv pip install -p old/bin/python mlflow-skinny==1.30.0 \\
        "sqlalchemy<1.5" "alembic<1.9" "setuptools<70" "numpy<2" "pandas<2" "protobuf<4.22" sqlparse
    old/bin/python make_databases.py logged.json made/mlflow-1.30.0.db.gz

2.0.1 likewise with "sqlalchemy<2" "alembic<2" "protobuf<5", 2.22.0 on Python 3.10. What is logged
is `logged.json`, which `python -m tests.store.mlflow_db.logged` wrote. This file imports nothing of
tracker's and keeps to the Python of 2019, so that old versions can run it.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any


def log_all(plans: dict[str, Any], path: str) -> None:
    """Log the plans to a database at `path`; ids are MLflow's own, tags tell which run is which."""
    import mlflow
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.tracking import MlflowClient

    version = tuple(int(part) for part in mlflow.__version__.split(".")[:2])
    client = MlflowClient("sqlite:///" + path)
    ids = {"Default": "0"}
    for experiment in plans["experiments"]:
        name = experiment["name"]
        if name != "Default":
            ids[name] = client.create_experiment(name, "s3://bucket/" + str(len(ids)))
        for key, value in experiment["tags"].items():
            client.set_experiment_tag(ids[name], key, value)
    for plan in plans["runs"]:
        run = client.create_run(ids[plan["experiment"]], plan["start_time"], dict(plan["tags"]))
        run_id = run.info.run_id
        metrics = [
            Metric(key, float(value), timestamp, step)
            for key, points in plan["metrics"].items()
            for value, timestamp, step in points
        ]
        params = dict(plan["params"])
        if version >= (2, 22):
            params.update(plan["long_params"])
        client.log_batch(
            run_id,
            metrics=metrics,
            params=[Param(key, value) for key, value in params.items()],
            tags=[RunTag(key, value) for key, value in plan["more_tags"].items()],
        )
        if version >= (2, 4):
            log_inputs(client, run_id, plan["inputs"])
        if plan["status"] != "RUNNING":
            client.set_terminated(run_id, plan["status"], plan["end_time"])
        if plan["deleted"]:
            client.delete_run(run_id)
    for experiment in plans["experiments"]:
        if experiment["deleted"]:
            client.delete_experiment(ids[experiment["name"]])


def log_inputs(client: Any, run_id: str, inputs: list[dict[str, Any]]) -> None:
    """Log data sets, which MLflow has had since 2.4."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    found = [
        DatasetInput(Dataset(**it["dataset"]), [InputTag(*tag) for tag in it["tags"].items()])
        for it in inputs
    ]
    if found:
        client.log_inputs(run_id, found)


def main(logged: str, target: str) -> None:
    """Make the database and keep it as small as it goes."""
    plans = json.loads(Path(logged).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mlflow.db")
        log_all(plans, str(path))
        connection = sqlite3.connect(str(path))
        connection.execute("VACUUM")
        connection.close()
        # No time inside: the same content makes the same file.
        Path(target).write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
