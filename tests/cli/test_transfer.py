"""`tracker import` and `tracker export`, and where runs that cannot be read are named."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Ask, Tell, log_run
from tests.transfer.filling import fill, whole
from tracker.store import Store, open_store
from tracker.transfer.cells import exact_text


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def test_runs_go_out_and_come_back(tell: Tell, store: Store, folder: Path) -> None:
    fill(store, 9)
    for kind in ("mlruns", "json"):
        result = tell("export", "--to", kind, "--view", "all", f"as {kind}")
        assert result.exit_code == 0
        assert result.stdout.endswith("Done: 9 copied.\n")
        result = tell("import", f"as {kind}", "--into", f"back from {kind}")
        assert result.stdout.startswith("Found ")
        assert result.stdout.endswith("Done: 9 copied.\n")
        assert whole(open_store(folder / f"back from {kind}")) == whole(store)
        assert tell("import", f"as {kind}", "--into", f"back from {kind}").stdout.endswith(
            "Done: 9 equal.\n"
        )


def test_a_report_says_what_was_skipped_and_the_exit_code_that_something_was(
    tell: Tell, store: Store, folder: Path
) -> None:
    log_run(store, "good", losses=[1.0])
    tell("export", "--to", "mlruns", "out")
    run = next(it.parent for it in folder.glob("out/0/*/meta.yaml"))
    broken = run.with_name("b" * 32)
    (broken / "metrics").mkdir(parents=True)
    (broken / "meta.yaml").write_text("")
    result = tell("import", "out", "--into", "new")
    assert result.exit_code == 1
    assert "b" * 32 in result.stdout
    assert result.stdout.endswith("Done: 1 copied, 1 could not be read.\n")
    result = tell("import", "out", "--into", "new", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (report["complete"], report["counts"]["equal"]) == (False, 1)
    assert [it["run_name"] for it in report["runs"]] == ["good"]
    assert len(report["problems"]) == 1


def test_what_differs_stays_until_update(tell: Tell, store: Store, folder: Path) -> None:
    run_id = log_run(store, "a run", losses=[1.0])
    tell("export", "--to", "json", "out")
    store.log_batch(run_id, tags={"note": "new"})
    result = tell("export", "--to", "json", "out")
    assert result.exit_code == 1
    assert f"differs   {run_id[:8]} a run" in result.stdout
    assert "--update replaces it" in result.stdout
    assert tell("export", "--to", "json", "out", "--update").exit_code == 0
    assert tell("export", "--to", "json", "out").exit_code == 0


def test_only_chosen_runs_and_dry_runs(tell: Tell, ask: Ask, store: Store) -> None:
    log_run(store, "good", losses=[0.1])
    log_run(store, "bad", losses=[9.0])
    result = tell("import", ".tracker", "--into", "new", "-f", "metrics.loss < 1", "--dry-run")
    assert result.stdout.endswith("Would be: 1 copied.\n")
    assert not Path("new").exists()
    tell("import", ".tracker", "--into", "new", "-f", "metrics.loss < 1", "--to-experiment", "x")
    (run,) = ask("runs", "list", "--store", "new")
    assert (run["run_name"], run["experiment"]) == ("good", "x")
    result = tell("import", ".tracker", "--into", "new", "--dry-run")
    assert "Would be: 1 copied, 1 equal." in result.stdout
    assert "it is in the experiment 'x' here" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["import", "nowhere"], "There is nothing at"),
        (["import", "."], "Nothing that can be imported"),
        (["import", ".tracker", "--into", "new", "-f", "loss ~ 1"], "column"),
        (["export", "--to", "mlruns", "thesis"], "holds something else"),
        (["export", "--to", "csv", "tables", "--update"], "written anew"),
        (["export", "--to", "json", "x", "-e", "none"], "no experiment"),
        (["import", ".tracker"], "the same store"),
        (["import", ".tracker", "--into", "new", "-e", "none"], "It has 'Default'"),
    ],
)
def test_mistakes_are_told_in_one_line(
    tell: Tell, store: Store, folder: Path, words: list[str], told: str
) -> None:
    log_run(store)
    if words == ["import", "."]:
        (folder / "plain").mkdir()
        words = ["import", "plain"]
    (folder / "thesis").mkdir()
    (folder / "thesis" / "chapter 1.txt").write_text("In the beginning")
    result = tell(*words)
    assert result.exit_code in (1, 2)
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_tables_hold_every_point_param_and_tag(tell: Tell, store: Store, folder: Path) -> None:
    fill(store, 9)
    assert tell("export", "--to", "csv", "--view", "all", "tables").exit_code == 0
    expected = whole(store)
    tables = {
        name: list(csv.reader((folder / f"tables/{name}.csv").open(newline="", encoding="utf-8")))
        for name in ("params", "tags", "metrics", "runs", "datasets")
    }
    for name in ("params", "tags"):
        rows = {(it[0], it[1]): exact_text(it[2]) for it in tables[name][1:]}
        assert rows == {
            (run_id, key): value
            for run_id, run in expected.items()
            for key, value in run[name].items()
        }
    points: dict[str, dict[str, list[tuple[int, int, float]]]] = {}
    for run_id, key, step, timestamp, value in tables["metrics"][1:]:
        row = (int(step), int(timestamp), float(value))
        points.setdefault(run_id, {}).setdefault(key, []).append(row)
    assert {
        run_id: {key: repr(rows) for key, rows in metrics.items()}
        for run_id, metrics in points.items()
    } == {run_id: run["points"] for run_id, run in expected.items()}
    assert len(tables["runs"]) == 10
    assert "one leading apostrophe" in (folder / "tables" / "README.txt").read_text()


def test_parquet_tables_are_read_by_pandas(tell: Tell, store: Store, folder: Path) -> None:
    run_id = log_run(store, params={"lr": "=1"}, losses=[0.5, float("inf")])
    assert tell("export", "--to", "parquet", "tables").exit_code == 0
    metrics = pd.read_parquet(folder / "tables" / "metrics.parquet")
    assert metrics.to_dict("list") == {
        "run_id": [run_id] * 2,
        "key": ["loss"] * 2,
        "step": [0, 1],
        "timestamp": [1000, 1001],
        "value": [0.5, float("inf")],
    }
    params = pd.read_parquet(folder / "tables" / "params.parquet")
    assert list(params["value"]) == ["=1"]
    assert len(pd.read_parquet(folder / "tables" / "datasets.parquet")) == 0


@pytest.fixture
def partly_broken(store: Store, tell: Tell, folder: Path) -> Path:
    log_run(store, "good", losses=[1.0])
    tell("export", "--to", "mlruns", "mlruns")
    for letter in "bc":
        broken = folder / "mlruns" / "0" / (letter * 32)
        (broken / "metrics").mkdir(parents=True)
        (broken / "meta.yaml").write_text("status: \x1b[31m{")
    return folder / "mlruns"


def test_a_list_says_in_one_line_what_is_missing_from_it(tell: Tell, partly_broken: Path) -> None:
    result = tell("runs", "list", "--store", partly_broken)
    assert "good" in result.stdout
    assert result.stderr == (
        "2 runs could not be read, or not in full: bbbbbbbb…, cccccccc…; see `tracker doctor`.\n"
    )


def test_the_doctor_names_what_cannot_be_read_and_leaves_it(
    tell: Tell, partly_broken: Path, folder: Path
) -> None:
    result = tell("doctor", "--store", partly_broken)
    assert result.exit_code == 1
    assert "1 runs can be read" in result.stdout
    for letter in "bc":
        assert f"{partly_broken}/0/{letter * 32}/meta.yaml" in result.stdout
        assert (partly_broken / "0" / (letter * 32) / "meta.yaml").exists()
    assert "\x1b" not in result.stdout
    tell("export", "--to", "mlruns", "sound")
    assert tell("doctor", "--store", "sound").exit_code == 0


def test_a_person_who_waits_sees_how_far_it_is(store: Store, folder: Path) -> None:
    for _ in range(2):
        log_run(store, "[red]not markup")
    terminal, side = os.openpty()
    command = [sys.executable, "-m", "tracker", "import", ".tracker", "--into", "new"]
    source = str(Path(__file__).parents[2] / "python")
    child = subprocess.Popen(
        command,
        stderr=side,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": source, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(side)
    drawn = b""
    with suppress(OSError):  # how the end of a terminal is told
        while part := os.read(terminal, 65_536):
            drawn += part
    os.close(terminal)
    assert b"Done: 2 copied." in child.communicate()[0]
    assert b"2/2" in drawn
    assert b"[red]not markup" in drawn
