"""Endpoints of logged models, as far as MLflow 3's clients need them to log and load models."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from tracker.entities import Experiment
from tracker.errors import NotFound
from tracker.rest import answers, shapes
from tracker.rest.answers import Answer
from tracker.rest.endpoint import Endpoint
from tracker.rest.failures import invalid, not_found
from tracker.rest.fields import TAG, Values, choice, flag, integer, key, messages, text, texts
from tracker.rest.model_record import PENDING, READY, UPLOAD_FAILED, ModelRecord
from tracker.rest.model_records import new_model_id
from tracker.rest.model_search import matching, ordered
from tracker.rest.service import Service, check_experiment_id
from tracker.store.names import random_name
from tracker.store.paging import next_token, parse_token

STATUSES = {"LOGGED_MODEL_STATUS_UNSPECIFIED": 0, PENDING: 1, READY: 2, UPLOAD_FAILED: 3}
PAGE_SIZE = 50
PAGE_LIMIT = 1000
EXPERIMENTS_LIMIT = 1000
_NAME_LENGTH = 500
_NAME = r"""^[^/:.%"']*$"""


def create(service: Service, values: Values) -> Answer:
    """Make a model whose files are still to be uploaded."""
    experiment = service.active_experiment(values["experiment_id"])
    name = _checked_name(values["name"] or random_name())
    now = time.time_ns() // 1_000_000
    record = ModelRecord(
        model_id=new_model_id(),
        experiment_id=experiment.experiment_id,
        name=name,
        created=now,
        updated=now,
        model_type=values["model_type"] or None,
        source_run_id=values["source_run_id"] or None,
        params={param["key"]: param["value"] or "" for param in values["params"]},
        tags={tag["key"]: tag["value"] or "" for tag in values["tags"]},
    )
    service.models.create(experiment, record)
    return {"model": _answer(service, experiment, record)}


def _checked_name(name: str) -> str:
    if len(name) > _NAME_LENGTH:
        raise invalid(f"A model's name has at most {_NAME_LENGTH} characters, not {len(name)}.")
    if any(character in name for character in "/:.%\"'"):
        raise invalid(
            f"Invalid model name ({name!r}) provided. Model name must be a non-empty string and "
            "cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )
    return name


def get(service: Service, values: Values) -> Answer:
    """Return a model."""
    record = service.models.get(values["model_id"], deleted=bool(values["allow_deleted"]))
    return _one(service, record)


def finalize(service: Service, values: Values) -> Answer:
    """Say whether a model's files have arrived."""
    with service.models.changing(values["model_id"]) as record:
        record.status = values["status"] or READY
    return _one(service, record)


def delete(service: Service, values: Values) -> Answer:
    """Put a model into the bin; its files stay."""
    with service.models.changing(values["model_id"]) as record:
        record.deleted = True
    return {}


def log_params(service: Service, values: Values) -> Answer:
    """Record params of a model."""
    with service.models.changing(values["model_id"]) as record:
        record.params |= {param["key"]: param["value"] or "" for param in values["params"]}
    return {}


def set_tags(service: Service, values: Values) -> Answer:
    """Set tags of a model."""
    with service.models.changing(values["model_id"]) as record:
        record.tags |= {tag["key"]: tag["value"] or "" for tag in values["tags"]}
    return {}


def delete_tag(service: Service, values: Values) -> Answer:
    """Remove a tag of a model."""
    model_id, key = values["model_id"], values["tag_key"]
    with service.models.changing(model_id) as record:
        if record.tags.pop(key, None) is None:
            raise not_found(f"No tag with key {key!r} found for model with ID {model_id!r}.")
    return {}


def search(service: Service, values: Values) -> Answer:
    """Return a page of the models of some experiments, newest first by default."""
    experiment_ids = list(dict.fromkeys(values["experiment_ids"]))
    if not experiment_ids or len(experiment_ids) > EXPERIMENTS_LIMIT:
        raise invalid(f"Give 1 to {EXPERIMENTS_LIMIT} experiment_ids.")
    limit = PAGE_SIZE if values["max_results"] is None else values["max_results"]
    if not 1 <= limit <= PAGE_LIMIT:
        raise invalid(f"max_results must be between 1 and {PAGE_LIMIT}, not {limit}.")
    offset = parse_token(values["page_token"] or None)
    experiments = {its.experiment_id: its for its in _found(service, experiment_ids)}
    records = [it for one in experiments.values() for it in service.models.of_experiment(one)]
    found = ordered(matching(records, values["filter"] or ""), values["order_by"])
    shown = found[offset : offset + limit]
    models = [_answer(service, experiments[it.experiment_id], it) for it in shown]
    return answers.page("models", models, next_token(offset, len(shown), len(found)))


def _found(service: Service, experiment_ids: Iterable[str]) -> Iterator[Experiment]:
    """Yield those that are there: as with MLflow, others have no models."""
    for experiment_id in experiment_ids:
        check_experiment_id(experiment_id)
        with suppress(NotFound):
            yield service.store.get_experiment(experiment_id)


def list_artifacts(service: Service, values: Values) -> Answer:
    """Return a folder of a model's files."""
    record = service.models.get(values["model_id"])
    experiment = service.experiment(record.experiment_id)
    files = service.places.files_of_model(experiment, record.model_id)
    found = answers.files(files.list(values["artifact_directory_path"] or ""))
    answer: Answer = {"root_uri": service.places.of_model(experiment, record.model_id)}
    return {**answer, "files": found} if found else answer


def _one(service: Service, record: ModelRecord) -> Answer:
    experiment = service.store.get_experiment(record.experiment_id)
    return {"model": _answer(service, experiment, record)}


def _answer(service: Service, experiment: Experiment, record: ModelRecord) -> Answer:
    info: Answer = {
        "model_id": record.model_id,
        "experiment_id": record.experiment_id,
        "name": record.name,
        "creation_timestamp_ms": record.created,
        "last_updated_timestamp_ms": record.updated,
        "artifact_uri": service.places.of_model(experiment, record.model_id),
        "status": record.status,
        "model_type": record.model_type,
        "source_run_id": record.source_run_id,
        "tags": answers.pairs(record.tags),
    }
    data: Answer = {
        "params": answers.pairs(record.params),
        "metrics": [_metric(record, entry) for entry in record.metrics],
    }
    return {
        "info": {key: value for key, value in info.items() if value not in (None, [])},
        "data": {key: value for key, value in data.items() if value},
    }


def _metric(record: ModelRecord, entry: Answer) -> Answer:
    shown = {**entry, "value": answers.number(entry["value"]), "model_id": record.model_id}
    return {key: value for key, value in shown.items() if value is not None}


_ID = text("model_id", required=True)
_ORDER = (text("field_name", required=True), flag("ascending"), text("dataset_name"))

ENDPOINTS = (
    Endpoint(
        "POST",
        "logged-models",
        (
            text("experiment_id", required=True),
            text("name", longest=_NAME_LENGTH, pattern=_NAME),
            text("model_type"),
            text("source_run_id"),
            messages("params", *TAG),
            messages("tags", *TAG),
        ),
        create,
        shapes.MODEL,
    ),
    Endpoint(
        "POST",
        "logged-models/search",
        (
            texts("experiment_ids", required=True),
            text("filter"),
            integer("max_results", least=1, most=PAGE_LIMIT),
            messages("order_by", *_ORDER),
            text("page_token"),
        ),
        search,
        shapes.MODELS,
    ),
    Endpoint("GET", "logged-models/{model_id}", (_ID, flag("allow_deleted")), get, shapes.MODEL),
    Endpoint(
        "PATCH",
        "logged-models/{model_id}",
        (_ID, choice("status", STATUSES)),
        finalize,
        shapes.MODEL,
    ),
    Endpoint("DELETE", "logged-models/{model_id}", (_ID,), delete),
    Endpoint(
        "POST", "logged-models/{model_id}/params", (_ID, messages("params", *TAG)), log_params
    ),
    Endpoint("PATCH", "logged-models/{model_id}/tags", (_ID, messages("tags", *TAG)), set_tags),
    Endpoint(
        "DELETE",
        "logged-models/{model_id}/tags/{tag_key}",
        (_ID, key("tag_key")),
        delete_tag,
    ),
    Endpoint(
        "GET",
        "logged-models/{model_id}/artifacts/directories",
        (_ID, text("artifact_directory_path"), text("page_token")),
        list_artifacts,
        shapes.FILES,
    ),
)
