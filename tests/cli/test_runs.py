"""`tracker runs` lists, describes, compares and moves runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Ask, Tell, log_run
from tracker.entities import Dataset, DatasetInput
from tracker.store import Store, open_store


def test_runs_are_listed_newest_first(ask: Ask, store: Store) -> None:
    for number in range(3):
        log_run(store, f"run {number}", start_time=1000 + number)
    assert [run["run_name"] for run in ask("runs", "list")] == ["run 2", "run 1", "run 0"]
    assert [run["run_name"] for run in ask("runs", "list", "--limit", "2")] == ["run 2", "run 1"]


def test_more_runs_than_a_page_are_listed(ask: Ask, store: Store) -> None:
    for number in range(1003):
        store.create_run("0", run_name=f"run {number}", start_time=number)
    names = [run["run_name"] for run in ask("runs", "list", "--limit", "1002")]
    assert len(names) == len(set(names)) == 1002


def test_a_list_names_the_experiment_and_the_last_metrics(tell: Tell, store: Store) -> None:
    experiment = store.create_experiment("elastic net")
    run_id = log_run(store, experiment=experiment, losses=[3.0, 0.5])
    lines = tell("runs", "list").stdout.splitlines()
    assert lines[0].split() == [
        "run", "name", "experiment", "state", "started", "duration", "metrics"
    ]  # fmt: skip
    assert lines[1].startswith(f"{run_id}  a run  elastic net  finished  ")
    assert lines[1].endswith("loss=0.5")


def test_runs_of_an_experiment_are_chosen_by_its_name_or_id(ask: Ask, store: Store) -> None:
    first, second = store.create_experiment("first"), store.create_experiment("second")
    log_run(store, "default")
    log_run(store, "one", experiment=first)
    log_run(store, "two", experiment=second)
    assert [run["run_name"] for run in ask("runs", "list", "-e", "first")] == ["one"]
    assert [run["run_name"] for run in ask("runs", "list", "-e", second)] == ["two"]
    both = ask("runs", "list", "-e", "first", "-e", "second")
    assert {run["run_name"] for run in both} == {"one", "two"}


def test_a_search_filters_and_orders(ask: Ask, store: Store) -> None:
    for name, loss in [("a", 1.0), ("b", 3.0), ("c", 2.0)]:
        log_run(store, name, losses=[loss])
    found = ask("runs", "search", "metrics.loss > 1.5", "--order-by", "metrics.loss ASC")
    assert [run["run_name"] for run in found] == ["c", "b"]
    assert ask("runs", "list", "--filter", "metrics.loss > 5") == []


def test_a_list_without_runs_says_so_beside_the_answer(tell: Tell, store: Store) -> None:
    result = tell("runs", "list")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "run  name  experiment  state  started  duration  metrics"
    ]
    assert "No runs match" in result.stderr


def test_what_is_in_the_bin_is_shown_when_asked_for(ask: Ask, tell: Tell, store: Store) -> None:
    kept, binned = log_run(store, "kept"), log_run(store, "binned")
    store.update_run(binned, lifecycle_stage="deleted")
    assert [run["run_id"] for run in ask("runs", "list")] == [kept]
    assert [run["run_id"] for run in ask("runs", "list", "--view", "deleted")] == [binned]
    assert len(ask("runs", "list", "--view", "all")) == 2
    assert "deleted, finished" in tell("runs", "list", "--view", "deleted").stdout


def test_a_run_is_found_by_id_by_its_beginning_and_by_name(ask: Ask, store: Store) -> None:
    run_id = log_run(store, 'ada\'s "best" run')
    other = log_run(store, "other")
    for reference in (run_id, run_id[:8]):
        assert ask("runs", "describe", reference)["run_id"] == run_id
    assert ask("runs", "describe", "other")["run_id"] == other


def test_a_name_that_two_runs_have_is_not_guessed(tell: Tell, store: Store) -> None:
    log_run(store, "twin")
    log_run(store, "twin")
    result = tell("runs", "delete", "twin")
    assert result.exit_code == 2
    assert "several runs" in result.stderr


@pytest.mark.parametrize(
    "reference", ["nope", "' OR 1=1 --", "%", "a%", "0' OR '1'='1", '"', "'\""]
)
def test_an_unknown_run_is_told_in_one_line(tell: Tell, store: Store, reference: str) -> None:
    log_run(store)
    result = tell("runs", "describe", "--", reference)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: There is no run")
    assert len(result.stderr.splitlines()) == 1


def test_a_run_is_described_in_full(tell: Tell, ask: Ask, store: Store) -> None:
    run_id = log_run(store, losses=[3.0, 1.0, 2.0], params={"lr": "0.1"}, tags={"kind": "test"})
    dataset = Dataset("digits", "d1", "code", "{}")
    store.log_inputs(run_id, [DatasetInput(dataset, {"mlflow.data.context": "training"})])
    text = tell("runs", "describe", run_id).stdout
    for expected in (run_id, "Default (0)", "lr  0.1", "test", "digits  training"):
        assert expected in text
    assert "loss  2 (min 1, max 3, 3 points to step 2)" in text
    record = ask("runs", "describe", run_id)
    assert record["metric_summaries"]["loss"]["max"] == 3.0
    assert record["inputs"][0]["name"] == "digits"
    assert record["params"] == {"lr": "0.1"}


def test_a_comparison_shows_what_differs(tell: Tell, ask: Ask, store: Store) -> None:
    one = log_run(store, "one", params={"lr": "0.1", "same": "x"}, losses=[1.0])
    two = log_run(store, "two", params={"lr": "0.2", "same": "x", "extra": "y"}, losses=[2.0])
    lines = tell("runs", "compare", one, two).stdout.splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["params.extra", "-", "y"],
        ["params.lr", "0.1", "0.2"],
        ["metrics.loss", "1", "2"],
    ]
    assert "params.same" in tell("runs", "compare", "--all", one, two).stdout
    record = ask("runs", "compare", one, two)
    assert record["params"] == {"lr": {one: "0.1", two: "0.2"}, "extra": {two: "y"}}
    assert record["metrics"] == {"loss": {one: 1.0, two: 2.0}}


def test_runs_that_agree_in_nan_do_not_differ(tell: Tell, store: Store) -> None:
    nan = float("nan")
    result = tell("runs", "compare", log_run(store, losses=[nan]), log_run(store, losses=[nan]))
    assert "metrics" not in result.stdout
    assert "No params or metrics differ" in result.stderr


def test_a_comparison_needs_two_runs(tell: Tell, store: Store) -> None:
    result = tell("runs", "compare", log_run(store))
    assert result.exit_code == 2
    assert "two runs" in result.stderr


def test_runs_go_to_the_bin_and_come_back(tell: Tell, ask: Ask, store: Store) -> None:
    one, two = log_run(store, "one"), log_run(store, "two")
    result = tell("runs", "delete", one[:8], "two")
    assert result.stdout.splitlines() == [f"Deleted {one} one", f"Deleted {two} two"]
    assert ask("runs", "list") == []
    assert ask("runs", "restore", one) == [one]
    assert [run["run_id"] for run in ask("runs", "list")] == [one]


def test_nothing_is_deleted_where_one_of_the_runs_is_unknown(
    tell: Tell, ask: Ask, store: Store
) -> None:
    run_id = log_run(store)
    assert tell("runs", "delete", run_id, "nope").exit_code == 1
    assert len(ask("runs", "list")) == 1


def test_the_store_may_be_named_before_or_after_the_command(ask: Ask, tmp_path: Path) -> None:
    log_run(open_store(tmp_path / "elsewhere"), "far away")
    for words in (
        ("--store", "elsewhere", "runs", "list"),
        ("runs", "--store", "elsewhere", "list"),
        ("runs", "list", "--store", "elsewhere"),
        ("runs", "list", "--store", f"sqlite:///{tmp_path}/elsewhere/tracker.db"),
    ):
        assert [run["run_name"] for run in ask(*words)] == ["far away"]


def test_special_floats_are_text_in_json(ask: Ask, store: Store) -> None:
    run_id = log_run(store, losses=[float("inf"), float("nan")])
    record = ask("runs", "describe", run_id)
    assert record["metrics"] == {"loss": "NaN"}
    assert record["metric_summaries"]["loss"]["max"] == "Infinity"
