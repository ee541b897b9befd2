"""Behind a path prefix and proxies that buffer: lists, live updates, comparisons and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.ui.conftest import NewPage
from tests.ui.lab import Lab, running_lab
from tests.ui.proxies import hub_proxy, nginx
from tracker.artifacts import open_artifacts
from tracker.entities import Metric
from tracker.store import Store, open_store

PREFIX = "/user/ada%40example.org/"
FILE = "résumé 100%.txt"
START_MS = 60_000
LIVE_MS = 60_000
"""Three attempts at a websocket, then the first two questions that stand in for it."""


@dataclass(frozen=True)
class Proxied:
    """A JupyterLab and the addresses that lead to it."""

    lab: Lab
    store: Store
    addresses: dict[str, str]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    work = tmp_path_factory.mktemp("proxied")
    with ExitStack() as stack:
        options = [f"--ServerApp.base_url={PREFIX}"]
        lab = stack.enter_context(running_lab(work, *options))
        with_sockets, without = stack.enter_context(nginx(work / "nginx", lab.url))
        hub = stack.enter_context(hub_proxy(work / "hub", lab.url))
        addresses = {"nginx": with_sockets, "nginx without websockets": without, "hub": hub}
        yield Proxied(lab, open_store(lab.root / ".tracker"), addresses)


def record(store: Store, name: str) -> str:
    run = store.create_run("0", run_name=name)
    store.log_batch(run.info.run_id, metrics=[Metric("loss", 0.5, 1000, 0)])
    artifacts = open_artifacts(run.info.artifact_uri)
    artifacts.put(FILE, [f"of {name}".encode()])
    store.update_run(run.info.run_id, status="FINISHED")
    return run.info.run_id


def opened_sockets(page: Page) -> list[WebSocket]:
    """Return a list that fills with the sockets over which something arrives."""
    heard: list[WebSocket] = []

    def watch(socket: WebSocket) -> None:
        if "/tracker/api/live" in socket.url:
            socket.on("framereceived", lambda _: heard.append(socket))

    page.on("websocket", watch)
    return heard


@pytest.mark.parametrize("way", ["nginx", "nginx without websockets", "hub"])
def test_the_page_works_behind(proxied: Proxied, new_page: NewPage, way: str) -> None:
    page = new_page()
    first, second = (record(proxied.store, f"{way} {number}") for number in (1, 2))
    heard = opened_sockets(page)
    base = proxied.addresses[way]
    page.goto(f"{base}tracker?token={proxied.lab.token}")
    rows = page.locator(".jp-tracker-run")
    expect(rows.filter(has_text=f"{way} 1")).to_be_visible(timeout=START_MS)
    expect(page).to_have_url(f"{base}tracker")

    record(proxied.store, f"{way} live")
    expect(rows.filter(has_text=f"{way} live")).to_be_visible(timeout=LIVE_MS)
    assert bool(heard) is (way != "nginx without websockets"), "a socket stays where one is let be"

    for run_id in (first, second):
        page.locator(f'.jp-tracker-run[data-run-id="{run_id}"]').get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".jp-tracker-table td[data-run-id]").first).to_be_visible(timeout=START_MS)
    expect(page).to_have_url(re.compile("show=compare-runs"))

    page.goto(f"{base}tracker?show=open-run&runId={first}")
    expect(page.get_by_role("heading", name=f"{way} 1")).to_be_visible(timeout=START_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {FILE}").click()
    assert Path(download.value.path()).read_text() == f"of {way} 1"
