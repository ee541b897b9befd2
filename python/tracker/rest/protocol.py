"""MLflow's REST API 2.0 as a function: method, path, query and body in, status and JSON out.

Nothing here knows of tornado or sockets. Calls block and may come from any thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracker.rest import artifacts, experiments, metrics, models, recording, runs
from tracker.rest.endpoint import Endpoint
from tracker.rest.failures import ENDPOINT_NOT_FOUND, MethodNotAllowed, ProtocolError, invalid
from tracker.rest.fields import read
from tracker.rest.message import Request, Response, answered, failed
from tracker.rest.service import Service

ENDPOINTS: tuple[Endpoint, ...] = (
    *experiments.ENDPOINTS,
    *runs.ENDPOINTS,
    *recording.ENDPOINTS,
    *metrics.ENDPOINTS,
    *artifacts.ENDPOINTS,
    *models.ENDPOINTS,
)

_PLAIN = {(it.method, it.path): it for it in ENDPOINTS if "{" not in it.path}
_WITH_FIELDS = tuple(it for it in ENDPOINTS if "{" in it.path)


def respond(service: Service, request: Request) -> Response:
    """Return the answer to a request, whatever goes wrong."""
    try:
        endpoint, in_path = _find(request.method, request.path)
        raw = _raw_fields(endpoint, request)
        values = read(endpoint.fields, {**raw, **in_path})
        answer = endpoint.answer(service, values)
        return Response(200, answer) if isinstance(answer, bytes) else answered(answer)
    except Exception as error:
        return failed(error)


def _find(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    found = _PLAIN.get((method, path))
    if found is not None:
        return found, {}
    allowed = {it.method for it in _PLAIN.values() if it.path == path}
    if not allowed:
        matches = [(it, it.pattern.fullmatch(path)) for it in _WITH_FIELDS]
        with_path = [(it, match.groupdict()) for it, match in matches if match is not None]
        for endpoint, in_path in with_path:
            if endpoint.method == method:
                return endpoint, in_path
        allowed = {endpoint.method for endpoint, _ in with_path}
    if allowed:
        raise MethodNotAllowed(method, path, allowed)
    raise ProtocolError(
        ENDPOINT_NOT_FOUND,
        f"This server has no {method} {path[:200]!r}. It serves experiments, runs, metrics, "
        "artifacts and logged models; the model registry and traces are not among them.",
    )


def _raw_fields(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    if request.method == "GET" and request.query:
        return dict(_from_query(endpoint, request.query))
    return _from_body(request)


def _from_query(
    endpoint: Endpoint, query: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Any]]:
    for field in endpoint.fields:
        for name in {field.name, field.camel, field.alias or field.name}:
            given = query.get(name)
            if given:
                yield name, list(given) if field.repeated else given[0]


def _from_body(request: Request) -> dict[str, Any]:
    if request.method in ("POST", "PUT", "PATCH"):
        check_content_type(request.content_type)
    if not request.body.strip():
        return {}
    try:
        given = json.loads(request.body)
        if isinstance(given, str):  # as MLflow's oldest clients send it
            given = json.loads(given)
    except (ValueError, RecursionError):
        raise invalid("The request's body is not JSON.") from None
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise invalid("The request's body must be a JSON object.")
    return given


def check_content_type(content_type: str | None) -> None:
    """Refuse what a page of another site may send without asking. Raises ProtocolError."""
    if content_type is None:
        raise invalid("Bad Request. Content-Type header is missing.")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise invalid("Bad Request. Content-Type must be one of ['application/json'].")
