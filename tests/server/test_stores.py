"""The store switcher's routes: what there is to choose from, and opening another store."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.rest.servers import tracker_server
from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tracker.server.backend import Backend
from tracker.server.places import found, opened
from tracker.store import Store, open_store


@pytest.fixture
def confined(backend: Backend) -> Backend:
    """A server whose owner lets nobody open what lies beyond the folder served."""
    backend.open_beyond_root = False
    return backend


@pytest.fixture
def at_large(backend: Backend) -> Backend:
    """A server whose owner lets everybody open what this account can read."""
    backend.open_beyond_root = True
    return backend


def mlruns_at(folder: Path, *, name: str = "old") -> str:
    """Make a folder of MLflow's with a run; return the run's id."""
    store = open_store(folder)
    return store.create_run(store.create_experiment(name), run_name="amber").info.run_id


def mlflow_db_at(path: Path, *, artifact_uri: str = "somewhere") -> str:
    """Make a database with the tables that MLflow's has had since 1.0; return its run's id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE experiments(experiment_id INTEGER PRIMARY KEY, name TEXT,
            artifact_location TEXT, lifecycle_stage TEXT);
        CREATE TABLE runs(run_uuid TEXT PRIMARY KEY, name TEXT, source_type TEXT, source_name TEXT,
            entry_point_name TEXT, user_id TEXT, status TEXT, start_time INTEGER,
            end_time INTEGER, source_version TEXT, lifecycle_stage TEXT, artifact_uri TEXT,
            experiment_id INTEGER);
        CREATE TABLE metrics(key TEXT, value REAL, timestamp INTEGER, run_uuid TEXT);
        CREATE TABLE params(key TEXT, value TEXT, run_uuid TEXT);
        CREATE TABLE tags(key TEXT, value TEXT, run_uuid TEXT);
        INSERT INTO experiments VALUES (0, 'Default', 'artifacts', 'active');
        """
    )
    run_id = "0" * 31 + "1"
    row = (run_id, "from the database", "ada", "FINISHED", 1000, 2000, "active", artifact_uri, 0)
    connection.execute(
        "INSERT INTO runs(run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, "
        "artifact_uri, experiment_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    connection.commit()
    connection.close()
    return run_id


async def opened_as(ask: Ask, location: str) -> dict[str, Any]:
    answer = await ask("stores", "open", body={"location": location})
    row: dict[str, Any] = answer["store"]
    return row


async def all_stores(ask: Ask, folder: str = "") -> dict[str, Any]:
    """Ask until the search for stores has ended."""
    while (answer := await ask("stores", folder=folder))["searching"]:
        await asyncio.sleep(0.01)
    found: dict[str, Any] = answer
    return found


async def test_the_store_of_the_folder_is_told_with_name_and_kind(ask: Ask, store: Store) -> None:
    here = (await ask("stores", folder=""))["here"]
    shown = (await ask("experiments", folder=""))["store"]
    assert (here["kind"], here["place"], here["folder"]) == ("tracker", ".tracker", "")
    assert (shown["kind"], shown["name"], shown["writable"]) == ("tracker", here["name"], True)


async def test_stores_below_the_root_are_found(ask: Ask, store: Store, jp_root_dir: Path) -> None:
    mlruns_at(jp_root_dir / "old" / "mlruns")
    mlflow_db_at(jp_root_dir / "older" / "mlflow.db")
    open_store(jp_root_dir / "new" / "er" / ".tracker")
    (jp_root_dir / "node_modules" / "x").mkdir(parents=True)
    mlruns_at(jp_root_dir / "node_modules" / "x" / "mlruns")
    answer = await all_stores(ask)
    assert [(row["kind"], row["place"], row["name"]) for row in answer["found"]] == [
        ("tracker", ".tracker", jp_root_dir.name),
        ("mlruns", "old/mlruns", "old"),
        ("mlflow", "older/mlflow.db", "older"),
        ("tracker", "new/er/.tracker", "er"),
    ]
    assert answer["recent"] == []


def test_a_search_ends_in_time_and_leaves_links_and_environments_out(tmp_path: Path) -> None:
    mlruns_at(tmp_path / "outside" / "mlruns")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "my-env").mkdir()
    (root / "my-env" / "pyvenv.cfg").touch()
    mlruns_at(root / "my-env" / "mlruns")
    mlruns_at(root / "a" / "mlruns")
    deep = root.joinpath(*"123456")
    mlruns_at(deep / "mlruns")
    mlruns_at(deep / "7" / "mlruns")
    assert list(found.search(root)) == [str(root / "a" / "mlruns"), str(deep / "mlruns")]
    assert list(found.search(root, seconds=-1)) == []


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("old/mlruns", "mlruns"),
        ("old", "mlruns"),
        (" 'old/mlruns/' ", "mlruns"),
        ("older/mlflow.db", "mlflow"),
        ("older", "mlflow"),
        (".tracker", "tracker"),
        (".tracker/tracker.db", "tracker"),
    ],
)
async def test_a_store_is_opened_by_what_a_person_would_type(
    ask: Ask, confined: Backend, store: Store, jp_root_dir: Path, location: str, kind: str
) -> None:
    mlruns_at(jp_root_dir / "old" / "mlruns")
    mlflow_db_at(jp_root_dir / "older" / "mlflow.db")
    row = await opened_as(ask, location)
    assert row["kind"] == kind
    absolute = await opened_as(ask, str(jp_root_dir / location.strip(" '")))
    assert absolute == row
    shown = (await ask("experiments", folder=row["folder"]))["store"]
    assert (shown["kind"], shown["name"]) == (kind, row["name"])
    assert shown["writable"] is (kind != "mlflow")


async def test_every_route_takes_the_name_of_an_opened_store(
    ask: Ask, store: Store, jp_root_dir: Path
) -> None:
    other = open_store(jp_root_dir / "other" / ".tracker")
    run_id, second = log_run(other, losses=(1.0, 0.5)), log_run(other)
    folder = (await opened_as(ask, "other"))["folder"]
    found = await ask("runs", "search", body={"folder": folder})
    assert {row["run_id"] for row in found["runs"]} == {run_id, second}
    assert (await ask("runs", run_id, folder=folder))["run"]["run_id"] == run_id
    series = [{"run_id": run_id, "key": "loss"}]
    history = await ask("metrics", "history", body={"folder": folder, "series": series})
    assert history["series"][0]["values"] == [1.0, 0.5]
    compared = {"folder": folder, "run_ids": [run_id, second]}
    assert await ask("runs", "compare", body=compared)
    assert (await ask("runs", run_id, "artifacts", folder=folder, path=""))["files"] == []
    edit = {"run_id": run_id, "run_name": "renamed"}
    await ask("runs", "edit", body={"folder": folder, "edits": [edit]})
    assert other.get_run(run_id).info.run_name == "renamed"


async def test_the_live_socket_follows_an_opened_store(
    ask: Ask, jp_ws_fetch: Any, jp_root_dir: Path
) -> None:
    other = open_store(jp_root_dir / "other" / ".tracker")
    folder = (await opened_as(ask, "other"))["folder"]
    socket = await jp_ws_fetch("tracker", "api", "live", params={"folder": folder})
    assert json.loads(await socket.read_message())["runs"] == []
    run_id = other.create_run("0").info.run_id
    told = json.loads(await asyncio.wait_for(socket.read_message(), 60))
    assert [row["run_id"] for row in told["runs"]] == [run_id]
    socket.close()


async def test_opened_stores_are_remembered_until_they_are_forgotten(
    ask: Ask, refusal: Ask, store: Store, jp_root_dir: Path
) -> None:
    mlruns_at(jp_root_dir / "old" / "mlruns")
    row = await opened_as(ask, "old/mlruns")
    latest = await opened_as(ask, ".tracker")
    assert (await ask("stores", folder=""))["recent"] == [latest, row]
    assert opened.record_file().stat().st_mode & 0o077 == 0
    left = await ask("stores", "forget", body={"folder": row["folder"]})
    assert left == {"recent": [latest]}
    status, error = await refusal("experiments", folder=row["folder"])
    assert status == 404
    assert "not known" in error["message"]


def test_a_name_means_the_same_store_after_a_restart(tmp_path: Path, jp_environ: Any) -> None:
    before, after = (opened.OpenedStores(lambda uri: True) for _ in range(2))
    name = before.add(str(tmp_path / "a"))
    assert after.uri_of(name) == str(tmp_path / "a")


def test_what_others_may_have_written_is_not_remembered(jp_environ: Any, tmp_path: Path) -> None:
    stores = opened.OpenedStores(lambda uri: True)
    stores.add(str(tmp_path / "a"))
    opened.record_file().chmod(0o622)
    assert opened.OpenedStores(lambda uri: True).recent() == []
    for text in ("", "[1]", '{"stores": 3}', '{"stores": [3, null]}', "[" * 10_000):
        opened.record_file().write_text(text)
        opened.record_file().chmod(0o600)
        assert opened.OpenedStores(lambda uri: True).recent() == []


@pytest.mark.parametrize(
    ("location", "status", "said"),
    [
        ("", 400, "Give the path"),
        ("nowhere", 404, "nothing at"),
        ("empty", 404, "no store in"),
        ("notes.txt", 400, "is no store"),
        ("broken.db", 500, "another program"),
        ("both", 400, "several stores: .tracker, mlruns"),
        ("postgresql://u:secret@host/db", 400, "postgresql:"),
        ("x\0y", 400, "Give the path"),
    ],
)
async def test_what_cannot_be_opened_is_said_clearly(
    refusal: Ask,
    at_large: Backend,
    jp_root_dir: Path,
    location: str,
    status: int,
    said: str,
) -> None:
    (jp_root_dir / "empty").mkdir()
    (jp_root_dir / "notes.txt").write_text("SQLite is not what this is")
    connection = sqlite3.connect(jp_root_dir / "broken.db")
    connection.execute("CREATE TABLE t(x)")
    connection.commit()
    connection.close()
    mlruns_at(jp_root_dir / "both" / "mlruns")
    open_store(jp_root_dir / "both" / ".tracker")
    code, error = await refusal("stores", "open", body={"location": location})
    assert code == status
    assert said in error["message"]
    assert "secret" not in error["message"]


@pytest.mark.parametrize(
    "location", ["{outside}", "../outside", "link", "~", "http://127.0.0.1:9/"]
)
async def test_a_confined_server_opens_nothing_beyond_its_root(
    refusal: Ask, confined: Backend, jp_root_dir: Path, tmp_path: Path, location: str
) -> None:
    outside = jp_root_dir.parent / "outside"
    mlruns_at(outside / "mlruns")
    (jp_root_dir / "link").symlink_to(outside)
    text = location.format(outside=outside)
    status, error = await refusal("stores", "open", body={"location": text})
    # What lies there is not told either.
    assert status in (400, 404)
    assert "open_beyond_root" in error["message"] or location == "~"


async def test_a_link_in_a_folder_leads_a_confined_server_nowhere(
    refusal: Ask, confined: Backend, jp_root_dir: Path
) -> None:
    open_store(jp_root_dir.parent / "outside" / ".tracker")
    (jp_root_dir / "project").mkdir()
    (jp_root_dir / "project" / ".tracker").symlink_to(jp_root_dir.parent / "outside" / ".tracker")
    status, _error = await refusal("stores", "open", body={"location": "project"})
    assert status == 400


async def test_names_of_stores_beyond_mean_nothing_to_a_confined_server(
    ask: Ask, refusal: Ask, confined: Backend, tmp_path: Path
) -> None:
    mlruns_at(tmp_path / "mlruns")
    # Another server of the same user, with other rules, opened it.
    name = opened.OpenedStores(lambda uri: True).add(str(tmp_path / "mlruns"))
    assert (await refusal("experiments", folder=name))[0] == 404
    assert (await ask("stores", folder=""))["recent"] == []


async def test_runs_of_an_opened_store_lead_a_confined_server_to_no_other_files(
    ask: Ask, refusal: Ask, confined: Backend, jp_root_dir: Path, tmp_path: Path
) -> None:
    secrets = jp_root_dir.parent / "secrets"
    secrets.mkdir()
    (secrets / "key").write_text("secret")
    run_id = mlflow_db_at(jp_root_dir / "evil" / "mlflow.db", artifact_uri=str(secrets))
    folder = (await opened_as(ask, "evil"))["folder"]
    assert (await refusal("runs", run_id, "artifacts", folder=folder, path=""))[0] == 400
    confined.open_beyond_root = True
    listing = await ask("runs", run_id, "artifacts", folder=folder, path="")
    assert [file["path"] for file in listing["files"]] == ["key"]


async def test_those_who_may_use_a_terminal_may_open_what_lies_beyond(
    ask: Ask, refusal: Ask, backend: Backend, jp_serverapp: Any, tmp_path: Path
) -> None:
    mlruns_at(tmp_path / "mlruns")
    settings = jp_serverapp.web_app.settings
    settings["terminals_available"] = False
    assert (await ask("stores", folder=""))["beyond"] is False
    body = {"location": str(tmp_path / "mlruns")}
    assert (await refusal("stores", "open", body=body))[0] == 400
    settings["terminals_available"] = True
    assert (await ask("stores", folder=""))["beyond"] is True
    assert (await ask("stores", "open", body=body))["store"]["kind"] == "mlruns"


async def test_a_server_is_opened_and_its_password_kept_nowhere(
    ask: Ask, at_large: Backend, tmp_path: Path
) -> None:
    remote = open_store(tmp_path / "remote" / ".tracker")
    remote.create_run("0", run_name="far away")
    with tracker_server(tmp_path / "remote" / ".tracker") as server:
        url = server.uri
        location = url.replace("//", "//ada:secret@")
        row = await opened_as(ask, location)
        assert (row["kind"], row["uri"]) == ("server", url)
        found = await ask("runs", "search", body={"folder": row["folder"]})
        assert [run["run_name"] for run in found["runs"]] == ["far away"]
        answer = await ask("stores", folder="")
    assert "secret" not in json.dumps([row, answer]) + opened.record_file().read_text()


async def test_a_server_that_does_not_answer_is_told_and_not_remembered(
    ask: Ask, refusal: Ask, at_large: Backend
) -> None:
    location = "http://ada:secret@127.0.0.1:9"
    _status, error = await refusal("stores", "open", body={"location": location})
    assert "127.0.0.1:9 does not answer" in error["message"]
    assert "secret" not in error["message"]
    assert (await ask("stores", folder=""))["recent"] == []


async def test_mlflows_clients_reach_folders_only(
    jp_fetch: Any, ask: Ask, jp_root_dir: Path
) -> None:
    mlruns_at(jp_root_dir / "old" / "mlruns")
    folder = (await opened_as(ask, "old"))["folder"]
    answer = await jp_fetch(
        *("tracker", "folder", folder, "api", "2.0", "mlflow", "experiments", "search"),
        params={"max_results": "1"},
        raise_error=False,
    )
    assert answer.code == 400


async def test_the_database_of_mlflow_refuses_changes_by_its_kind(
    ask: Ask, refusal: Ask, jp_root_dir: Path
) -> None:
    run_id = mlflow_db_at(jp_root_dir / "older" / "mlflow.db")
    folder = (await opened_as(ask, "older"))["folder"]
    edits = [{"run_id": run_id, "run_name": "other"}]
    _status, error = await refusal("runs", "edit", body={"folder": folder, "edits": edits})
    assert error["error_code"] == "PERMISSION_DENIED"


def test_the_owner_of_the_server_can_offer_any_store(tmp_path: Path) -> None:
    backend = Backend(tmp_path, open_beyond_root=False)
    mlruns_at(tmp_path.parent / f"{tmp_path.name}-far" / "mlruns")
    uri = str(tmp_path.parent / f"{tmp_path.name}-far" / "mlruns")
    name = backend.service.places.opened.offer(uri)
    assert backend.service.experiments(name)["store"]["kind"] == "mlruns"
    backend.close()
