"""Fixtures for tests that drive a real JupyterLab in a real browser."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

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
NewPage = Callable[..., Page]
PATIENCE_MS = 20_000
START_MS = 60_000


# A browser keeps an event loop going, which tests of another folder could not bear: both end here.
@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all browser tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="package")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A person's own browser, the machine's Chromium or Chrome; none there is a failure, no skip.

    What it cached of JupyterLab, compiled too, is there for the next page, as it is for people: it
    halves the work of opening one.
    """
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable, f"no browser found, looked for {', '.join(BROWSERS)}"
    # A condition that holds does so at once; a busy machine must not decide.
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=executable, args=QUIET
        )
        yield started
        started.close()


@pytest.fixture(scope="package")
def browser(profile: BrowserContext) -> Browser:
    """The same browser, for tests with several people."""
    assert profile.browser is not None
    return profile.browser


@pytest.fixture
def new_page(profile: BrowserContext) -> Iterator[NewPage]:
    """Open pages that know nothing of the tests before; fails on errors of a page."""
    pages: list[Page] = []
    errors: list[str] = []

    def open_page(width: int = 1280, height: int = 800) -> Page:
        page = profile.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    origins = {"/".join(page.url.split("/")[:3]) for page in pages}
    for page in pages:
        page.close()
    _forget(profile, origins)
    assert errors == []


def _forget(profile: BrowserContext, origins: set[str]) -> None:
    """Remove what pages left in the browser, all but its cache."""
    profile.clear_cookies()
    profile.clear_permissions()
    session = profile.new_cdp_session(profile.pages[0])
    for origin in origins:
        kinds = "local_storage,indexeddb,cache_storage,service_workers"
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kinds})
    session.detach()


@pytest.fixture
def left_idle(lab: Lab) -> Iterator[None]:
    """Leave the server to the next test as it was; before this the pages are closed."""
    yield
    lab.shut_down_kernels()
    lab.forget_theme()


@pytest.fixture
def open_lab(lab: Lab, left_idle: None, new_page: NewPage) -> OpenLab:
    """Open JupyterLab in a fresh workspace."""

    def open_page(path: str = "", *, width: int = 1400, height: int = 900) -> Page:
        page = new_page(width, height)
        workspace = uuid.uuid4().hex[:8]
        page.goto(f"{lab.url}lab/workspaces/{workspace}/tree/{path}?token={lab.token}")
        wait_until_started(page)
        if not path.endswith(".ipynb"):
            # It comes by itself, late, and takes the focus from whoever has it by then.
            wait_for_focus(page, ".jp-Launcher")
        return page

    return open_page


def wait_for_focus(page: Page, selector: str) -> None:
    """Wait until something has the focus, or what is inside of it."""
    page.wait_for_function(
        "selector => document.activeElement?.closest(selector) != null",
        arg=selector,
        timeout=START_MS,
    )


def wait_until_started(page: Page) -> None:
    """Wait until JupyterLab has opened what it restores."""
    page.wait_for_function("() => !!window.jupyterapp", timeout=START_MS)
    page.evaluate("async () => { await window.jupyterapp.restored; }")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=START_MS)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder that keeps the pictures; `make screenshots` sends them to the documentation."""
    folder = Path(os.environ.get("TRACKER_SCREENSHOTS", REPOSITORY / ".cache" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
