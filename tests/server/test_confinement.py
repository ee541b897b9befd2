"""No route leads out of the places that it may read: not by a folder, a store, a run or a path."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httpclient import HTTPResponse

from tests.rest.servers import tracker_server
from tests.server.again import CELLS, notebook_run
from tests.server.conftest import Fetch
from tests.server.test_artifacts import ASTRAY
from tracker.capture import tags
from tracker.errors import TrackerError
from tracker.server import handlers
from tracker.server.backend import Backend
from tracker.server.handlers.route import RUN
from tracker.server.notebooks.cells import notebook_file
from tracker.server.notebooks.links import new_folder
from tracker.server.places.opened import OpenedStores
from tracker.server.places.opening import Place, store_at
from tracker.store import Store, open_store

SECRET = "a secret of others"
RUN_ID = "0" * 32
NOTEBOOK = "study.ipynb"

ASKED: dict[str, dict[str, str]] = {
    "experiments": {},
    "stores": {},
    "fields": {},
    "fields/values": {"field": "params.x", "typed": ""},
    "live": {},
    RUN: {},
    f"{RUN}/links": {},
    f"{RUN}/artifacts": {"path": ""},
    f"{RUN}/artifacts/zip": {"path": ""},
    f"{RUN}/artifact": {"path": "key.csv"},
    f"{RUN}/artifact/table": {"path": "key.csv"},
    f"{RUN}/artifact/find": {"path": "key.csv", "text": "secret"},
    f"{RUN}/artifact/model": {"path": "MLmodel"},
}
"""Routes that are asked with GET, and what they take besides a folder."""

POSTED: dict[str, dict[str, Any]] = {
    "runs/search": {},
    "runs/groups": {"by": {"kind": "param", "key": "x"}},
    "runs/edit": {"edits": []},
    "runs/compare": {"run_ids": [RUN_ID, RUN_ID]},
    "runs/importance": {"run_ids": [RUN_ID], "metric": "x"},
    "metrics/history": {"series": []},
    "cells/runs": {"notebook": NOTEBOOK, "cell_ids": ["c1"]},
    "cells/changes": {"run_id": RUN_ID, "cell_id": "c1", "source": ""},
    f"{RUN}/notebook": {},
    f"{RUN}/plan": {},
    f"{RUN}/jobs": {"kind": "run", "content": "x"},
    f"{RUN}/export": {"path": "out"},
}
"""Routes that are asked with POST."""

FILES = {route for route in (*ASKED, *POSTED) if "artifact" in route} | {
    *("runs/compare", "cells/runs", "cells/changes"),
    *(f"{RUN}/{deed}" for deed in ("links", "notebook", "plan", "jobs", "export")),
}
"""Routes that read files of runs."""

FOLDERS = [
    *("..", "a/../..", "%2e%2e", "..%2fsibling", "a\\..\\..", "/etc", "//server/share", "C:/x"),
    *("a\0b", "a%00b", ".hidden", "escape", "escape/further", "x" * 5000),
    *("file:///etc", "sqlite:////etc/x.db", "https://ada:secret@127.0.0.1:9/x"),
]


def test_the_tables_have_every_route_that_takes_a_folder() -> None:
    others = {"stores/open", "stores/forget", "jobs/([0-9a-f]{32})/cancel"}
    assert {*ASKED, *POSTED} | others == {pattern for pattern, _ in handlers.ROUTES}


def test_files_of_runs_are_opened_in_one_place() -> None:
    """The worker is told of no run that `places.reading` did not let through before."""
    server = Path(handlers.__file__).parents[1]
    found = {
        file.relative_to(server).as_posix()
        for file in server.rglob("*.py")
        if "open_artifacts" in file.read_text(encoding="utf-8")
    }
    assert found == {"places/reading.py", "work/preparing.py"}


@pytest.fixture
def confined(backend: Backend) -> Backend:
    """A server whose owner lets nobody open what lies beyond the folder served."""
    backend.open_beyond_root = False
    return backend


async def ask_all(
    fetch: Fetch, folder: str, run_id: str, only: set[str] | None = None
) -> list[tuple[str, HTTPResponse]]:
    """Ask every route about a folder and a run."""
    found = []
    for route, params in ASKED.items():
        if only is None or route in only:
            path = "tracker/api/" + route.replace(RUN, f"runs/{run_id}")
            given: Any = {"params": {"folder": folder, **params}}
            found.append((route, await fetch(path, raise_error=False, **given)))
    for route, body in POSTED.items():
        if only is None or route in only:
            path = "tracker/api/" + route.replace(RUN, f"runs/{run_id}")
            text = json.dumps({"folder": folder, **body}).replace(RUN_ID, run_id)
            given = {"method": "POST", "body": text}
            given["headers"] = {"Content-Type": "application/json"}
            found.append((route, await fetch(path, raise_error=False, **given)))
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: repr(folder)[:30])
async def test_a_folder_that_leads_out_is_refused_by_every_route(
    jp_fetch: Fetch, jp_root_dir: Path, confined: Backend, folder: str
) -> None:
    (jp_root_dir.parent / "sibling" / "further").mkdir(parents=True)
    (jp_root_dir / "escape").symlink_to(jp_root_dir.parent / "sibling")
    before = sorted(jp_root_dir.parent.rglob("*"))
    for route, answer in await ask_all(jp_fetch, folder, RUN_ID):
        assert answer.code == 400, route
        assert b"cannot be used" in answer.body, route
        assert b"secret" not in answer.body, route
    assert sorted(jp_root_dir.parent.rglob("*")) == before


async def test_a_store_beyond_is_not_found_by_any_route(
    jp_fetch: Fetch, confined: Backend, tmp_path: Path
) -> None:
    beyond = open_store(tmp_path / "beyond" / ".tracker")
    run_id = beyond.create_run("0", run_name=SECRET).info.run_id
    with tracker_server(tmp_path / "beyond" / ".tracker") as server:
        # Another server of the same user, with other rules, opened them.
        elsewhere = OpenedStores(lambda uri: True)
        for uri in (str(tmp_path / "beyond" / ".tracker"), server.uri):
            for route, answer in await ask_all(jp_fetch, elsewhere.add(uri), run_id):
                assert answer.code in (400, 404), route
                assert b"not known to this server" in answer.body, route
                assert SECRET.encode() not in answer.body, route


@pytest.fixture
def others(store: Store, tmp_path: Path) -> Path:
    """Files of somebody else, which look like those of a run with code."""
    run = notebook_run(store, f"secret = {SECRET!r}", CELLS[1].replace("rate * 2", "1"))
    place = tmp_path / "others"
    shutil.copytree(run.info.artifact_uri, place)
    (place / "key.csv").write_text(f"name\n{SECRET}\n")
    (place / "MLmodel").write_text(f"flavors: {{x: {{y: {SECRET}}}}}\n")
    return place


def ways(place: Path, root: Path) -> Iterator[str]:
    """URIs that lead a run to a place outside of the root."""
    (root / "link").symlink_to(place)
    yield from (str(place), place.as_uri(), f"{root}/x/../../{place.parent.name}/{place.name}")
    yield from (f"{root.as_uri()}/%2e%2e/{place.parent.name}/{place.name}", str(root / "link"))
    yield from (
        f"file://localhost{place}",
        f"FILE://{place}",
        f"local://{place}",
        f"dir://::{place}",
    )
    yield from (
        f"simplecache::file://{place}",
        f"http://ada:secret@127.0.0.1:9{place}",
        "memory://x",
    )


async def test_a_run_leads_no_route_to_files_that_lie_elsewhere(
    jp_fetch: Fetch, confined: Backend, others: Path, jp_root_dir: Path
) -> None:
    hostile = open_store(jp_root_dir / "evil" / "mlruns")
    run_id = hostile.create_run("0", tags={tags.CELL_ID: "c1"}).info.run_id
    hostile.log_batch(run_id, tags={"mlflow.source.name": str(jp_root_dir / NOTEBOOK)})
    (meta,) = (file for file in (jp_root_dir / "evil").rglob("meta.yaml") if run_id in str(file))
    said = meta.read_text()
    line = next(line for line in said.splitlines() if line.startswith("artifact_uri:"))
    name = confined.service.places.opened.offer(str(jp_root_dir / "evil" / "mlruns"))
    before = sorted(jp_root_dir.parent.rglob("*"))
    for uri in ways(others, jp_root_dir):
        meta.write_text(said.replace(line, f"artifact_uri: {json.dumps(uri)}"))
        for route, answer in await ask_all(jp_fetch, name, run_id, FILES):
            assert SECRET.encode() not in answer.body, (route, uri)
            assert b"ada:secret" not in answer.body, (route, uri)
            is_told = route in ("cells/runs", f"{RUN}/links", "runs/compare")
            assert answer.code in (400, 404) or is_told, (route, uri, answer.body)
    left = {file for file in jp_root_dir.parent.rglob("*") if file.name != "link"}
    assert left == set(before), "nothing was written"
    assert len(hostile.search_runs(None)) == 1


@pytest.mark.parametrize("route", [route for route in ASKED if "path" in ASKED[route]])
async def test_a_path_leads_no_route_out_of_a_runs_files(
    jp_fetch: Fetch, store: Store, others: Path, route: str
) -> None:
    run = notebook_run(store)
    files = Path(run.info.artifact_uri)
    (files / "out").symlink_to(others)
    (files / "passwd").symlink_to(others / "key.csv")
    paths = [*ASTRAY, "out", "out/key.csv", str(others), (others / "key.csv").as_uri()]
    for path in paths:
        params = {**ASKED[route], "folder": "", "path": path}
        url = "tracker/api/" + route.replace(RUN, f"runs/{run.info.run_id}")
        answer = await jp_fetch(url, params=params, raise_error=False)
        assert answer.code == 400, path
        assert SECRET.encode() not in answer.body, path


# Half surrogate pairs are refused before: a body that holds one is no text.
_TEXT = st.text(
    st.sampled_from("ab./\\%2e5cf\0 ~:@\n") | st.characters(exclude_categories=["Cs"]), max_size=24
)


@given(_TEXT)
def test_no_text_names_a_notebook_a_new_folder_or_a_store_outside(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "root-of-texts"
    (root / "a").mkdir(parents=True, exist_ok=True)
    if not (root / "b").is_symlink():
        (root / "b").symlink_to(root.parent)
    for find in (notebook_file, new_folder):
        try:
            found = find(root, text)
        except TrackerError:
            continue
        assert found.parent.resolve().is_relative_to(root.resolve())
        assert found.name not in ("", ".", "..")
    try:
        store_at(text, Place(root, beyond=False))
    except TrackerError as error:
        assert text in ("", ".") or "secret" not in error.message
