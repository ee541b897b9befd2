"""Logged models that MLflow itself keeps in an mlruns folder, as records: read, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracker.artifacts import Artifacts, path_inside
from tracker.artifacts.local import LocalArtifacts
from tracker.entities import LifecycleStage
from tracker.errors import StoreError, StoreReadOnly
from tracker.rest.model_record import PENDING, ModelRecord

META = "meta.yaml"


def read_mlflows(files: Artifacts, model_id: str) -> ModelRecord | None:
    """Return a model by its id, None where MLflow has none there. Raises StoreError."""
    if not isinstance(files, LocalArtifacts) or not files.is_file(f"{model_id}/{META}"):
        return None
    from tracker.store.mlruns.files import Unreadable
    from tracker.store.mlruns.models import read_model

    try:
        return _record(model_id, read_model(str(path_inside(Path(files.uri), model_id))))
    except Unreadable as error:
        raise StoreError(f"The record of model {model_id} is damaged: {error}") from error


def _record(model_id: str, about: Mapping[str, Any]) -> ModelRecord:
    from tracker.store.mlruns.meta import stage_of, text_of, time_of

    created = time_of(about, "creation_timestamp") or 0
    return ModelRecord(
        model_id=model_id,
        experiment_id=text_of(about, "experiment_id"),
        name=text_of(about, "name"),
        created=created,
        updated=time_of(about, "last_updated_timestamp") or created,
        status=_status(about.get("status")),
        model_type=text_of(about, "model_type") or None,
        source_run_id=text_of(about, "source_run_id") or None,
        deleted=stage_of(about) == LifecycleStage.DELETED,
        params=about["params"],
        tags=about["tags"],
        metrics=about["metrics"],
    )


def _status(given: object) -> str:
    from tracker.store.mlruns.models import STATUSES

    names = {number: name for name, number in STATUSES.items()}
    if isinstance(given, int):
        return names.get(given, PENDING)
    return given if isinstance(given, str) and given in STATUSES else PENDING


def refuse_change(model_id: str) -> StoreReadOnly:
    """Return the refusal to change what MLflow keeps."""
    return StoreReadOnly(
        f"The model {model_id} was logged by MLflow itself into this folder; tracker only reads "
        "it. Change it with MLflow, or log it again."
    )
