"""Logged models, MLflow 3's: one JSON file each, beside the model's artifacts.

    <experiment's artifact location>/models/<model id>/model.json
    <experiment's artifact location>/models/<model id>/artifacts/...

which is where MLflow's own file layout has them; those that MLflow wrote into an mlruns folder are
read where they are (`mlflow_models`). The `Store` protocol knows no models; they move
with the artifacts when a store is moved. Changes of one model are made one after another within
this process. Where the location is a client's own, models cannot be kept.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from tracker.artifacts import Artifacts
from tracker.entities import Experiment, Metric, ViewType
from tracker.errors import NotFound, StoreError
from tracker.rest.failures import invalid, not_found
from tracker.rest.mlflow_models import META, read_mlflows, refuse_change
from tracker.rest.model_record import PENDING, ModelRecord
from tracker.rest.places import Places
from tracker.store.base import SEARCH_MAX_RESULTS_LIMIT, Store

__all__ = ["PENDING", "RECORD", "ModelRecord", "ModelRecords", "new_model_id"]

RECORD = "model.json"
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_LONGEST_RECORD = 16 * 1024 * 1024
_METRIC_FIELDS = {
    "key", "value", "timestamp", "step", "dataset_name", "dataset_digest", "run_id"
}  # fmt: skip

_log = logging.getLogger("tracker.rest")


class ModelRecords:
    """The logged models of a store. Any thread may call any method."""

    def __init__(self, store: Store, places: Places) -> None:
        self._store = store
        self._places = places
        self._guard = threading.Lock()
        self._experiments: dict[str, str] = {}

    def create(self, experiment: Experiment, record: ModelRecord) -> None:
        """Keep a new model. Raises ProtocolError where its experiment's files are not ours."""
        files = self._places.records_of_models(experiment)
        if files is None:
            raise invalid(
                f"The artifacts of experiment {experiment.experiment_id} are kept at a place of "
                "the client's choice, so this server cannot keep models in it. Use another "
                "experiment."
            )
        _write(files, record)
        self._experiments[record.model_id] = experiment.experiment_id

    def get(self, model_id: str, *, deleted: bool = False) -> ModelRecord:
        """Return a model. Raises ProtocolError where there is none, or only a deleted one."""
        record = _read(self._files_of(model_id), model_id)
        if record is None or (record.deleted and not deleted):
            raise _no_model(model_id)
        return _in_experiment(record, self._experiments[model_id])

    @contextmanager
    def changing(self, model_id: str) -> Iterator[ModelRecord]:
        """Yield a model to be changed; it is kept when the block ends well."""
        with self._guard:
            record = self.get(model_id)
            files = self._files_of(model_id)
            if not files.is_file(f"{model_id}/{RECORD}"):
                raise refuse_change(model_id)
            yield record
            record.updated = time.time_ns() // 1_000_000
            _write(files, record)

    def of_experiment(self, experiment: Experiment) -> list[ModelRecord]:
        """Return the models of an experiment, newest first."""
        files = self._places.records_of_models(experiment)
        if files is None:
            return []
        names = [info.path for info in files.list() if info.is_dir]
        records = [_read_or_skip(files, name) for name in names if _MODEL_ID.fullmatch(name)]
        found = [
            _in_experiment(record, experiment.experiment_id)
            for record in records
            if record is not None and not record.deleted
        ]
        return sorted(found, key=lambda record: (-record.created, record.model_id))

    def note_points(self, run_id: str, points: Sequence[Metric]) -> None:
        """Keep the last of the points that say which model they belong to."""
        named: dict[str, list[Metric]] = {}
        for point in points:
            if point.model_id is not None:
                named.setdefault(point.model_id, []).append(point)
        for model_id, its in named.items():
            with self.changing(model_id) as record:
                for point in its:
                    record.note(run_id, point)

    def _files_of(self, model_id: str) -> Artifacts:
        if not _MODEL_ID.fullmatch(model_id):
            raise _no_model(model_id)
        known = self._experiments.get(model_id)
        if known is not None:
            files = self._places.records_of_models(self._store.get_experiment(known))
            if files is not None:
                return files
        return self._search(model_id)

    def _search(self, model_id: str) -> Artifacts:
        experiments = self._store.search_experiments(
            view_type=ViewType.ALL, max_results=SEARCH_MAX_RESULTS_LIMIT
        )
        for experiment in experiments:
            files = self._places.records_of_models(experiment)
            if files is not None and _holds(files, model_id):
                self._experiments[model_id] = experiment.experiment_id
                return files
        raise _no_model(model_id)


def new_model_id() -> str:
    """Return the id of a new model."""
    return f"m-{os.urandom(16).hex()}"


def _in_experiment(record: ModelRecord, experiment_id: str) -> ModelRecord:
    """Return a record that says where it was found: what was copied may say something else."""
    record.experiment_id = experiment_id
    return record


def _no_model(model_id: str) -> Exception:
    return not_found(f"Logged model with ID '{model_id[:80]}' not found.")


def _holds(files: Artifacts, model_id: str) -> bool:
    return any(files.is_file(f"{model_id}/{name}") for name in (RECORD, META))


def _write(files: Artifacts, record: ModelRecord) -> None:
    encoded = json.dumps(asdict(record)).encode()
    files.put(f"{record.model_id}/{RECORD}", [encoded])


def _read_or_skip(files: Artifacts, model_id: str) -> ModelRecord | None:
    """Return a record, None where it is damaged: one does not hide the others."""
    try:
        return _read(files, model_id)
    except StoreError as error:
        _log.warning("%s", error)
        return None


def _read(files: Artifacts, model_id: str) -> ModelRecord | None:
    """Return a record, None where there is none. Raises StoreError where it is damaged."""
    try:
        with files.open(f"{model_id}/{RECORD}") as file:
            record = ModelRecord(**json.loads(file.read(_LONGEST_RECORD)))
        is_whole = record.model_id == model_id and _is_whole(record)
    except NotFound:
        return read_mlflows(files, model_id)
    except (ValueError, TypeError, RecursionError) as error:
        raise StoreError(f"The record of model {model_id} is damaged: {error}") from error
    if not is_whole:
        raise StoreError(f"The record of model {model_id} is damaged: a field of it is wrong.")
    return record


def _is_whole(record: ModelRecord) -> bool:
    """Whether the fields of a record are of their types; a store may be anybody's."""
    texts = (record.experiment_id, record.name, record.status)
    pairs = (record.params, record.tags)
    return (
        all(isinstance(text, str) for text in texts)
        and type(record.created) is int
        and type(record.updated) is int
        and isinstance(record.metrics, list)
        and all(set(entry) == _METRIC_FIELDS for entry in record.metrics)
        and all(type(entry["value"]) is float for entry in record.metrics)
        and all(isinstance(pair, dict) for pair in pairs)
        and all(isinstance(value, str) for pair in pairs for value in pair.values())
    )
