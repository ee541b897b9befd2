"""The Jupyter Server extension: the routes under `tracker/api/` that the panel speaks to, and
those under `tracker/api/2.0/` that MLflow's clients do.

`tracker` itself hands Jupyter on to the functions below.

Loading it costs the server next to nothing: no store is opened and nothing heavy is imported
before the first question is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tracker.server"}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-tracker"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    import atexit
    from pathlib import Path

    from tracker.server.backend import Backend
    from tracker.server.configuration import TrackerServer
    from tracker.server.handlers import handlers
    from tracker.server.handlers.page import page_routes
    from tracker.server.handlers.protocol import protocol_routes

    allow_hidden = bool(app.contents_manager.allow_hidden)
    settings = app.web_app.settings
    backend = Backend(
        Path(app.root_dir),
        allow_hidden=allow_hidden,
        home=settings.get("tracker_store"),
        open_beyond_root=TrackerServer(parent=app).open_beyond_root,
        has_terminals=lambda: bool(settings.get("terminals_available")),
    )
    # Function-style extensions are not told when the server stops.
    atexit.register(backend.close)
    settings["tracker_backend"] = backend
    app.web_app.add_handlers(  # type: ignore[no-untyped-call]  # jupyter_server's has no types
        ".*$",
        [
            *handlers(app.base_url),
            *page_routes(app.base_url),
            *protocol_routes(f"{app.base_url.rstrip('/')}/tracker", backend.protocol),
        ],
    )
