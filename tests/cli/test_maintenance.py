"""`tracker gc`, `doctor` and `db`: what they find, what they do, what they leave alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ask, Tell, log_run
from tracker.store import Store

DAY = 86_400_000
DIE = """
import os, sys
from tracker.store import open_store
store = open_store(sys.argv[1])
run_id = store.create_run("0", run_name="doomed").info.run_id
for step in range(100):
    store.log_metric(run_id, "loss", 1.0, 1000, step)
print(run_id, flush=True)
os._exit(9)
"""


def add_file(store: Store, run_id: str, content: bytes = b"x" * 1000) -> Path:
    """Return the folder of the run, with one file."""
    root = Path(store.get_run(run_id).info.artifact_uri)
    root.mkdir(parents=True)
    (root / "model.bin").write_bytes(content)
    return root.parent


def age_bin(folder: Path, days: int) -> None:
    """Make everything in the bin that much older."""
    with sqlite3.connect(folder / ".tracker" / "tracker.db") as connection:
        connection.execute("UPDATE runs SET deleted_time = deleted_time - ?", (days * DAY,))


def test_old_deleted_runs_go_for_good_with_their_files(
    tell: Tell, ask: Ask, store: Store, folder: Path
) -> None:
    kept, old, recent = (log_run(store, name) for name in ("kept", "old", "recent"))
    folders = {run_id: add_file(store, run_id) for run_id in (kept, old, recent)}
    store.update_run(old, lifecycle_stage="deleted")
    age_bin(folder, 31)
    store.update_run(recent, lifecycle_stage="deleted")
    assert ask("gc", "--dry-run")["run_ids"] == [old]
    assert folders[old].exists()
    assert ask("gc", "--yes") == {
        "run_ids": [old], "dry_run": False, "freed_bytes": 1000, "left": []
    }  # fmt: skip
    assert not folders[old].exists()
    assert folders[kept].exists() and folders[recent].exists()
    assert {run["run_id"] for run in ask("runs", "list", "--view", "all")} == {kept, recent}
    assert tell("gc", "--yes").stdout == "There is nothing to remove.\n"


def test_nothing_goes_without_a_yes(tell: Tell, ask: Ask, store: Store) -> None:
    run_id = log_run(store)
    store.update_run(run_id, lifecycle_stage="deleted")
    result = tell("gc", "--older-than", "0s")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert len(ask("runs", "list", "--view", "deleted")) == 1


@pytest.mark.parametrize("age", ["", "30", "d", "-1d", "1y", "1.5d", "9999999d"])
def test_an_age_that_is_none_is_refused(tell: Tell, store: Store, age: str) -> None:
    result = tell("gc", "--yes", f"--older-than={age}")
    assert result.exit_code == 2
    assert "write 30d, 12h or 2w" in result.stderr


def test_files_outside_of_the_store_are_left_and_told(
    tell: Tell, store: Store, folder: Path
) -> None:
    experiment = store.create_experiment("far", artifact_location=str(folder / "elsewhere"))
    run_id = log_run(store, experiment=experiment)
    outside = add_file(store, run_id)
    store.update_run(run_id, lifecycle_stage="deleted")
    result = tell("gc", "--older-than", "0s", "--yes")
    assert outside.exists()
    assert str(outside) in result.stderr


def test_a_store_that_lies_about_a_folder_does_not_get_it_removed(
    tell: Tell, store: Store, folder: Path
) -> None:
    run_id = log_run(store)
    precious = folder / "precious" / "artifacts"
    precious.mkdir(parents=True)
    (precious / "thesis.tex").write_text("years of work")
    inside = folder / ".tracker" / "artifacts" / "0"
    inside.mkdir(parents=True)
    (inside / run_id).symlink_to(precious.parent)
    store.update_run(run_id, lifecycle_stage="deleted")
    for uri in (str(precious), "../precious/artifacts", f"artifacts/0/{run_id}/artifacts"):
        with sqlite3.connect(folder / ".tracker" / "tracker.db") as connection:
            connection.execute("UPDATE runs SET artifact_uri = ?", (uri,))
        assert tell("gc", "--older-than", "0s", "--yes").exit_code == 0
        assert (precious / "thesis.tex").read_text() == "years of work"
        run_id = log_run(store)
        store.update_run(run_id, lifecycle_stage="deleted")


def test_a_sound_store_is_called_sound(tell: Tell, store: Store) -> None:
    log_run(store, losses=[1.0])
    result = tell("doctor", "--deep")
    assert result.exit_code == 0, result.output
    assert {line.split()[0] for line in result.stdout.splitlines()} == {"good"}


def test_what_a_dead_process_left_is_put_in_order_and_told(
    tell: Tell, ask: Ask, folder: Path
) -> None:
    uri = str(folder / ".tracker")
    child = subprocess.run([sys.executable, "-c", DIE, uri], capture_output=True, text=True)
    run_id = child.stdout.strip()
    result = tell("doctor")
    assert result.exit_code == 0, result.output
    assert f"mended   1 runs ended whose process is gone: {run_id}." in result.stdout
    assert "1 journals of processes that are gone packed" in result.stdout
    run = ask("runs", "describe", run_id)
    assert (run["status"], run["metric_summaries"]["loss"]["count"]) == ("KILLED", 100)
    assert "mended" not in tell("doctor").stdout


def test_running_runs_are_left_alone(tell: Tell, ask: Ask, store: Store) -> None:
    run_id = store.create_run("0").info.run_id
    result = tell("doctor")
    assert result.exit_code == 0
    assert "1 runs are running" in result.stdout
    assert ask("runs", "describe", run_id)["status"] == "RUNNING"


def test_folders_without_a_run_are_found_and_removed_when_told_to(
    tell: Tell, ask: Ask, store: Store, folder: Path
) -> None:
    kept, gone = log_run(store), log_run(store)
    folders = [add_file(store, run_id) for run_id in (kept, gone)]
    store.delete_runs([gone])
    result = tell("doctor")
    assert result.exit_code == 1
    assert f"artifacts/0/{gone}" in result.stdout
    assert folders[1].exists()
    assert tell("doctor", "--fix").exit_code == 0
    assert [one.exists() for one in folders] == [True, False]
    assert tell("doctor").exit_code == 0


def test_points_that_are_lost_are_told(tell: Tell, store: Store, folder: Path) -> None:
    run_id = store.create_run("0").info.run_id
    store.log_metric(run_id, "loss", 1.0, 1000, 0)
    (journal,) = (folder / ".tracker" / "journals").glob(f"{run_id}*")
    journal.rename(folder / "away")
    result = tell("doctor")
    assert result.exit_code == 1
    assert "1 journals are gone, and the points in them" in result.stdout
    (folder / "away").rename(journal)


def test_journals_of_runs_that_are_not_there_are_told(
    tell: Tell, store: Store, folder: Path
) -> None:
    journals = folder / ".tracker" / "journals"
    journals.mkdir(exist_ok=True)
    (journals / f"{'0' * 32}.{'1' * 16}.journal").write_bytes(b"not a journal")
    result = tell("doctor")
    assert result.exit_code == 1
    assert "1 journals belong to no run here" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no modes on Windows")
def test_a_store_that_is_open_to_others_is_told_and_closed(
    tell: Tell, store: Store, folder: Path
) -> None:
    os.chmod(folder / ".tracker", 0o777)  # noqa: PTH101 (as a careless person would)
    result = tell("doctor")
    assert result.exit_code == 1
    assert "mode 777" in result.stdout
    assert tell("doctor", "--fix").exit_code == 0
    assert (folder / ".tracker").stat().st_mode & 0o777 == 0o700


def test_a_damaged_file_is_told_and_left_alone(tell: Tell, ask: Ask, folder: Path) -> None:
    (folder / ".tracker").mkdir(mode=0o700)
    file = folder / ".tracker" / "tracker.db"
    file.write_bytes(b"not a database at all" * 500)
    before = file.read_bytes()
    result = tell("doctor", "--fix")
    assert result.exit_code == 1
    assert "not an SQLite database" in result.stdout
    assert file.read_bytes() == before


def test_pages_that_rotted_are_told(tell: Tell, folder: Path) -> None:
    script = (
        "import sys\nfrom tracker.store import open_store\nstore = open_store(sys.argv[1])\n"
        "for n in range(300): store.create_run('0', tags={'t': 'x' * 500})\n"
    )
    subprocess.run([sys.executable, "-c", script, str(folder / ".tracker")], check=True)
    file = folder / ".tracker" / "tracker.db"
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xa5" * 8192
    file.write_bytes(content)
    result = tell("doctor")
    assert result.exit_code == 1
    assert "problem" in result.stdout


def test_artifacts_that_rotted_are_told_when_looked_at(
    tell: Tell, store: Store, folder: Path
) -> None:
    from tracker.artifacts import open_artifacts

    run_id = log_run(store)
    source = folder / "model.bin"
    source.write_bytes(b"precious")
    open_artifacts(store.get_run(run_id).info.artifact_uri).put_file(source, "model.bin")
    assert tell("doctor", "--deep").exit_code == 0
    (kept,) = (folder / ".tracker" / "objects").glob("??/*")
    kept.chmod(0o600)
    kept.write_bytes(b"rotten!!")
    result = tell("doctor", "--deep")
    assert result.exit_code == 1
    assert kept.name in result.stdout


def test_a_store_of_today_needs_no_upgrade(tell: Tell, ask: Ask, store: Store) -> None:
    assert "is up to date" in tell("db", "upgrade").stdout
    answer = ask("db", "upgrade")
    assert answer["from"] == answer["to"]


def test_a_store_of_tomorrow_is_left_alone(tell: Tell, folder: Path) -> None:
    from tracker.store.sqlite import schema

    (folder / ".tracker").mkdir(mode=0o700)
    with sqlite3.connect(folder / ".tracker" / "tracker.db") as connection:
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 999")
    for words in (["db", "upgrade"], ["runs", "list"], ["doctor"]):
        result = tell(*words)
        assert result.exit_code == 1
        assert "later version of tracker" in result.output


def test_without_a_store_there_is_nothing_to_keep_in_order(tell: Tell, folder: Path) -> None:
    for words in (["gc"], ["doctor"], ["db", "upgrade"]):
        result = tell(*words)
        assert result.exit_code == 1
        assert "There is no store" in result.stderr
    assert not (folder / ".tracker").exists()


def test_many_runs_go_at_once(tell: Tell, ask: Ask, store: Store) -> None:
    for run_id in [log_run(store, losses=[1.0] * 10) for _ in range(20)]:
        store.update_run(run_id, lifecycle_stage="deleted")
    result = tell("gc", "--older-than", "0s", "--yes")
    assert "Removed 20 deleted runs" in result.stdout
    assert ask("runs", "list", "--view", "all") == []
