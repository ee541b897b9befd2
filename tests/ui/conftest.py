"""Fixtures for tests that drive a real JupyterLab in a real browser."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.ui.lab import Lab, running_lab

REPOSITORY = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenLab = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests on one worker: they share one server and one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("ui"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all browser tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium or Chrome; none there is a failure, not a skip."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable, f"no browser found, looked for {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def open_lab(lab: Lab, browser: Browser) -> Iterator[OpenLab]:
    """Open JupyterLab in a fresh browser context and workspace; fails on errors of the page."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(path: str = "", *, width: int = 1400, height: int = 900) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        workspace = uuid.uuid4().hex[:8]
        page.goto(f"{lab.url}lab/workspaces/{workspace}/tree/{path}?token={lab.token}")
        page.wait_for_function("() => !!window.jupyterapp", timeout=60_000)
        page.evaluate("async () => { await window.jupyterapp.restored; }")
        page.wait_for_selector("#jupyterlab-splash", state="detached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    lab.shut_down_kernels()
    lab.forget_theme()
    assert errors == []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder that keeps the pictures; `make screenshots` sends them to the documentation."""
    folder = Path(os.environ.get("TRACKER_SCREENSHOTS", REPOSITORY / ".cache" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
