"""The live socket tells what changes, whoever changes it, and says so in few words."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

from tests.server.test_routes import log_run
from tests.server.test_wire import SHAPES, faults
from tracker.entities import Metric
from tracker.server import live, service
from tracker.server.backend import Backend
from tracker.server.live import Notice
from tracker.store import Store, open_store

Connect = Callable[..., Awaitable[WebSocketClientConnection]]
SECONDS = 60.0

LOG_ONE_RUN = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = store.create_run("0", run_name="elsewhere").info.run_id
for step in range(100):
    store.log_metric(run_id, "loss", 1.0 / (step + 1), 1000 + step, step)
store.update_run(run_id, status="FINISHED")
"""
DIE = """
import os, sys
from tracker.store import open_store
store = open_store(sys.argv[1])
print(store.create_run("0", run_name="doomed").info.run_id, flush=True)
sys.stdin.read()
os._exit(9)
"""


class Socket:
    """A panel's side of the live socket."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection

    async def message(self) -> dict[str, Any]:
        """The next message, checked for its shape."""
        async with asyncio.timeout(SECONDS):
            text = await self._connection.read_message()
        assert text is not None, "the server closed the socket"
        message: dict[str, Any] = json.loads(text)
        assert faults(message, SHAPES["LiveMessage"]) == []
        return message

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is wanted."""
        while not wanted(message := await self.message()):
            pass
        return message


@pytest.fixture
def listen(jp_ws_fetch: Connect, backend: Backend) -> Any:
    """Open the live socket of a folder; its greeting is still to be read."""

    @asynccontextmanager
    async def opened(folder: str = "") -> AsyncIterator[Socket]:
        connection = await jp_ws_fetch("tracker", "api", "live", params={"folder": folder})
        try:
            yield Socket(connection)
        finally:
            connection.close()

    return opened


async def in_thread(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, lambda: work(*args, **kwargs))


async def test_the_greeting_tells_the_revision(listen: Any, store: Store) -> None:
    log_run(store)
    async with listen() as socket:
        message = await socket.message()
    assert message["revision"] == store.changes().revision
    assert (message["runs"], message["experiments_changed"], message["truncated"]) == (
        [],
        False,
        False,
    )


async def test_what_another_process_logs_is_told(
    listen: Any, store: Store, jp_root_dir: Path
) -> None:
    async with listen() as socket:
        await socket.message()
        script = [sys.executable, "-c", LOG_ONE_RUN, str(jp_root_dir / ".tracker")]
        await in_thread(subprocess.run, script, check=True)
        message = await socket.until(
            lambda message: any(row["status"] == "FINISHED" for row in message["runs"])
        )
    (row,) = message["runs"]
    assert row["run_name"] == "elsewhere"
    assert (row["metrics"]["loss"]["count"], row["metrics"]["loss"]["last"]) == (100, 0.01)
    assert message["truncated"] is False


