from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.processes import python, read_line, run_python
from tracker.errors import InvalidValue, NotFound, StoreError, StoreTooNew, TrackerError
from tracker.store import open_store
from tracker.store.sqlite import schema


def test_a_store_is_one_object_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my runs"
    store = open_store(folder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(folder)
    for uri in (
        str(folder),
        "my runs",
        store.uri,
        f"sqlite:///{folder}/tracker.db",
        "sqlite:///my runs/tracker.db",
        folder.as_uri(),
        tmp_path / "link",
    ):
        assert open_store(uri) is store


def test_a_new_store_is_a_closed_folder_that_git_ignores(tmp_path: Path) -> None:
    open_store(tmp_path / ".tracker")
    assert stat.S_IMODE((tmp_path / ".tracker").stat().st_mode) == 0o700
    assert (tmp_path / ".tracker" / ".gitignore").exists()
    assert (tmp_path / ".tracker" / "tracker.db").is_file()


def test_nothing_is_made_where_none_shall_be_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_store(tmp_path / ".tracker", create=False)
    assert list(tmp_path.iterdir()) == []
    store = open_store(tmp_path / ".tracker")
    assert open_store(tmp_path / ".tracker", create=False) is store


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://db/runs",
        "sqlite://",
        "sqlite:///",
        "sqlite:///a.db?mode=ro",
    ],
)
def test_other_kinds_of_store_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValue, match="sqlite:///"):
        open_store(uri)
    assert list(tmp_path.iterdir()) == []


def test_mlflows_file_layout_is_opened_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "meta.yaml").write_text("name: Default\n")
    assert open_store(tmp_path).get_experiment("0").name == "Default"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0"]


