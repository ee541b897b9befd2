"""Stores filled with runs that are hard to copy, and what all of a store is, to be compared."""

from __future__ import annotations

from typing import Any

from tests.store.neighbours import as_text, log_to_tracker, make_plan
from tracker.artifacts import open_artifacts, walk
from tracker.entities import Metric, ViewType
from tracker.store import Store

FILES = {"model/größe 1.bin": b"\x00\xff" * 3000, "a.txt": b"", "deep/er/than/that.txt": b"x\r\n"}


def fill(store: Store, count: int = 24) -> list[str]:
    """Log runs to three experiments, one of them deleted; return their ids."""
    vision = store.create_experiment("vision <1>", tags={"team": "größe"})
    gone = store.create_experiment("gone")
    store.create_experiment("empty")
    experiments = ["0", vision, gone]
    run_ids = [log_to_tracker(store, experiments[i % 3], make_plan(i)) for i in range(count)]
    for i, run_id in enumerate(run_ids):
        if i % 4 == 1:
            store.log_batch(run_id, tags={"mlflow.parentRunId": run_ids[i - 1]})
        if i % 3 == 1:
            files = open_artifacts(store.get_run(run_id).info.artifact_uri)
            for path, content in FILES.items():
                files.put(path, [content, str(i).encode()])
        if i % 6 == 0:
            store.log_batch(run_id, params={"long": "p" * 6000}, tags={"long": "t" * 8000})
        if i % 7 == 0:
            store.update_run(run_id, lifecycle_stage="deleted")
    store.update_experiment(gone, lifecycle_stage="deleted")
    return run_ids


def whole(store: Store) -> dict[str, Any]:
    """Return all that a store holds of runs, but for where it keeps them."""
    experiments = {it.experiment_id: it for it in store.search_experiments(view_type=ViewType.ALL)}
    found: dict[str, Any] = {}
    for run in store.search_runs(None, view_type=ViewType.ALL):
        info = run.info
        found[info.run_id] = {
            "experiment": experiments[info.experiment_id].name,
            "info": (
                info.run_name, info.user_id, info.status, info.start_time, info.end_time,
                info.lifecycle_stage,
            ),
            "params": dict(run.data.params),
            "tags": dict(run.data.tags),
            "inputs": sorted(map(str, run.inputs.dataset_inputs)),
            # SQLite keeps the last value -0.0 as 0.0; the points tell.
            "metrics": as_text({key: it + 0.0 for key, it in run.data.metrics.items()}),
            "points": {key: points(store, info.run_id, key) for key in run.data.metrics},
            "files": files_of(info.artifact_uri),
        }  # fmt: skip
    return found


def experiments_of(store: Store) -> list[Any]:
    """Return all experiments, but for their ids and places."""
    return sorted(
        (it.name, it.lifecycle_stage, it.creation_time, sorted(it.tags.items()))
        for it in store.search_experiments(view_type=ViewType.ALL)
        if it.experiment_id != "0"
    )


def points(store: Store, run_id: str, key: str) -> str:
    history = store.metric_history(run_id, key)
    columns = (history.steps.tolist(), history.timestamps.tolist(), history.values.tolist())
    return as_text(zip(*columns, strict=True))


def files_of(uri: str) -> dict[str, bytes]:
    artifacts = open_artifacts(uri)
    found = {}
    for entry in walk(artifacts):
        with artifacts.open(entry.path) as file:
            found[entry.path] = file.read()
    return found


def log_many(store: Store, run_id: str, key: str, count: int) -> None:
    """Log many points in a few calls."""
    for start in range(0, count, 100_000):
        metrics = [Metric(key, i * 0.5, 1000 + i, i) for i in range(start, start + 100_000)]
        store.log_batch(run_id, metrics=metrics)
