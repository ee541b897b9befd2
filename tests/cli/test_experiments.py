"""`tracker experiments` lists, makes, renames and moves experiments."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Ask, Tell, log_run
from tracker.store import Store


def test_experiments_are_listed_with_their_runs(tell: Tell, ask: Ask, store: Store) -> None:
    experiment = store.create_experiment("elastic net")
    log_run(store, experiment=experiment)
    counts = {one["name"]: one["runs"] for one in ask("experiments", "list")}
    assert counts == {"Default": 0, "elastic net": 1}
    assert "elastic net  1" in tell("experiments", "list").stdout


def test_an_experiment_is_made_and_the_store_with_it(ask: Ask, folder: Path) -> None:
    made = ask("experiments", "create", "first", "--artifact-location", str(folder / "files"))
    assert made["name"] == "first"
    assert made["artifact_location"] == str(folder / "files")
    assert (folder / ".tracker" / "tracker.db").is_file()


def test_a_name_that_is_taken_is_told_in_one_line(tell: Tell, store: Store) -> None:
    assert tell("experiments", "create", "twin").exit_code == 0
    result = tell("experiments", "create", "twin")
    assert result.exit_code == 1
    assert "twin" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_experiment_is_renamed_by_name_or_id(tell: Tell, ask: Ask, store: Store) -> None:
    experiment = store.create_experiment("old")
    assert ask("experiments", "rename", "old", "new")["name"] == "new"
    result = tell("experiments", "rename", experiment, "newer")
    assert result.stdout == f"Renamed newer ({experiment})\n"


def test_an_experiment_goes_to_the_bin_with_its_runs_and_back(
    tell: Tell, ask: Ask, store: Store
) -> None:
    experiment = store.create_experiment("study")
    run_id = log_run(store, experiment=experiment)
    assert tell("experiments", "delete", "study").stdout == f"Deleted study ({experiment})\n"
    assert [one["name"] for one in ask("experiments", "list")] == ["Default"]
    assert [one["name"] for one in ask("experiments", "list", "--deleted")] == ["study"]
    assert ask("runs", "list") == []
    tell("experiments", "restore", "study")
    assert [run["run_id"] for run in ask("runs", "list")] == [run_id]


def test_an_unknown_experiment_is_told_in_one_line(tell: Tell, store: Store) -> None:
    for reference in ("nope", "17", "'; DROP TABLE runs; --"):
        result = tell("experiments", "delete", reference)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: There is no experiment")
