"""A real Jupyter Server with the extension, and a store in the folder that it serves."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403  (fixtures are found by their names)
from tornado.httpclient import HTTPClientError, HTTPResponse
from traitlets.config import Config

from tracker.server.backend import Backend
from tracker.store import Store, open_store

Fetch = Callable[..., Awaitable[HTTPResponse]]
Ask = Callable[..., Awaitable[Any]]
PATIENCE = 120
"""Seconds that an answer may take on a busy machine."""


@pytest.fixture  # type: ignore[no-redef]  # takes the place of the plugin's
def jp_server_config(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Config:
    """Only this extension, no environment that names another store, nothing remembered or kept."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data-of-user"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache-of-user"))
    for variable in ("TRACKER_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(variable, raising=False)
    return Config({"ServerApp": {"jpserver_extensions": {"tracker": True}}})


@pytest.fixture
def backend(jp_serverapp: Any) -> Iterator[Backend]:
    """The extension's own state; watchers end with the test."""
    found = cast(Backend, jp_serverapp.web_app.settings["tracker_routes"].backend)
    yield found
    found.hub.close()


@pytest.fixture
def store(jp_root_dir: Path) -> Store:
    """The store of the served folder."""
    return open_store(jp_root_dir / ".tracker")


@pytest.fixture
def ask(jp_fetch: Fetch, backend: Backend) -> Ask:
    """Return the parsed answer of a route; a `body` makes it a POST."""

    async def ask_route(*parts: str, body: object = None, **params: str) -> Any:
        options: dict[str, Any] = {"request_timeout": PATIENCE}
        if body is not None:
            options |= {"method": "POST", "body": json.dumps(body)}
            options["headers"] = {"Content-Type": "application/json"}
        response = await jp_fetch("tracker", "api", *parts, params=params, **options)
        assert response.headers["Content-Type"] == "application/json"
        return json.loads(response.body)

    return ask_route


@pytest.fixture
def refusal(ask: Ask) -> Ask:
    """Return the status and the parsed ErrorAnswer of a request that must fail."""

    async def refused(*parts: str, body: object = None, **params: str) -> Any:
        with pytest.raises(HTTPClientError) as caught:
            await ask(*parts, body=body, **params)
        assert caught.value.response is not None
        return caught.value.code, json.loads(caught.value.response.body)

    return refused
