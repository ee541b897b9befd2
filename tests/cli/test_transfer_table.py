"""`tracker export` of one table: read by other programs, and nothing in it acts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import Tell, log_run
from tracker.store import Store
from tracker.transfer.cells import exact_text, safe_cell

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "-"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_a_run_and_a_column_a_key(tell: Tell, store: Store) -> None:
    one = log_run(store, "one", params={"lr": "0.1"}, losses=[0.1])
    two = log_run(store, "two", params={"depth": "3"}, tags={"kind": 'a,b\n"c"'})
    rows = {row["run_id"]: row for row in rows_of(tell("export").stdout)}
    assert (rows[one]["params.lr"], rows[one]["params.depth"]) == ("0.1", "")
    assert (rows[two]["params.depth"], rows[two]["metrics.loss"]) == ("3", "")
    assert float(rows[one]["metrics.loss"]) == 0.1
    assert rows[two]["tags.kind"] == 'a,b\n"c"'
    assert rows[one]["experiment"] == "Default"
    columns = list(rows[one])
    kinds = [column.partition(".")[0] for column in columns if "." in column]
    assert columns[0] == "run_id"
    assert kinds == sorted(kinds, key=["params", "metrics", "tags"].index)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(tell: Tell, store: Store, formula: str) -> None:
    log_run(store, "=name", params={"note": formula}, tags={"note": formula})
    (row,) = rows_of(tell("export").stdout)
    assert row["params.note"] == row["tags.note"] == f"'{formula}"
    assert row["run_name"] == "'=name"


@pytest.mark.parametrize("value", ["-0.5", "+3", "-1e-3", "-inf"])
def test_numbers_stay_numbers(tell: Tell, store: Store, value: str) -> None:
    log_run(store, params={"bound": value}, losses=[-0.25])
    (row,) = rows_of(tell("export").stdout)
    assert row["params.bound"] == value
    assert row["metrics.loss"] == "-0.25"


@given(text=st.text(max_size=8))
def test_any_text_is_a_cell_that_shows_it_and_does_nothing(text: str) -> None:
    cell = safe_cell(text)
    assert exact_text(cell) == text
    if cell and cell[0] in "=+-@\t\r":
        float(cell)


def test_json_holds_what_programs_get(tell: Tell, store: Store) -> None:
    run_id = log_run(store, params={"lr": "=1"}, losses=[1.0])
    for words in (["--to", "json"], ["--json"]):
        (record,) = json.loads(tell("export", *words).stdout)
        assert (record["run_id"], record["params"]) == (run_id, {"lr": "=1"})
        assert record["metrics"] == {"loss": 1.0}


def test_parquet_is_read_by_pandas(tell: Tell, store: Store, folder: Path) -> None:
    run_id = log_run(store, params={"lr": "0.1"}, losses=[0.5])
    result = tell("export", "runs.parquet")
    assert (result.stdout, result.stderr) == ("", "Wrote 1 runs to runs.parquet.\n")
    frame = pd.read_parquet(folder / "runs.parquet")
    assert list(frame["run_id"]) == [run_id]
    assert frame["metrics.loss"].dtype == "float64"
    assert list(frame["params.lr"]) == ["0.1"]


@pytest.mark.parametrize("name", ["runs.csv", "runs.json", "runs.parquet", "RUNS.CSV"])
def test_a_file_is_written_as_its_name_says(
    tell: Tell, store: Store, folder: Path, name: str
) -> None:
    log_run(store)
    assert tell("export", name).exit_code == 0
    start = (folder / name).read_bytes()[:4]
    expected = {"runs.json": b"[\n  ", "runs.parquet": b"PAR1"}.get(name, b"run_")
    assert start == expected


def test_an_export_is_filtered(tell: Tell, store: Store) -> None:
    log_run(store, "good", losses=[0.1])
    log_run(store, "bad", losses=[9.0])
    rows = rows_of(tell("export", "--filter", "metrics.loss < 1").stdout)
    assert [row["run_name"] for row in rows] == ["good"]


def test_an_export_of_no_runs_is_an_empty_table(tell: Tell, store: Store, folder: Path) -> None:
    assert tell("export").stdout == "\n"
    assert json.loads(tell("export", "--to", "json").stdout) == []
    assert tell("export", "runs.parquet").exit_code == 0


def test_a_file_that_cannot_be_written_is_told_in_one_line(tell: Tell, store: Store) -> None:
    result = tell("export", "no/such/folder/runs.csv")
    assert result.exit_code == 1
    assert (
        result.stderr == "Error: Cannot write no/such/folder/runs.csv: No such file or directory.\n"
    )
