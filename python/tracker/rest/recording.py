"""Endpoints that log to a run."""

from __future__ import annotations

import json
from typing import Any

from tracker.entities import Dataset, DatasetInput, Metric
from tracker.rest.answers import Answer
from tracker.rest.endpoint import Endpoint
from tracker.rest.failures import invalid, not_found
from tracker.rest.fields import TAG, Values, integer, key, message, messages, number, text
from tracker.rest.links import INPUT_MODEL, OUTPUT_MODEL, is_link
from tracker.rest.runs import RUN_ID, tag_values
from tracker.rest.service import Service

METRICS_LIMIT = 1000
"""Points in one batch; also things of all kinds, and data sets in one request."""
PARAMS_TAGS_LIMIT = 100
MODEL_HISTORY = "mlflow.log-model.history"
_MODEL_KEYS = {"artifact_path", "flavors", "utc_time_created", "run_id"}
_HISTORY_KEYS = (
    "run_id",
    "artifact_path",
    "utc_time_created",
    "model_uuid",
    "model_id",
    "flavors",
)


def log_metric(service: Service, values: Values) -> Answer:
    """Append one point."""
    run_id, points = values["run_id"], [_point(values)]
    service.store.log_batch(run_id, metrics=_not_repeated(service, run_id, points))
    service.models.note_points(run_id, points)
    return {}


def log_param(service: Service, values: Values) -> Answer:
    """Record a param."""
    run_id = values["run_id"]
    service.store.log_batch(run_id, params={values["key"]: values["value"] or ""})
    return {}


def log_batch(service: Service, values: Values) -> Answer:
    """Record points, params and tags."""
    _check_batch(values)
    run_id = values["run_id"]
    points = [_point(metric) for metric in values["metrics"]]
    params = {param["key"]: param["value"] or "" for param in values["params"]}
    tags = tag_values(values["tags"])
    new = _not_repeated(service, run_id, points)
    service.store.log_batch(run_id, metrics=new, params=params, tags=tags)
    service.models.note_points(run_id, points)
    return {}


def _not_repeated(service: Service, run_id: str, points: list[Metric]) -> list[Metric]:
    """Return the points that the run does not have yet.

    When a model is logged, MLflow 3 sends points of the run again, to say whose they are.
    """
    if all(point.model_id is None for point in points):
        return points
    summaries = service.run(run_id).data.summaries
    found: dict[str, set[tuple[str, int, int]]] = {}
    new: list[Metric] = []
    for point in points:
        summary = summaries.get(point.key)
        if summary is None or point.step > summary.last_step:
            new.append(point)
            continue
        if point.key not in found:
            found[point.key] = _known(service, run_id, point.key)
        if (repr(point.value), point.timestamp, point.step) not in found[point.key]:
            new.append(point)
    return new


def _known(service: Service, run_id: str, key: str) -> set[tuple[str, int, int]]:
    """Return the points of a metric; values as text, in which NaN is equal to itself."""
    history = service.store.metric_history(run_id, key)
    values = map(repr, history.values.tolist())
    return set(zip(values, history.timestamps.tolist(), history.steps.tolist(), strict=True))


def _point(values: Values) -> Metric:
    timestamp = values["timestamp"]
    if timestamp < 0:
        raise invalid(
            f"Invalid value {timestamp} for parameter 'timestamp' supplied: "
            "Timestamp must be a nonnegative long (64-bit integer)."
        )
    return Metric(
        key=values["key"],
        value=values["value"],
        timestamp=timestamp,
        step=values["step"] or 0,
        dataset_name=values["dataset_name"] or None,
        dataset_digest=values["dataset_digest"] or None,
        model_id=values["model_id"] or None,
    )


def _check_batch(values: Values) -> None:
    """Refuse a batch that is too large or contradicts itself."""
    metrics, params, tags = values["metrics"], values["params"], values["tags"]
    for what, limit, length in (
        ("metrics", METRICS_LIMIT, len(metrics)),
        ("params", PARAMS_TAGS_LIMIT, len(params)),
        ("tags", PARAMS_TAGS_LIMIT, len(tags)),
        ("metrics, params, and tags", METRICS_LIMIT, len(metrics) + len(params) + len(tags)),
    ):
        if length > limit:
            raise invalid(
                f"A batch logging request can contain at most {limit} {what}. Got {length} {what}. "
                f"Please split up {what} across multiple requests and try again."
            )
    keys = [param["key"] for param in params]
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise invalid(
            f"Duplicate parameter keys have been submitted: {repeated}. Please ensure the request "
            "contains only one param value per param key."
        )


