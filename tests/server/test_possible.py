"""What cannot be done with a run is refused by every route, and says what to do instead."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.server.again import links, notebook_run
from tests.server.conftest import Ask
from tests.server.test_stores import mlflow_db_at
from tracker.server.backend import Backend
from tracker.store import Store

RUN_ID = "0" * 32
NOWHERE = "http://ada:secret@127.0.0.1:9"
DEEDS: list[tuple[str, dict[str, Any], str]] = [
    ("notebook", {}, "opened as a notebook"),
    ("plan", {}, "run again"),
    ("jobs", {"kind": "run", "content": "x"}, "run again"),
    ("jobs", {"kind": "verify", "content": "x"}, "verified"),
    ("export", {"path": "out"}, "exported"),
]


@pytest.mark.parametrize(("route", "body", "words"), DEEDS)
async def test_a_run_on_a_server_stays_there_and_the_server_is_not_asked(
    refusal: Ask, backend: Backend, route: str, body: dict[str, Any], words: str
) -> None:
    name = backend.service.places.opened.offer(NOWHERE)
    status, error = await refusal("runs", RUN_ID, route, body={"folder": name, **body})
    assert status == 400
    assert f"cannot be {words}: its store is on a server" in error["message"]
    assert "`tracker import`" in error["message"]
    assert "secret" not in json.dumps(error)


@pytest.mark.parametrize(("route", "body", "words"), DEEDS)
async def test_a_run_without_code_says_how_runs_keep_theirs(
    refusal: Ask, store: Store, route: str, body: dict[str, Any], words: str
) -> None:
    run_id = store.create_run("0", run_name="bare").info.run_id
    status, error = await refusal("runs", run_id, route, body={"folder": "", **body})
    assert status == 400
    assert f"The run 'bare' cannot be {words}: no code was kept with it" in error["message"]
    assert "cells of a notebook" in error["message"]
    assert len(store.search_runs(None)) == 1


@pytest.fixture
def read_only(store: Store, jp_root_dir: Path, backend: Backend) -> tuple[str, str, Path]:
    """A database of MLflow's with a run that has code: its name, the run's id, its file."""
    files = jp_root_dir / "theirs" / "files"
    run_id = mlflow_db_at(files.parent / "mlflow.db", artifact_uri=str(files))
    shutil.copytree(notebook_run(store).info.artifact_uri, files)
    name = backend.service.places.opened.offer(f"sqlite:///{files.parent}/mlflow.db")
    return name, run_id, files.parent / "mlflow.db"


async def test_a_run_that_is_only_read_becomes_a_notebook_and_a_project_but_no_run(
    ask: Ask, refusal: Ask, read_only: tuple[str, str, Path], jp_root_dir: Path
) -> None:
    name, run_id, file = read_only
    before = file.read_bytes()
    for route, body, words in DEEDS[1:4]:
        status, error = await refusal("runs", run_id, route, body={"folder": name, **body})
        assert status == 400
        assert (
            f"The run 'from the database' cannot be {words}: its store can only be read"
            in error["message"]
        )
        assert "`tracker import`" in error["message"]
    told = await ask("runs", run_id, "links", folder=name)
    assert set(told["refused"]) == {"run", "verify"}
    written = await ask("runs", run_id, "notebook", body={"folder": name})
    assert (jp_root_dir / written["path"]).is_file()
    await ask("runs", run_id, "export", body={"folder": name, "path": "out"})
    assert (jp_root_dir / "out" / "MLproject").is_file()
    edits = [{"run_id": run_id, "run_name": "other"}]
    status, error = await refusal("runs", "edit", body={"folder": name, "edits": edits})
    assert (status, error["error_code"]) == (403, "PERMISSION_DENIED")
    assert file.read_bytes() == before


async def test_a_run_whose_original_is_gone_says_so(ask: Ask, refusal: Ask, store: Store) -> None:
    run = notebook_run(store)
    store.log_batch(run.info.run_id, tags={"tracker.again.of": RUN_ID})
    for route, body, _ in DEEDS:
        status, error = await refusal("runs", run.info.run_id, route, body={"folder": "", **body})
        assert status == 404
        assert f"{RUN_ID} that 'first' repeats is gone" in error["message"]
    assert len((await links(ask, run.info.run_id))["refused"]) == 4
