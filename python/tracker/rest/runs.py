"""Endpoints of runs: made, found, changed."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.entities import LifecycleStage, Run, RunStatus, ViewType
from tracker.rest import answers, shapes
from tracker.rest.answers import Answer
from tracker.rest.endpoint import Endpoint
from tracker.rest.experiments import VIEW_TYPES
from tracker.rest.fields import TAG, Values, choice, integer, messages, text, texts
from tracker.rest.kept_links import with_links
from tracker.rest.links import is_link
from tracker.rest.service import Service, check_experiment_id
from tracker.store.base import SEARCH_MAX_RESULTS, SEARCH_MAX_RESULTS_LIMIT

STATUSES = {str(status): number for number, status in enumerate(RunStatus, start=1)}
"""MLflow's numbers of a run's states."""


def create(service: Service, values: Values) -> Answer:
    """Start a run; without an experiment in the default one."""
    experiment = service.active_experiment(values["experiment_id"])
    made = service.store.create_run(
        experiment.experiment_id,
        run_name=values["run_name"] or None,
        user_id=values["user_id"] or "",
        start_time=values["start_time"],
        tags=tag_values(values["tags"]),
    )
    service.disown(made.info.run_id)
    return {"run": _answer(service, made)}


def get(service: Service, values: Values) -> Answer:
    """Return a run, active or deleted."""
    return {"run": _answer(service, with_links(service.store, service.run(values["run_id"])))}


def search(service: Service, values: Values) -> Answer:
    """Return a page of runs of some experiments."""
    limit = values["max_results"]
    for experiment_id in values["experiment_ids"]:
        check_experiment_id(experiment_id)
    page = service.store.search_runs(
        values["experiment_ids"],
        filter_string=values["filter"] or "",
        view_type=ViewType[values["run_view_type"] or ViewType.ACTIVE_ONLY.name],
        order_by=values["order_by"],
        max_results=SEARCH_MAX_RESULTS if limit is None else limit,
        page_token=values["page_token"] or None,
        count=False,
    )
    return answers.page("runs", [_answer(service, run) for run in page], page.token)


def update(service: Service, values: Values) -> Answer:
    """Change state, end or name of an active run."""
    run_id = values["run_id"]
    service.active_run(run_id)
    changed = service.store.update_run(
        run_id,
        status=values["status"],
        end_time=values["end_time"],
        run_name=values["run_name"] or None,
    )
    if values["status"] == RunStatus.RUNNING:
        service.disown(run_id)
    info = changed.info
    return {"run_info": answers.run_info(info, service.places.of_run(info))}


def delete(service: Service, values: Values) -> Answer:
    """Put a run into the bin."""
    return _move(service, values["run_id"], LifecycleStage.DELETED)


def restore(service: Service, values: Values) -> Answer:
    """Take a run out of the bin."""
    return _move(service, values["run_id"], LifecycleStage.ACTIVE)


def _move(service: Service, run_id: str, stage: LifecycleStage) -> Answer:
    service.run(run_id)
    service.store.update_run(run_id, lifecycle_stage=str(stage))
    return {}


def tag_values(tags: list[Mapping[str, str | None]]) -> dict[str, str]:
    """Return tags as a mapping; the server's own are not a client's to set."""
    return {
        key: tag["value"] or ""
        for tag in tags
        if (key := tag["key"]) is not None and not is_link(key)
    }


def _answer(service: Service, found: Run) -> Answer:
    return answers.run(found, service.places.of_run(found.info))


RUN_ID = text("run_id", required=True, alias="run_uuid")

ENDPOINTS = (
    Endpoint(
        "POST",
        "runs/create",
        (
            text("experiment_id"),
            text("user_id"),
            text("run_name"),
            integer("start_time"),
            messages("tags", *TAG),
        ),
        create,
        shapes.RUN,
    ),
    Endpoint("GET", "runs/get", (RUN_ID,), get, shapes.RUN),
    Endpoint(
        "POST",
        "runs/search",
        (
            texts("experiment_ids"),
            text("filter"),
            choice("run_view_type", VIEW_TYPES),
            integer("max_results", least=1, most=SEARCH_MAX_RESULTS_LIMIT),
            texts("order_by"),
            text("page_token"),
        ),
        search,
        shapes.RUNS,
    ),
    Endpoint(
        "POST",
        "runs/update",
        (
            RUN_ID,
            choice("status", STATUSES),
            integer("end_time"),
            text("run_name"),
        ),
        update,
        {"run_info": shapes.ref("RunInfo")},
    ),
    Endpoint("POST", "runs/delete", (RUN_ID,), delete),
    Endpoint("POST", "runs/restore", (RUN_ID,), restore),
)
