"""The Jupyter Server extension: the routes under `tracker/api/` that the panel speaks to, and
those under `tracker/api/2.0/` that MLflow's clients do.

`tracker` itself hands Jupyter on to the functions below.

Loading it costs the server next to nothing: no store is opened, and even the routes are made when
the first question is asked.
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
    import re

    from tracker.server.routes import Routes

    routes = Routes(app)
    app.web_app.settings["tracker_routes"] = routes
    below = f"{re.escape(app.base_url)}tracker(?:/.*)?"
    app.web_app.add_handlers(".*$", [(below, routes)])  # type: ignore[no-untyped-call]  # has no types