def make_database(path: Path, *statements: str) -> bytes:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("tables", [("alembic_version", "experiments"), ("customers",)])
def test_databases_of_others_are_refused_untouched(tmp_path: Path, tables: tuple[str, ...]) -> None:
    path = tmp_path / "other.db"
    before = make_database(path, *(f"CREATE TABLE {name}(a)" for name in tables))
    with pytest.raises(StoreError, match="MLflow" if len(tables) == 2 else "another program"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    path.write_text("This is a diary, not a database. " * 100)
    with pytest.raises(StoreError, match="not an SQLite database"):
        open_store(tmp_path)
    assert path.read_text().startswith("This is a diary")
    with pytest.raises(StoreError, match="is a file"):
        open_store(path)


def test_a_store_of_a_later_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"
    before = make_database(
        path,
        "CREATE TABLE runs(from_the_future)",
        f"PRAGMA application_id = {schema.APPLICATION_ID}",
        f"PRAGMA user_version = {schema.VERSION + 1}",
    )
    with pytest.raises(StoreTooNew, match="Upgrade"):
        open_store(tmp_path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "tracker.db").touch()
    assert open_store(tmp_path).get_experiment("0").name == "Default"


OPENS = """
import sys, time
from pathlib import Path
from tracker.store import open_store
folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
store = open_store(folder / ".tracker")
run = store.create_run("0")
store.log_metric(run.info.run_id, "loss", 1.0, 1, 1)
store.update_run(run.info.run_id, status="FINISHED")
print(run.info.run_id, flush=True)
"""


def test_kernels_that_start_on_an_empty_folder_at_once_share_one_store(tmp_path: Path) -> None:
    with (
        python(OPENS, tmp_path) as first,
        python(OPENS, tmp_path) as second,
        python(OPENS, tmp_path) as third,
    ):
        processes = (first, second, third)
        for process in processes:
            assert read_line(process) == "ready"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        run_ids = {read_line(process) for process in processes}
    found = open_store(tmp_path / ".tracker").search_runs(None)
    assert {run.info.run_id for run in found} == run_ids
    assert all(run.data.metrics == {"loss": 1.0} for run in found)


def test_a_store_that_was_removed_says_so_and_can_be_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / ".tracker"
    store = open_store(folder)
    run_id = store.create_run("0").info.run_id
    for path in sorted(folder.iterdir()):
        path.unlink()
    with pytest.raises(StoreError, match="removed or replaced"):
        store.log_batch(run_id, params={"a": "1"})
    with pytest.raises(StoreError, match="removed or replaced"):
        store.log_metric(run_id, "loss", 1.0, 1, 1)
    anew = open_store(folder)
    assert anew is not store
    with pytest.raises(NotFound):
        anew.get_run(run_id)
    assert store.create_run("0").info.run_id == anew.search_runs(None)[0].info.run_id


def open_files_in(folder: Path) -> list[str]:
    links = [each for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return [found for each in links if (found := str(each.readlink())).startswith(str(folder))]


@pytest.mark.parametrize("kind", [".tracker", "mlruns"])
def test_a_store_that_was_removed_keeps_no_files_open_once_another_is_opened(
    tmp_path: Path, kind: str
) -> None:
    removed, other = tmp_path / "removed", tmp_path / "other"
    store = open_store(removed / kind)
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    assert open_files_in(removed)
    shutil.rmtree(removed)
    kept = open_store(other / kind)
    assert open_files_in(removed) == []
    with pytest.raises(TrackerError):
        store.log_batch(run_id, params={"a": "1"})
    assert not removed.exists()
    assert open_store(other / kind) is kept


def test_a_store_that_was_moved_finds_its_artifacts(tmp_path: Path) -> None:
    old, new, elsewhere = tmp_path / "old", tmp_path / "new", tmp_path / "elsewhere"
    store = open_store(old)
    inside = store.create_run("0").info
    kept = store.create_experiment("kept", artifact_location=str(elsewhere))
    outside = store.create_run(kept).info
    assert inside.artifact_uri == f"{old}/artifacts/0/{inside.run_id}/artifacts"
    store.update_run(inside.run_id, status="FINISHED")
    store.close()
    old.rename(new)
    moved = open_store(new)
    uri = moved.get_run(inside.run_id).info.artifact_uri
    assert uri == f"{new}/artifacts/0/{inside.run_id}/artifacts"
    uri = moved.get_run(outside.run_id).info.artifact_uri
    assert uri == f"{elsewhere}/{outside.run_id}/artifacts"


@pytest.mark.parametrize(
    ("location", "read"),
    [
        ("s3://bucket/runs/", "s3://bucket/runs"),
        ("file:///data/a%20b", "/data/a b"),
        ("/data/runs", "/data/runs"),
        ("relative", "{cwd}/relative"),
    ],
)
def test_locations_of_artifacts_read_back_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str, read: str
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store(tmp_path / ".tracker")
    experiment_id = store.create_experiment("e", artifact_location=location)
    expected = read.format(cwd=tmp_path)
    assert store.get_experiment(experiment_id).artifact_location == expected
    info = store.create_run(experiment_id).info
    assert info.artifact_uri == f"{expected}/{info.run_id}/artifacts"


def test_people_with_only_the_sqlite3_shell_find_their_runs(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run_id = store.create_run("0", run_name="first", start_time=0).info.run_id
    store.log_batch(run_id, params={"lr": "0.1"})
    store.log_metric(run_id, "loss", 0.5, 1000, 3)
    store.update_run(run_id, status="FINISHED", end_time=1500)
    connection = sqlite3.connect(tmp_path / "tracker.db")
    row = connection.execute(
        "SELECT experiment, run_name, status, started, seconds, params, metrics FROM run_overview"
    ).fetchone()
    assert row == (
        "Default", "first", "FINISHED", "1970-01-01 00:00:00", 1.5, "lr=0.1", "loss=0.5"
    )  # fmt: skip
    row = connection.execute("SELECT key, last, count, last_logged FROM metric_overview").fetchone()
    assert row == ("loss", 0.5, 1, "1970-01-01 00:00:01")
    connection.close()


def test_opening_a_store_loads_nothing_heavy(tmp_path: Path) -> None:
    program = """
import sys
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = store.create_run("0").info.run_id
store.log_batch(run_id, params={"a": "1"})
store.log_metric(run_id, "loss", 1.0, 1, 1)
store.update_run(run_id, status="FINISHED")
print([m for m in ("numpy", "pandas", "sqlite_utils", "tracker.search") if m in sys.modules])
"""
    for _ in range(2):
        assert run_python(program, tmp_path / ".tracker") == "[]\n"


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that everybody may look into, as pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="drops root's rights")
def test_a_store_that_may_only_be_read_is_read_and_refuses_to_write(public_folder: Path) -> None:
    folder = public_folder / ".tracker"
    store = open_store(folder)
    run_id = store.create_run("0", run_name="mine").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1, 1)
    store.metric_history(run_id, "loss")
    store.search_runs(None)  # loads modules, which nobody else may read on some machines
    store.update_run(run_id, status="FINISHED")
    store.close()
    theirs = public_folder / "theirs"
    folder.rename(theirs)
    theirs.chmod(0o755)
    (theirs / "tracker.db").chmod(0o644)
    os.seteuid(65534)
    try:
        store = open_store(theirs)
        assert store.get_run(run_id).info.run_name == "mine"
        assert store.metric_history(run_id, "loss").values.tolist() == [1.0]
        assert len(store.search_runs(None)) == 1
        with pytest.raises(StoreError, match="cannot be written"):
            store.create_run("0")
        with pytest.raises(StoreError, match="Cannot keep the points"):
            store.log_metric(run_id, "loss", 2.0, 1, 1)
        with pytest.raises(StoreError, match="Cannot make the folder"):
            open_store(theirs / "new")
    finally:
        os.seteuid(0)
