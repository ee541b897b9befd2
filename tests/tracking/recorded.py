"""Runs scripts and keeps what each recorded, whichever library recorded it.

Called as ``python recorded.py mlflow|tracker SCRIPT...``. Each script runs in its folder and in a
fork of its own of this process, which has imported the library once; the answer lies beside the
script, as JSON.
"""

import hashlib
import json
import os
import runpy
import sys
import traceback
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ANSWER = "recorded.json"


def main(library: str, *scripts: str) -> None:
    """Run the scripts with `library` in the place of mlflow and keep what they recorded."""
    warnings.simplefilter("ignore")
    if library == "tracker":
        stand_in()
    mlflow: Any = import_module("mlflow")
    for script in scripts:
        pid = os.fork()
        if pid == 0:
            record(mlflow, Path(script))
        os.waitpid(pid, 0)


def record(mlflow: Any, script: Path) -> None:
    """Run a script in this process, which ends with it; one that fails leaves no answer."""
    try:
        os.chdir(script.parent)
        sys.argv = [script.name]
        runpy.run_path(script.name, run_name="__main__")
        Path(ANSWER).write_text(json.dumps(recorded(mlflow)))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def recorded(mlflow: Any) -> dict[str, Any]:
    """Return all that was recorded."""
    experiments = mlflow.search_experiments(view_type=mlflow.entities.ViewType.ALL)
    runs = mlflow.search_runs(
        [experiment.experiment_id for experiment in experiments],
        run_view_type=mlflow.entities.ViewType.ALL,
        output_format="list",
    )
    names = {run.info.run_id: run.info.run_name for run in runs}
    kinds = {experiment.experiment_id: experiment.name for experiment in experiments}
    return {
        "experiments": {
            e.name: [e.lifecycle_stage, sorted(e.tags.items())]
            for e in experiments
            if e.name != "Default"
        },
        "runs": sorted((described(mlflow, run, names, kinds) for run in runs), key=json.dumps),
    }


def stand_in() -> None:
    """Let scripts that import mlflow get tracker."""
    import tracker

    sys.modules["mlflow"] = tracker
    sys.modules["mlflow.entities"] = tracker.entities


def described(mlflow: Any, run: Any, names: dict[str, str], kinds: dict[str, str]) -> Any:
    """Return all that was recorded of a run that two libraries must agree on."""
    client = mlflow.MlflowClient()
    run_id = run.info.run_id
    tags = {key: names.get(value, value) for key, value in run.data.tags.items()}
    tags.pop("mlflow.source.name", None)
    return {
        "name": run.info.run_name,
        "experiment": kinds[run.info.experiment_id],
        "status": str(run.info.status),
        "stage": str(run.info.lifecycle_stage),
        "user": run.info.user_id,
        "times": [run.info.start_time >= 1234, (run.info.end_time or 0) >= run.info.start_time],
        "params": sorted(run.data.params.items()),
        "metrics": sorted((key, repr(value)) for key, value in run.data.metrics.items()),
        "history": {
            key: [(m.step, repr(m.value)) for m in in_order(client.get_metric_history(run_id, key))]
            for key in sorted(run.data.metrics)
        },
        "tags": sorted(tags.items()),
        "inputs": sorted(described_input(entry) for entry in run.inputs.dataset_inputs),
        "files": sorted(files(client, run_id)),
    }


def in_order(history: list[Any]) -> list[Any]:
    """Return points in an order that does not depend on how fast they were logged."""
    return sorted(history, key=lambda point: (point.step, repr(point.value)))


def described_input(entry: Any) -> list[Any]:
    """Return a data set and how it was used."""
    is_dict = isinstance(entry.tags, dict)
    tags = entry.tags.items() if is_dict else [(tag.key, tag.value) for tag in entry.tags]
    dataset = entry.dataset
    return [
        dataset.name,
        dataset.digest,
        dataset.source_type,
        dataset.source,
        dataset.schema,
        dataset.profile,
        sorted(map(list, tags)),
    ]


def files(client: Any, run_id: str, path: str | None = None) -> Iterator[list[Any]]:
    """Yield path, size and digest of every artifact; random parts of names left out."""
    for entry in client.list_artifacts(run_id, path):
        if entry.is_dir:
            yield from files(client, run_id, entry.path)
            continue
        local = Path(client.download_artifacts(run_id, entry.path))
        if entry.path.endswith((".html", ".parquet")) or entry.path.startswith("training_"):
            yield [entry.path, 0, ""]  # holds random ids or versions, or is drawn in a style
        elif "+step+" in entry.path:
            before, _, after = entry.path.rpartition("+1000+")
            yield [f"{before}{after[36:]}", entry.file_size, content(local)]
        else:
            yield [entry.path, entry.file_size, content(local)]


def content(path: Path) -> str:
    """Return a digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
