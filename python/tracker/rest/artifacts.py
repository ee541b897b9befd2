"""Endpoints that list artifacts, and the proxy's work on files.

Every path passes `tracker.artifacts.paths` before it leads anywhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from tracker.artifacts import Artifacts
from tracker.artifacts.paths import artifact_file, artifact_path
from tracker.errors import NotFound
from tracker.rest import answers, shapes
from tracker.rest.answers import Answer
from tracker.rest.endpoint import Endpoint
from tracker.rest.failures import not_found
from tracker.rest.fields import Values, text
from tracker.rest.runs import RUN_ID
from tracker.rest.service import Service


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file, open at its beginning; whoever asked for it closes it."""

    file: BinaryIO
    name: str
    size: int


def list_of_run(service: Service, values: Values) -> Answer:
    """Return a folder of a run's files, by their paths in the run."""
    info = service.run(values["run_id"]).info
    found = answers.files(service.places.files_of_run(info.run_id).list(values["path"] or ""))
    answer: Answer = {"root_uri": service.places.of_run(info)}
    return {**answer, "files": found} if found else answer


def list_folder(service: Service, path: str) -> Answer:
    """Return a folder of the proxy, by names. Raises ProtocolError."""
    files, inside = service.places.resolve(path)
    found = answers.files(files.list(inside), names_only=True)
    return {"files": found} if found else {}


def open_file(service: Service, path: str) -> OpenFile:
    """Return a file of the proxy. Raises ProtocolError, InvalidValue."""
    files, inside = service.places.resolve(path)
    return _open(files, inside)


def open_file_of_run(service: Service, run_id: str, path: str) -> OpenFile:
    """Return a file of a run. Raises ProtocolError, InvalidValue."""
    service.run(run_id)
    return _open(service.places.files_of_run(run_id), path)


def open_file_of_model(service: Service, model_id: str, path: str) -> OpenFile:
    """Return a file of a logged model. Raises ProtocolError, InvalidValue."""
    record = service.models.get(model_id)
    experiment = service.experiment(record.experiment_id)
    return _open(service.places.files_of_model(experiment, model_id), path)


def _open(files: Artifacts, path: str) -> OpenFile:
    plain = artifact_path(path)
    # Only a file: opening a pipe that someone left there would wait for ever.
    if not plain or not files.is_file(plain):
        raise not_found(f"There is no artifact file '{plain}'.")
    try:
        file = files.open(plain)
    except NotFound as error:
        raise not_found(f"There is no artifact file '{plain}'.") from error
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return OpenFile(file, plain.rpartition("/")[2], size)


def place(service: Service, path: str) -> tuple[Artifacts, str]:
    """Return the files that a file of the proxy is to be among, and its path in them.

    Raises ProtocolError, InvalidValue.
    """
    files, inside = service.places.resolve(path)
    return files, artifact_file(inside)


def delete(service: Service, path: str) -> Answer:
    """Remove a file, or a folder with all in it, below a run's artifacts; absent ones pass.

    Raises ProtocolError, InvalidValue, StoreError.
    """
    files, inside = service.places.resolve(path)
    files.remove(inside)
    return {}


ENDPOINTS = (
    Endpoint(
        "GET",
        "artifacts/list",
        (RUN_ID, text("path"), text("page_token")),
        list_of_run,
        shapes.FILES,
    ),
)
