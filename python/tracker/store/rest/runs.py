"""Runs of a server: made there, or here while it does not answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracker.entities import LifecycleStage, Run, RunData, RunInfo, RunStatus
from tracker.errors import InvalidValue
from tracker.remote import known as known_servers
from tracker.remote.connection import Connection
from tracker.store import limits
from tracker.store.names import random_name
from tracker.store.rest import answers, requests
from tracker.store.rest.outbox import now_ms
from tracker.store.rest.snapshots import NAME_TAG

PROVISIONAL_PLACE = "offline"
"""Where the artifacts of a run are said to be that the server does not have yet."""


def decoded(connection: Connection, answer: answers.Fields) -> Run:
    """Return a run of an answer, whose artifacts' URI says which server's it is."""
    found = answers.run(answer)
    uri = known_servers.absolute(connection, found.info.artifact_uri)
    return replace(found, info=replace(found.info, artifact_uri=uri))


def new_content(
    experiment_id: str,
    run_name: str | None,
    user_id: str,
    start_time: int | None,
    tags: Mapping[str, str],
) -> dict[str, Any]:
    """Return what a new run is made of, all of it chosen here. Raises InvalidValue."""
    checked = {key: value for key, value in limits.check_tags(tags).items() if value is not None}
    tagged = checked.get(NAME_TAG)
    if run_name and tagged and run_name != tagged:
        raise InvalidValue(
            f"The run was given two names: run_name={run_name!r} and the tag "
            f"{NAME_TAG}={tagged!r}. Give one of them."
        )
    name = limits.check_text("run_name", run_name or tagged or random_name())
    return {
        "experiment_id": experiment_id,
        "run_name": name,
        "user_id": limits.check_text("user_id", user_id),
        "start_time": limits.check_time(
            "start_time", now_ms() if start_time is None else start_time
        ),
        "tags": {**checked, NAME_TAG: name[: limits.TAG_LENGTH]},
    }


def create(connection: Connection, content: Mapping[str, Any], local_id: str) -> Run:
    """Return a run, made at the server. Raises Unreachable, NotFound, InvalidState and the like."""
    tags = {**content["tags"], answers.LOCAL_ID: local_id}
    body = {**content, "tags": requests.pairs(tags)}
    return decoded(connection, answers.part(connection.post("runs/create", body), "run"))


def provisional(connection: Connection, content: Mapping[str, Any], local_id: str) -> Run:
    """Return a run as it is while the server does not have it."""
    uri = f"{known_servers.SCHEME}/{PROVISIONAL_PLACE}/{local_id}/artifacts"
    info = RunInfo(
        run_id=local_id,
        experiment_id=content["experiment_id"],
        run_name=content["run_name"],
        user_id=content["user_id"],
        status=RunStatus.RUNNING,
        start_time=content["start_time"],
        end_time=None,
        artifact_uri=known_servers.absolute(connection, uri),
    )
    return Run(info, RunData(tags=dict(content["tags"])))


def new_id() -> str:
    """Return an id that no run has."""
    return os.urandom(16).hex()


def changes(status: str | None, end_time: int | None, run_name: str | None) -> dict[str, Any]:
    """Return what an update changes. Raises InvalidValue."""
    changed: dict[str, Any] = {}
    if end_time is not None:
        changed["end_time"] = limits.check_time("end_time", end_time)
    if status is not None:
        known = limits.check_status(status)
        changed["status"] = str(known)
        if known.is_terminated and end_time is None:
            changed["end_time"] = now_ms()
    if run_name:
        changed["run_name"] = limits.check_text("run_name", run_name)
    return changed


def means_bin(lifecycle_stage: str) -> bool:
    """Return whether a stage is the bin's. Raises InvalidValue where there is none such."""
    return limits.check_stage(lifecycle_stage) is LifecycleStage.DELETED
