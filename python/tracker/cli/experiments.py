"""`tracker experiments`: list, create, rename, delete, restore."""

from __future__ import annotations

from typing import Any

import click

from tracker.cli import records
from tracker.cli.frame import Group, Settings, settings
from tracker.cli.output import print_json, print_table
from tracker.entities import Experiment, LifecycleStage, ViewType
from tracker.store import Store


@click.group(cls=Group)
def experiments() -> None:
    """List, create, rename, delete and restore experiments."""


@experiments.command("list")
@click.option("--deleted", is_flag=True, help="Those in the bin.")
@settings
def list_experiments(asked: Settings, /, deleted: bool) -> None:
    """List experiments with the number of their runs."""
    store = asked.open()
    view = ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY
    found = [_record(one, store.count_runs(view)) for one in _all(store, view)]
    if asked.as_json:
        print_json(found)
        return
    rows = [
        [one["experiment_id"], one["name"], str(one["runs"]), records.timestamp(one["created"])]
        for one in found
    ]
    print_table(["id", "name", "runs", "created"], rows)


def _all(store: Store, view: ViewType) -> list[Experiment]:
    found: list[Experiment] = []
    token = None
    while True:
        page = store.search_experiments(view_type=view, page_token=token)
        found += page
        token = page.token
        if token is None:
            return found


def _record(experiment: Experiment, counts: Any) -> dict[str, Any]:
    return {
        "experiment_id": experiment.experiment_id,
        "name": experiment.name,
        "lifecycle_stage": str(experiment.lifecycle_stage),
        "runs": counts.get(experiment.experiment_id, 0),
        "created": experiment.creation_time,
        "artifact_location": experiment.artifact_location,
        "tags": dict(experiment.tags),
    }


@experiments.command("create")
@click.argument("name")
@click.option("--artifact-location", metavar="URI", help="Where its runs keep their files.")
@settings
def create_experiment(asked: Settings, /, name: str, artifact_location: str | None) -> None:
    """Make an experiment, and the store if there is none yet."""
    store = asked.open(create=True)
    experiment_id = store.create_experiment(name, artifact_location=artifact_location)
    _tell(asked, store.get_experiment(experiment_id), "Created")


@experiments.command("rename")
@click.argument("experiment_ref", metavar="EXPERIMENT")
@click.argument("name")
@settings
def rename_experiment(asked: Settings, /, experiment_ref: str, name: str) -> None:
    """Give EXPERIMENT (name or id) another name."""
    store = asked.open()
    found = records.find_experiment(store, experiment_ref)
    store.update_experiment(found.experiment_id, name=name)
    _tell(asked, store.get_experiment(found.experiment_id), "Renamed")


@experiments.command("delete")
@click.argument("experiment_ref", metavar="EXPERIMENT")
@settings
def delete_experiment(asked: Settings, /, experiment_ref: str) -> None:
    """Move EXPERIMENT (name or id) and its runs to the bin."""
    _move(asked, experiment_ref, LifecycleStage.DELETED, "Deleted")


@experiments.command("restore")
@click.argument("experiment_ref", metavar="EXPERIMENT")
@settings
def restore_experiment(asked: Settings, /, experiment_ref: str) -> None:
    """Take EXPERIMENT (name or id) and its runs out of the bin."""
    _move(asked, experiment_ref, LifecycleStage.ACTIVE, "Restored")


def _move(asked: Settings, reference: str, stage: LifecycleStage, done: str) -> None:
    store = asked.open()
    found = records.find_experiment(store, reference)
    store.update_experiment(found.experiment_id, lifecycle_stage=stage)
    _tell(asked, store.get_experiment(found.experiment_id), done)


def _tell(asked: Settings, experiment: Experiment, done: str) -> None:
    from tracker.rendering.wording import clean

    if asked.as_json:
        print_json(_record(experiment, {}))
    else:
        click.echo(f"{done} {clean(experiment.name, 500)} ({experiment.experiment_id})")
