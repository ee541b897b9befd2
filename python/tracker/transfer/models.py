"""Logged models of MLflow 3's on their way: their files, their records, and their runs' links.

MLflow's folders keep a model's facts in `meta.yaml` and more files, tracker's own store keeps them
in `model.json` (`tracker.rest.model_records`), both beside the model's artifacts. Links between
runs and models are files of the run there, tags here (`tracker.rest.links`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tracker.artifacts import Artifacts, open_artifacts
from tracker.entities import Experiment, Run
from tracker.errors import StoreError
from tracker.rest.links import INPUT_MODEL, OUTPUT_MODEL, is_link, linked_models
from tracker.rest.model_records import PENDING, RECORD, ModelRecord
from tracker.store import Store
from tracker.store.adopting import adopter_of
from tracker.store.mlruns import models
from tracker.store.mlruns.adopting import MlrunsAdopter
from tracker.store.mlruns.files import Unreadable
from tracker.store.mlruns.layout import META
from tracker.store.moved_artifacts import local_path
from tracker.transfer.fileset import copy_files
from tracker.transfer.source import Readable

_NAMES = {number: name for name, number in models.STATUSES.items()}


def models_at(location: str, root: Path | None) -> Iterator[tuple[str, Artifacts]]:
    """Yield id and files of the models of an experiment, where its files lie inside of `root`."""
    path = local_path(location)
    if path is None or root is None:
        return
    folder = path / "models"
    if not folder.resolve().is_relative_to(root.resolve()):
        return
    for entry in open_artifacts(str(folder)).list():
        if entry.is_dir and models.MODEL_ID.fullmatch(entry.path):
            yield entry.path, open_artifacts(str(folder / entry.path))


def put_model(
    store: Store, experiment: Experiment, model_id: str, files: Readable, *, update: bool
) -> list[str]:
    """Copy a model into an experiment of a store; return what had to be left, with the reason.

    One that is there whole stays as it is, unless `update` replaces what differs.
    """
    location = f"{experiment.artifact_location.rstrip('/')}/models/{model_id}"
    target, folder = open_artifacts(location), local_path(location)
    is_mlruns = isinstance(adopter_of(store), MlrunsAdopter)
    if target.is_file(META if is_mlruns else RECORD) and not update:
        return []
    left = copy_files(files, target, last=(META, RECORD))
    if folder is None:
        return left
    try:
        if is_mlruns:
            _as_mlflow_has_it(str(folder), experiment, location)
        elif target.is_file(META):
            record = _record(models.read_model(str(folder)), model_id, experiment)
            target.put(RECORD, [json.dumps(asdict(record)).encode()])
    except (Unreadable, StoreError, KeyError, TypeError, ValueError) as error:
        left.append(f"the record of the model: {error}")
    return left


def _as_mlflow_has_it(folder: str, experiment: Experiment, location: str) -> None:
    record = Path(folder, RECORD)
    if not Path(folder, META).is_file() and record.is_file():
        found = json.loads(record.read_text("utf-8"))
        about: dict[str, Any] = {name: found[name] for name in ("params", "tags", "metrics")}
        about |= {name: found[name] for name in ("model_id", "name", "model_type", "source_run_id")}
        about |= {
            "creation_timestamp": found["created"],
            "last_updated_timestamp": found["updated"],
            "status": models.STATUSES.get(found["status"], 0),
            "status_message": None,
            "experiment_id": experiment.experiment_id,
        }
        models.write_model(folder, location, about)
    models.place_model(folder, experiment.experiment_id, location)


def _record(about: dict[str, Any], model_id: str, experiment: Experiment) -> ModelRecord:
    return ModelRecord(
        model_id=model_id,
        experiment_id=experiment.experiment_id,
        name=str(about["name"]),
        created=int(about["creation_timestamp"]),
        updated=int(about["last_updated_timestamp"]),
        status=_NAMES.get(about.get("status", 0), PENDING),
        model_type=about.get("model_type"),
        source_run_id=about.get("source_run_id"),
        params=about["params"],
        tags=about["tags"],
        metrics=about["metrics"],
    )


def with_links(store: Store, run: Run) -> Run:
    """Return a run of a store with its models as tags, also where the store has files for them."""
    adopter = adopter_of(store)
    if not isinstance(adopter, MlrunsAdopter):
        return run
    links = adopter.model_links(run.info.run_id)
    tags = {f"{INPUT_MODEL}{it}": "0" for it in links.inputs}
    tags |= {f"{OUTPUT_MODEL}{it}": str(step) for it, step in links.outputs.items()}
    if not tags:
        return run
    return replace(run, data=replace(run.data, tags={**run.data.tags, **tags}))


def without_links(store: Store, run: Run) -> tuple[Run, models.ModelLinks]:
    """Return a run as the store keeps it, and the models that it has files for."""
    links = models.ModelLinks(
        tuple(linked_models(run.data.tags, INPUT_MODEL)),
        linked_models(run.data.tags, OUTPUT_MODEL),
    )
    tags = {key: value for key, value in run.data.tags.items() if not is_link(key)}
    if not isinstance(adopter_of(store), MlrunsAdopter) or len(tags) == len(run.data.tags):
        return run, models.ModelLinks()
    return replace(run, data=replace(run.data, tags=tags)), links
