"""The table of routes, for a server of ours or below another's."""

from __future__ import annotations

from typing import Any

from tornado import web

from tracker.rest.backend import Backend
from tracker.rest.file_handlers import (
    ArtifactHandler,
    ModelArtifactHandler,
    ProxyFolderHandler,
    ProxyHandler,
    UnsupportedHandler,
    UnsupportedReadHandler,
)
from tracker.rest.handlers import (
    DescriptionHandler,
    Handler,
    ProtocolHandler,
    ServerInfoHandler,
    TextHandler,
    UnknownHandler,
)

Route = tuple[str, type[Handler], dict[str, Any]]


def routes(backend: Backend, prefix: str = "") -> list[Route]:
    """Return the protocol's routes below `prefix`, a pattern, as tornado takes them."""
    api = rf"{prefix}/(?:ajax-)?api/2\.0"
    files = rf"{api}/mlflow-artifacts"
    shared = {"backend": backend}
    parts = {**shared, "what": "Multipart upload"}
    parts_down = {**shared, "what": "Multipart download"}
    signed = {**shared, "what": "Presigned upload"}
    signed_down = {**shared, "what": "Presigned download"}
    return [
        (rf"{prefix}/health", TextHandler, {**shared, "text": "OK"}),
        (rf"{prefix}/version", TextHandler, {**shared, "text": backend.version}),
        (rf"{prefix}/(?:ajax-)?api/3\.0/mlflow/server-info", ServerInfoHandler, shared),
        (rf"{prefix}/openapi\.json", DescriptionHandler, shared),
        (rf"{prefix}/get-artifact", ArtifactHandler, shared),
        (rf"{api}/mlflow/logged-models/([^/]+)/artifacts/files", ModelArtifactHandler, shared),
        (rf"{api}/mlflow/artifacts/presigned-upload-url", UnsupportedHandler, signed),
        (rf"{api}/mlflow/artifacts/presigned-download-url", UnsupportedHandler, signed_down),
        (rf"{api}/mlflow/(.+)", ProtocolHandler, shared),
        (rf"{files}/artifacts", ProxyFolderHandler, shared),
        (rf"{files}/artifacts/(.*)", ProxyHandler, shared),
        (rf"{files}/mpu/(?:create|complete|abort)/(.*)", UnsupportedHandler, parts),
        (rf"{files}/presigned/(.*)", UnsupportedReadHandler, parts_down),
    ]


def application(backend: Backend) -> web.Application:
    """Return the stand-alone server's application."""
    table: Any = [*routes(backend), (r".*", UnknownHandler, {"backend": backend})]
    return web.Application(table, log_function=_log_nothing)


def _log_nothing(handler: web.RequestHandler) -> None:
    """Leave requests unlogged: their paths may hold what is nobody else's business."""