def set_tag(service: Service, values: Values) -> Answer:
    """Set a tag."""
    run_id = values["run_id"]
    service.store.log_batch(run_id, tags=tag_values([values]))
    return {}


def delete_tag(service: Service, values: Values) -> Answer:
    """Remove a tag that is there."""
    run_id, key = values["run_id"], values["key"]
    found = service.active_run(run_id)
    if key not in found.data.tags or is_link(key):
        raise not_found(f"No tag with name: {key} in run with id {run_id}")
    service.store.log_batch(run_id, tags={key: None})
    return {}


def log_inputs(service: Service, values: Values) -> Answer:
    """Record which data sets and models a run read."""
    run_id = values["run_id"]
    if len(values["datasets"]) > METRICS_LIMIT:
        raise invalid(f"A request can name at most {METRICS_LIMIT} data sets.")
    if values["datasets"]:
        service.store.log_inputs(run_id, [_dataset_input(given) for given in values["datasets"]])
    links = {INPUT_MODEL + model["model_id"]: "0" for model in values["models"]}
    if links or not values["datasets"]:
        service.store.log_batch(run_id, tags=links)
    return {}


def _dataset_input(given: Values) -> DatasetInput:
    dataset = given["dataset"]
    tags = {tag["key"]: tag["value"] or "" for tag in given["tags"]}
    return DatasetInput(
        Dataset(
            dataset["name"],
            dataset["digest"],
            dataset["source_type"],
            dataset["source"],
            dataset["schema"],
            dataset["profile"],
        ),
        tags,
    )


def log_outputs(service: Service, values: Values) -> Answer:
    """Record which models a run made, and at which step."""
    run_id = values["run_id"]
    links = {OUTPUT_MODEL + it["model_id"]: str(it["step"] or 0) for it in values["models"]}
    service.store.log_batch(run_id, tags=links)
    return {}


def log_model(service: Service, values: Values) -> Answer:
    """Add a model of MLflow 2's kind to the history that the run keeps in a tag."""
    run_id = values["run_id"]
    model = _parsed_model(values["model_json"])
    tags = service.active_run(run_id).data.tags
    try:
        history = json.loads(tags.get(MODEL_HISTORY, "[]"))
    except ValueError:
        history = []
    entry = {key: model[key] for key in _HISTORY_KEYS if key in model}
    history = [*history, entry] if isinstance(history, list) else [entry]
    service.store.log_batch(run_id, tags={MODEL_HISTORY: json.dumps(history)})
    return {}


def _parsed_model(model_json: str) -> dict[str, Any]:
    try:
        model = json.loads(model_json)
    except (ValueError, RecursionError):
        model = None
    if not isinstance(model, dict):
        raise invalid(f"Malformed model info. \n {model_json[:200]} \n is not a valid JSON.")
    lacking = _MODEL_KEYS - set(model)
    if lacking:
        raise invalid(f"Model json is missing mandatory fields: {lacking}")
    return model


_METRIC = (
    key(),
    number("value", required=True),
    integer("timestamp", required=True, least=0),
    integer("step"),
    text("model_id"),
    text("dataset_name"),
    text("dataset_digest"),
)
_DATASET = (
    text("name", required=True),
    text("digest", required=True),
    text("source_type", required=True),
    text("source", required=True),
    text("schema"),
    text("profile"),
)
_MODEL_ID = text("model_id", required=True)

ENDPOINTS = (
    Endpoint("POST", "runs/log-metric", (RUN_ID, *_METRIC), log_metric),
    Endpoint("POST", "runs/log-parameter", (RUN_ID, *TAG), log_param),
    Endpoint(
        "POST",
        "runs/log-batch",
        (RUN_ID, messages("metrics", *_METRIC), messages("params", *TAG), messages("tags", *TAG)),
        log_batch,
    ),
    Endpoint("POST", "runs/set-tag", (RUN_ID, *TAG), set_tag),
    Endpoint("POST", "runs/delete-tag", (RUN_ID, key()), delete_tag),
    Endpoint(
        "POST",
        "runs/log-inputs",
        (
            RUN_ID,
            messages(
                "datasets", message("dataset", *_DATASET, required=True), messages("tags", *TAG)
            ),
            messages("models", _MODEL_ID),
        ),
        log_inputs,
    ),
    Endpoint(
        "POST",
        "runs/outputs",
        (RUN_ID, messages("models", _MODEL_ID, integer("step"))),
        log_outputs,
    ),
    Endpoint("POST", "runs/log-model", (RUN_ID, text("model_json", required=True)), log_model),
)
