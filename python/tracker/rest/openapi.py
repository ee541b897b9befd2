"""What the server answers, as an OpenAPI 3.1 description made from the table of endpoints.

It is served at `/openapi.json`, and `tracker server --openapi` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tracker._version import __version__
from tracker.rest.backend import PROTOCOL_VERSION
from tracker.rest.endpoint import Endpoint
from tracker.rest.fields import LIST_LIMIT, Field
from tracker.rest.file_operations import FILE_OPERATIONS, Operation
from tracker.rest.protocol import ENDPOINTS
from tracker.rest.shapes import COMPONENTS, TEXT, Schema, ref

API = "/api/2.0/mlflow/"
ERRORS = {
    400: "The request is not valid; nothing was changed.",
    401: "A token is needed, or the one that was given is wrong.",
    403: "The store is only read, or the request came from a page of another site, or by a name "
    "that is not this server's.",
    404: "There is no such thing.",
    405: "The path is served, but to the methods that the header Allow names.",
}
_ERRORS = {str(status): {"$ref": f"#/components/responses/{status}"} for status in ERRORS}
_SECURITY: list[dict[str, list[str]]] = [{}, {"token": []}, {"password": []}]
_NOTES = (
    "MLflow's REST API 2.0 over tracker's stores. Fields may also be named in camelCase, numbers "
    "be given as text, and null stands for what is left out; unknown fields are ignored. The "
    "paths are also served below /ajax-api. A server on loopback demands a token only where it "
    "was started with one. The model registry, traces, prompts and webhooks are not served."
)


def description(base: str = "/") -> dict[str, Any]:
    """Return the description of a server whose routes begin at `base`."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(API + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    for operation in FILE_OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _file(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tracker server", "version": __version__, "description": _NOTES,
                 "x-mlflow-version": PROTOCOL_VERSION},
        "servers": [{"url": base}],
        "security": _SECURITY,
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "responses": {str(status): _error(text) for status, text in ERRORS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic",
                             "description": "Any user; the token is the password."},
            },
        },
    }  # fmt: skip


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    in_path = re.findall(r"\{(\w+)\}", endpoint.path)
    others = [field for field in endpoint.fields if field.name not in in_path]
    answer: Schema = {"type": "object", "properties": dict(endpoint.shape)}
    found: dict[str, Any] = {
        "operationId": f"{endpoint.method.lower()}-{endpoint.path.replace('/', '-')}",
        "summary": (endpoint.answer.__doc__ or "").partition("\n")[0],
        "tags": [endpoint.path.partition("/")[0]],
        "parameters": [_in_path(name) for name in in_path],
        "responses": {
            "200": {"description": "Done.", "content": _json(answer)},
            **_ERRORS,
        },
    }
    if endpoint.method == "GET":
        found["parameters"] += [_in_query(field) for field in others]
    elif others or endpoint.method != "DELETE":
        found["requestBody"] = {"required": True, "content": _json(_object(others))}
    return found


def _file(operation: Operation) -> dict[str, Any]:
    fields = re.findall(r"\{(\w+)\}", operation.path)
    answers = {
        str(status): {"description": text, "content": {kind: {"schema": schema}}}
        for status, (text, kind, schema) in operation.answers.items()
    }
    found: dict[str, Any] = {
        "operationId": f"{operation.method.lower()}{re.sub('[^a-z]+', '-', operation.path)}",
        "summary": operation.summary,
        "tags": ["files"] if "artifact" in operation.path else ["server"],
        "parameters": [_in_path(name) for name in fields]
        + [_query(name, {"type": "string"}, required=needed) for name, needed in operation.query]
        + [{"name": name, "in": "header", "schema": TEXT} for name in operation.headers],
        "responses": {
            **answers,
            **_ERRORS,
            **{str(status): _error(text) for status, text in operation.errors.items()},
        },
    }
    if operation.takes_file:
        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": _json(ref("Error"))}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _in_path(name: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(field: Field) -> dict[str, Any]:
    return _query(field.name, _schema(field), required=field.required)


def _query(name: str, schema: Schema, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _object(fields: Iterable[Field]) -> Schema:
    known = list(fields)
    found: Schema = {"type": "object", "properties": {it.name: _schema(it) for it in known}}
    required = [field.name for field in known if field.required]
    return {**found, "required": required} if required else found


def _schema(field: Field) -> Schema:
    one = _object(field.parts) if field.parts else dict(field.kind or {})
    if field.repeated:
        return {"type": "array", "items": one, "maxItems": LIST_LIMIT}
    if field.required and one.get("type") == "string":
        one["minLength"] = 1
    return one
