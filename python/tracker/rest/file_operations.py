"""The routes that are not JSON in, JSON out, as the description tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.rest.shapes import FILES, TEXT, Schema

_BYTES: Schema = {"type": "string", "format": "binary"}
_FILE = ("The file.", "*/*", _BYTES)
_PART = ("The part of the file that the header Range asks for.", "*/*", _BYTES)
_DONE = ("Done.", "application/json", {"type": "object", "maxProperties": 0})
_NO_PART = {416: "The file ends before the part that the header Range asks for."}
_NEVER = {501: "Never: clients send and fetch files as a whole, which this server streams."}
_PROXY = "/api/2.0/mlflow-artifacts/artifacts"
_MODEL_FILES = "/api/2.0/mlflow/logged-models/{model_id}/artifacts/files"


@dataclass(frozen=True)
class Operation:
    """One method of one route. `answers` holds what comes with a status: text, type, schema."""

    method: str
    path: str
    summary: str
    answers: Mapping[int, tuple[str, str, Schema]]
    query: tuple[tuple[str, bool], ...] = ()
    errors: Mapping[int, str] = field(default_factory=dict)
    takes_file: bool = False
    headers: tuple[str, ...] = ()


def _download(path: str, summary: str, *query: str) -> Operation:
    needed = tuple((name, True) for name in query)
    answers = {200: _FILE, 206: _PART}
    return Operation("GET", path, summary, answers, needed, _NO_PART, headers=("Range",))


def _never(method: str, path: str) -> Operation:
    return Operation(method, path, "Answered with 501, upon which clients go on.", {}, (), _NEVER)


def _text(path: str, summary: str) -> Operation:
    return Operation("GET", path, summary, {200: ("It is.", "text/plain", TEXT)})


FILE_OPERATIONS = (
    _text("/health", "Tell that the server runs."),
    _text("/version", "Tell whose protocol is spoken: a version of MLflow."),
    Operation(
        "GET", "/openapi.json", "Return this description.",
        {200: ("This.", "application/json", {"type": "object"})},
    ),
    Operation(
        "GET", "/api/3.0/mlflow/server-info", "Tell what the server can do.",
        {200: ("What it can.", "application/json", {"type": "object"})},
    ),
    _download("/get-artifact", "Return a file of a run.", "run_id", "path"),
    _download(_MODEL_FILES, "Return a file of a logged model.", "artifact_file_path"),
    Operation(
        "GET", _PROXY, "List a folder of a run or model, by names.",
        {200: ("The folder.", "application/json", {"type": "object", "properties": dict(FILES)})},
        (("path", False),),
    ),
    _download(f"{_PROXY}/{{path}}", "Return a file of a run or model."),
    Operation(
        "PUT", f"{_PROXY}/{{path}}", "Put a file among those of a run or model.", {200: _DONE},
        takes_file=True,
    ),
    Operation(
        "DELETE", f"{_PROXY}/{{path}}", "Remove a file or folder of a run or model.", {200: _DONE}
    ),
    *(_never("POST", f"/api/2.0/mlflow-artifacts/mpu/{step}/{{path}}")
      for step in ("create", "complete", "abort")),
    _never("GET", "/api/2.0/mlflow-artifacts/presigned/{path}"),
    *(_never("POST", f"/api/2.0/mlflow/artifacts/presigned-{way}-url")
      for way in ("upload", "download")),
)  # fmt: skip
