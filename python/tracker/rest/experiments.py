"""Endpoints of experiments."""

from __future__ import annotations

from tracker.entities import DatasetInput, Experiment, LifecycleStage, ViewType
from tracker.rest import answers, shapes
from tracker.rest.answers import Answer
from tracker.rest.endpoint import Endpoint
from tracker.rest.failures import INVALID_STATE, ProtocolError, invalid, not_found
from tracker.rest.fields import TAG, Field, Values, choice, integer, key, messages, text, texts
from tracker.rest.service import Service
from tracker.store.base import SEARCH_MAX_RESULTS_LIMIT
from tracker.store.limits import EXPERIMENT_NAME_LENGTH, LOCATION_LENGTH

VIEW_TYPES = {view.name: view.value for view in ViewType}
DATASETS_LIMIT = 1000
"""Data sets in one answer, and newest runs of an experiment that are looked through for them."""
DATASET_EXPERIMENTS_LIMIT = 20
CONTEXT = "mlflow.data.context"
EXPERIMENT_ID = "^[0-9]+$"


def create(service: Service, values: Values) -> Answer:
    """Make an experiment."""
    experiment_id = service.store.create_experiment(
        values["name"],
        artifact_location=service.places.for_new_experiment(values["artifact_location"]),
        tags={tag["key"]: tag["value"] or "" for tag in values["tags"]},
    )
    return {"experiment_id": experiment_id}


def get(service: Service, values: Values) -> Answer:
    """Return an experiment by id."""
    return {"experiment": _answer(service, service.experiment(values["experiment_id"]))}


def get_by_name(service: Service, values: Values) -> Answer:
    """Return an experiment by name, active or deleted."""
    name = values["experiment_name"]
    found = service.store.find_experiment(name)
    if found is None:
        raise not_found(f"Could not find experiment with name '{name}'")
    return {"experiment": _answer(service, found)}


def search(service: Service, values: Values) -> Answer:
    """Return a page of experiments."""
    limit = values["max_results"]
    if limit is None:
        raise invalid(
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer."
        )
    page = service.store.search_experiments(
        view_type=ViewType[values["view_type"] or ViewType.ACTIVE_ONLY.name],
        filter_string=values["filter"] or "",
        order_by=values["order_by"],
        max_results=limit,
        page_token=values["page_token"] or None,
    )
    found = [_answer(service, experiment) for experiment in page]
    return answers.page("experiments", found, page.token)


def delete(service: Service, values: Values) -> Answer:
    """Put an active experiment and its runs into the bin."""
    return _move(service, values["experiment_id"], LifecycleStage.ACTIVE, LifecycleStage.DELETED)


def restore(service: Service, values: Values) -> Answer:
    """Take a deleted experiment and its runs out of the bin."""
    return _move(service, values["experiment_id"], LifecycleStage.DELETED, LifecycleStage.ACTIVE)


def _move(service: Service, experiment_id: str, old: LifecycleStage, new: LifecycleStage) -> Answer:
    found = service.experiment(experiment_id)
    if found.lifecycle_stage != old:
        raise not_found(f"No Experiment with id={experiment_id} exists that is {old}")
    service.store.update_experiment(experiment_id, lifecycle_stage=str(new))
    return {}


def update(service: Service, values: Values) -> Answer:
    """Give an active experiment another name."""
    found = service.experiment(values["experiment_id"])
    if found.lifecycle_stage != LifecycleStage.ACTIVE:
        raise ProtocolError(INVALID_STATE, "Cannot rename a non-active experiment.")
    service.store.update_experiment(found.experiment_id, name=values["new_name"])
    return {}


def set_tag(service: Service, values: Values) -> Answer:
    """Set a tag of an active experiment."""
    found = service.active_experiment(values["experiment_id"])
    service.store.set_experiment_tags(found.experiment_id, {values["key"]: values["value"] or ""})
    return {}


def delete_tag(service: Service, values: Values) -> Answer:
    """Remove a tag of an active experiment."""
    found = service.active_experiment(values["experiment_id"])
    key = values["key"]
    if key not in found.tags:
        raise not_found(f"No tag with name: {key} in experiment with id {found.experiment_id}")
    service.store.set_experiment_tags(found.experiment_id, {key: None})
    return {}


def search_datasets(service: Service, values: Values) -> Answer:
    """Return the data sets that the newest runs of some experiments read."""
    asked = values["experiment_ids"]
    if not asked:
        raise invalid("SearchDatasets request must specify at least one experiment_id.")
    if len(asked) > DATASET_EXPERIMENTS_LIMIT:
        raise invalid(
            f"SearchDatasets request cannot specify more than {DATASET_EXPERIMENTS_LIMIT} "
            f"experiment_ids. Received {len(asked)} experiment_ids."
        )
    found: dict[tuple[str, ...], Answer] = {}
    for experiment_id in dict.fromkeys(asked):
        for run in service.store.search_runs([experiment_id], max_results=DATASETS_LIMIT):
            for used in run.inputs.dataset_inputs:
                summary = _dataset_summary(experiment_id, used)
                found.setdefault(tuple(summary.values()), summary)
    summaries = list(found.values())[:DATASETS_LIMIT]
    return {"dataset_summaries": summaries} if summaries else {}


def _dataset_summary(experiment_id: str, used: DatasetInput) -> Answer:
    summary: Answer = {
        "experiment_id": experiment_id,
        "name": used.dataset.name,
        "digest": used.dataset.digest,
    }
    context = used.tags.get(CONTEXT)
    return summary if context is None else {**summary, "context": context}


def _answer(service: Service, found: Experiment) -> Answer:
    return answers.experiment(found, service.places.of_experiment(found))


def _name(name: str) -> Field:
    return text(name, required=True, longest=EXPERIMENT_NAME_LENGTH)


_ID = text("experiment_id", required=True, pattern=EXPERIMENT_ID)
_SEARCH = (
    integer("max_results", least=1, most=SEARCH_MAX_RESULTS_LIMIT),
    text("page_token"),
    text("filter"),
    texts("order_by"),
    choice("view_type", VIEW_TYPES),
)

ENDPOINTS = (
    Endpoint(
        "POST",
        "experiments/create",
        (_name("name"), text("artifact_location", longest=LOCATION_LENGTH), messages("tags", *TAG)),
        create,
        {"experiment_id": shapes.TEXT},
    ),
    Endpoint("GET", "experiments/get", (_ID,), get, shapes.EXPERIMENT),
    Endpoint(
        "GET",
        "experiments/get-by-name",
        (text("experiment_name", required=True),),
        get_by_name,
        shapes.EXPERIMENT,
    ),
    Endpoint("GET", "experiments/search", _SEARCH, search, shapes.EXPERIMENTS),
    Endpoint("POST", "experiments/search", _SEARCH, search, shapes.EXPERIMENTS),
    Endpoint("POST", "experiments/delete", (_ID,), delete),
    Endpoint("POST", "experiments/restore", (_ID,), restore),
    Endpoint("POST", "experiments/update", (_ID, _name("new_name")), update),
    Endpoint("POST", "experiments/set-experiment-tag", (_ID, *TAG), set_tag),
    Endpoint("POST", "experiments/delete-experiment-tag", (_ID, key()), delete_tag),
    Endpoint(
        "POST",
        "experiments/search-datasets",
        (texts("experiment_ids"),),
        search_datasets,
        {"dataset_summaries": shapes.listed("DatasetSummary")},
    ),
)