async def test_points_of_a_running_run_are_told_while_it_runs(listen: Any, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    async with listen() as socket:
        await socket.message()
        for step in range(3):
            store.log_metric(run_id, "loss", float(step), 1000, step)
            await socket.until(
                lambda message, step=step: any(
                    row["metrics"].get("loss", {}).get("last_step") == step
                    for row in message["runs"]
                )
            )


async def test_every_socket_of_a_store_is_told(listen: Any, store: Store, backend: Backend) -> None:
    async with listen() as first, listen() as second:
        await first.message()
        await second.message()
        run_id = store.create_run("0").info.run_id
        for socket in (first, second):
            message = await socket.message()
            assert [row["run_id"] for row in message["runs"]] == [run_id]
        assert len(backend.hub._watchers) == 1


async def test_sockets_of_other_stores_hear_nothing_of_it(
    listen: Any, store: Store, jp_root_dir: Path
) -> None:
    inner = open_store(jp_root_dir / "own" / ".tracker")
    async with listen("") as outer_socket, listen("own") as inner_socket:
        await outer_socket.message()
        await inner_socket.message()
        outer_run, inner_run = store.create_run("0"), inner.create_run("0")
        for socket, run in [(outer_socket, outer_run), (inner_socket, inner_run)]:
            message = await socket.message()
            assert [row["run_id"] for row in message["runs"]] == [run.info.run_id]


async def test_a_store_that_is_made_later_is_noticed(listen: Any, jp_root_dir: Path) -> None:
    async with listen() as socket:
        assert (await socket.message())["revision"] == 0
        made = await in_thread(open_store, jp_root_dir / ".tracker")
        run_id = made.create_run("0").info.run_id
        message = await socket.until(lambda message: message["experiments_changed"])
        assert message["truncated"] is True
        made.update_run(run_id, status="FINISHED")
        message = await socket.until(lambda message: bool(message["runs"]))
        assert message["runs"][0]["run_id"] == run_id


async def test_a_store_that_is_removed_and_made_again_is_read_again(
    listen: Any, store: Store, jp_root_dir: Path
) -> None:
    for _ in range(3):
        log_run(store)
    async with listen() as socket:
        await socket.message()
        shutil.rmtree(jp_root_dir / ".tracker")
        message = await socket.until(lambda message: message["revision"] == 0)
        assert message["truncated"] is True
        again = await in_thread(open_store, jp_root_dir / ".tracker")
        again.create_run("0")
        message = await socket.until(lambda message: message["revision"] > 0)
        assert message["truncated"] is True


async def test_a_nearer_store_takes_the_folder_over(
    listen: Any, store: Store, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.2)
    (jp_root_dir / "own").mkdir()
    async with listen("own") as socket, listen("") as outer:
        await socket.message()
        await outer.message()
        nearer = await in_thread(open_store, jp_root_dir / "own" / ".tracker")
        message = await socket.until(lambda message: message["truncated"])
        assert message["experiments_changed"] is True
        run_id = nearer.create_run("0").info.run_id
        message = await socket.until(lambda message: bool(message["runs"]))
        assert message["runs"][0]["run_id"] == run_id
        outer_run = store.create_run("0").info.run_id
        assert (await outer.message())["runs"][0]["run_id"] == outer_run


async def test_the_run_of_a_process_that_died_is_told_as_killed(
    listen: Any, store: Store, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.2)
    async with listen() as socket:
        await socket.message()
        child = subprocess.Popen(
            [sys.executable, "-c", DIE, str(jp_root_dir / ".tracker")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        run_id = (await in_thread(child.stdout.readline)).strip()
        message = await socket.until(lambda message: bool(message["runs"]))
        assert message["runs"][0]["status"] == "RUNNING"
        await in_thread(child.communicate)
        message = await socket.until(lambda message: bool(message["runs"]))
    assert (message["runs"][0]["run_id"], message["runs"][0]["status"]) == (run_id, "KILLED")


async def test_many_changes_at_once_ask_to_read_again(
    listen: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHANGED_RUNS_LIMIT", 3)
    run_ids = [store.create_run("0").info.run_id for _ in range(4)]
    async with listen() as socket:
        await socket.message()
        other = store.create_experiment("other")
        assert (await socket.message())["experiments_changed"] is True
        store.update_experiment("0", lifecycle_stage="deleted")
        message = await socket.until(lambda message: message["truncated"])
        assert message["runs"] == []
        run = store.create_run(other)
        message = await socket.until(lambda message: bool(message["runs"]))
    assert [row["run_id"] for row in message["runs"]] == [run.info.run_id]
    assert run.info.run_id not in run_ids


async def test_runs_removed_for_good_ask_to_read_again(listen: Any, store: Store) -> None:
    run_id = log_run(store)
    async with listen() as socket:
        await socket.message()
        store.delete_runs([run_id])
        assert (await socket.message())["truncated"] is True


async def test_a_burst_travels_in_few_messages(listen: Any, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    messages = 0
    async with listen() as socket:
        await socket.message()
        for number in range(200):
            store.log_batch(run_id, tags={"number": str(number)})
        while True:
            messages += 1
            message = await socket.message()
            if message["runs"][0]["tags"].get("number") == "199":
                break
    assert messages < 20


async def test_what_the_client_says_changes_nothing(listen: Any, store: Store) -> None:
    async with listen() as socket:
        await socket.message()
        await socket._connection.write_message("{")
        await socket._connection.write_message(b"\x00" * 1000, binary=True)
        run_id = store.create_run("0").info.run_id
        assert (await socket.message())["runs"][0]["run_id"] == run_id


async def test_nobody_is_watched_for_once_all_have_left(
    listen: Any, store: Store, backend: Backend
) -> None:
    async with listen() as socket:
        await socket.message()
        assert len(backend.hub._watchers) == 1
    async with asyncio.timeout(SECONDS):
        while backend.hub._watchers:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("folder", ["..", "/etc", "%2e%2e", ".tracker"])
async def test_a_folder_that_leads_astray_opens_no_socket(
    jp_ws_fetch: Connect, backend: Backend, folder: str
) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch("tracker", "api", "live", params={"folder": folder})
    assert caught.value.code == 400


async def test_a_stranger_opens_no_socket(jp_ws_fetch: Connect) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch("tracker", "api", "live", headers={"Authorization": "token wrong"})
    assert caught.value.code == 403


async def test_a_store_that_cannot_be_read_is_tried_again(
    listen: Any, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FAILURE_SECONDS", 0.1)
    (jp_root_dir / ".tracker").mkdir()
    damaged = jp_root_dir / ".tracker" / "tracker.db"
    damaged.write_bytes(b"not a database at all" * 100)
    async with listen() as socket:
        damaged.unlink()
        mended = await in_thread(open_store, jp_root_dir / ".tracker")
        run_id = mended.create_run("0").info.run_id
        mended.update_run(run_id, status="FINISHED")
        await socket.until(lambda message: message["revision"] == mended.changes().revision)


class SlowListener:
    """Stands for a socket handler; keeps what it is told."""

    folder = ""

    def __init__(self) -> None:
        self.heard: list[Notice] = []

    def deliver(self, notice: Notice) -> None:
        self.heard.append(notice)


async def test_who_joins_later_is_greeted_with_the_present_revision(
    backend: Backend, store: Store
) -> None:
    early, late = SlowListener(), SlowListener()
    uri = backend.service.places.store_uri("")
    backend.hub.join(early, uri)
    async with asyncio.timeout(SECONDS):
        while not early.heard:
            await asyncio.sleep(0.01)
        store.log_batch(store.create_run("0").info.run_id, metrics=[Metric("m", 1.0, 0)])
        while early.heard[-1].revision != store.changes().revision:
            await asyncio.sleep(0.01)
    backend.hub.join(late, uri)
    assert [notice.revision for notice in late.heard] == [early.heard[-1].revision]
    assert json.loads(late.heard[0].text)["runs"] == []
    backend.hub.leave(early)
    backend.hub.leave(late)
    assert backend.hub._watchers == {}
