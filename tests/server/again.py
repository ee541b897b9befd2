"""Runs of notebooks that can be run again, and what the panel asks of them."""

from __future__ import annotations

import asyncio
import json
import platform
import time
from collections.abc import Callable
from typing import Any

from tests.diff.conftest import executed, keep_run
from tests.server.conftest import Ask
from tests.server.test_wire import SHAPES, faults
from tracker.artifacts import open_artifacts
from tracker.capture import signature, tags
from tracker.entities import Run
from tracker.store import Store

NOTEBOOK = "study.ipynb"
CELLS = [
    "import tracker\nrate = 0.5",
    "with tracker.start_run():\n    tracker.log_metric('twice', rate * 2)",
]
PATIENCE = 60


def notebook_run(store: Store, *sources: str, is_signed: bool = True) -> Run:
    """A finished run of the last of these cells, as a kernel of this user records it."""
    cells = executed(*(sources or CELLS))
    run = keep_run(store, "first", cells, packages={})
    run_id = run.info.run_id
    store.log_batch(run_id, tags={"mlflow.source.name": NOTEBOOK, tags.CELL_ID: "c1"})
    artifacts = open_artifacts(run.info.artifact_uri)
    if is_signed:
        texts = {}
        for path in (tags.SESSION_FILE, tags.LINEAGE_FILE):
            with artifacts.open(path) as file:
                texts[path] = file.read()
        signed = signature.signature(texts)
        assert signed is not None
        artifacts.put(tags.SIGNATURE_FILE, [signed])
    artifacts.put(tags.ENVIRONMENT_FILE, [json.dumps(here()).encode()])
    store.log_batch(run_id, metrics=[])
    return store.update_run(run_id, status="FINISHED")


def here() -> dict[str, object]:
    return {"python": platform.python_version(), "distributions": {}}


async def until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        await asyncio.sleep(0.1)


async def plan(ask: Ask, run: Run) -> Any:
    answer = await ask("runs", run.info.run_id, "plan", body={"folder": ""})
    assert faults(answer, SHAPES["PlanAnswer"]) == []
    return answer


async def links(ask: Ask, run_id: str) -> Any:
    answer = await ask("runs", run_id, "links", folder="")
    assert faults(answer, SHAPES["RunLinks"]) == []
    return answer


async def until_over(ask: Ask, run_id: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(j["state"] in ("waiting", "running") for j in (await links(ask, run_id))["jobs"]):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
