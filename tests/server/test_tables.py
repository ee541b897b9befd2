"""Tables among the artifacts are read a window at a time, whatever their size and state."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tracker.server.files.tables import delimited, parquet
from tracker.store import Store

pa: Any = import_module("pyarrow")  # which ships no types
pq: Any = import_module("pyarrow.parquet")


@pytest.fixture
def run_id(store: Store) -> str:
    return log_run(store)


@pytest.fixture
def folder(store: Store, run_id: str) -> Path:
    folder = Path(store.get_run(run_id).info.artifact_uri)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def table(ask: Ask, run_id: str) -> Ask:
    async def read(path: str, **window: int) -> Any:
        texts = {name: str(number) for name, number in window.items()}
        return await ask("runs", run_id, "artifact", "table", folder="", path=path, **texts)

    return read


@pytest.fixture
def refused(refusal: Ask, run_id: str) -> Ask:
    async def read(path: str, **window: str) -> Any:
        status, error = await refusal(
            "runs", run_id, "artifact", "table", folder="", path=path, **window
        )
        assert status == 400
        return error["message"]

    return read


async def test_a_csv_file_is_a_table(table: Ask, folder: Path) -> None:
    text = '\ufeffname,why\n"Ada, L.","said ""no""\nand left"\n\nBob\nC,d,e\n'
    (folder / "a.csv").write_text(text)
    answer = await table("a.csv")
    assert [column["name"] for column in answer["columns"]] == ["name", "why", ""]
    assert answer["rows"] == [["Ada, L.", 'said "no"\nand left'], ["Bob"], ["C", "d", "e"]]
    assert (answer["total_rows"], answer["is_complete"], answer["note"]) == (3, True, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "a;b\n1,5;x\n2,5;y\n"),
        ("a.csv", "a\tb\n1,5\tx\n2,5\ty\n"),
        ("a.tsv", "a\tb\n1,5\tx\n2,5\ty\n"),
        ("a.csv", "a|b\n1,5|x\n2,5|y\n"),
    ],
)
async def test_cells_may_be_separated_by_other_characters(
    table: Ask, folder: Path, name: str, text: str
) -> None:
    (folder / name).write_text(text)
    answer = await table(name)
    assert answer["rows"] == [["1,5", "x"], ["2,5", "y"]]


async def test_a_first_row_of_numbers_is_data(table: Ask, folder: Path) -> None:
    (folder / "a.csv").write_text("1,2\n3,4\n")
    answer = await table("a.csv")
    assert [column["name"] for column in answer["columns"]] == ["0", "1"]
    assert answer["rows"] == [["1", "2"], ["3", "4"]]


async def test_any_window_of_a_long_csv_file_is_the_rows_there(table: Ask, folder: Path) -> None:
    choose = random.Random(1)
    rows = [[str(i), choose.choice(["x", 'a\n"b"', "", "ü"])] for i in range(7_000)]
    pd.DataFrame(rows, columns=["i", "text"]).to_csv(folder / "a.csv", index=False)
    seen = await table("a.csv", rows=10)
    assert not seen["is_complete"]
    while not seen["is_complete"]:
        seen = await table("a.csv", row=seen["total_rows"] - 1, rows=10)
    assert seen["total_rows"] == 7_000
    for first in (0, 499, 500, 2_503, 6_995):
        answer = await table("a.csv", row=first, rows=7, column=0, columns=1)
        assert [row[0] for row in answer["rows"]] == [row[0] for row in rows[first : first + 7]]
        assert answer["total_columns"] == 2


async def test_one_look_reads_a_bounded_part_of_a_huge_csv_file(
    table: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "SCAN_BUDGET", 10_000)
    (folder / "a.csv").write_text("a\n" + f"{'x' * 1000}\n" * 1_000)
    answer = await table("a.csv", row=0, rows=100)
    assert answer["total_rows"] < 20
    assert not answer["is_complete"]
    assert answer["rows"][0] == ["x" * 299 + "…"]


async def test_a_line_without_end_stops_a_table_and_says_so(table: Ask, folder: Path) -> None:
    with (folder / "a.csv").open("wb") as file:
        file.write(b"a,b\n1,2\n")
        file.truncate(2_000_000_000)
    answer = await table("a.csv")
    assert answer["rows"] == [["1", "2"]]
    assert "beyond row 2" in answer["note"]


async def test_an_empty_file_is_an_empty_table(table: Ask, folder: Path) -> None:
    (folder / "a.csv").touch()
    answer = await table("a.csv")
    assert (answer["rows"], answer["total_rows"], answer["is_complete"]) == ([], 0, True)


async def test_a_file_that_changed_is_read_anew(table: Ask, folder: Path) -> None:
    (folder / "a.csv").write_text("a\nx\n")
    assert (await table("a.csv"))["rows"] == [["x"]]
    (folder / "a.csv").write_text("a\nx\ny\n")
    assert (await table("a.csv"))["rows"] == [["x"], ["y"]]


async def test_any_window_of_a_parquet_file_is_the_rows_there(table: Ask, folder: Path) -> None:
    frame = pd.DataFrame({f"c{i}": range(i, 10_000 + i) for i in range(120)})
    frame["time"] = pd.Timestamp("2026-01-02")
    frame["a.b"] = [None, "text"] * 5_000
    frame.to_parquet(folder / "a.parquet", row_group_size=3_000)
    answer = await table("a.parquet", row=2_998, rows=4, column=119, columns=3)
    names = [column["name"] for column in answer["columns"]]
    assert names == ["c119", "time", "a.b"]
    assert answer["columns"][0]["type"] == "int64"
    assert answer["rows"] == [
        [str(number + 119), "2026-01-02 00:00:00", "text" if number % 2 else None]
        for number in range(2_998, 3_002)
    ]
    assert (answer["total_rows"], answer["total_columns"]) == (10_000, 122)
    assert (await table("a.parquet", row=9_999, rows=50, columns=1))["rows"] == [["9999"]]
    assert (await table("a.parquet", row=20_000))["rows"] == []


async def test_what_a_parquet_file_nests_is_told_in_short(table: Ask, folder: Path) -> None:
    columns = {"list": [[1, 2]], "dict": [{"a": 1}], "bytes": [b"\x00\x01"], "long": ["x" * 5_000]}
    pq.write_table(pa.table(columns), folder / "a.parquet")
    [row] = (await table("a.parquet"))["rows"]
    assert row[:3] == ["[1, 2]", "{'a': 1}", "2 bytes: 00 01"]
    assert len(row[3]) == 300


async def test_a_row_group_that_is_too_large_is_refused(
    refused: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({"a": range(1000)}), folder / "a.parquet")
    monkeypatch.setattr(parquet, "ROW_GROUP_LIMIT", 1_000)
    assert "smaller row groups" in await refused("a.parquet")


@pytest.mark.parametrize("damage", ["empty", "cut", "noise", "footer", "flipped"])
async def test_a_broken_parquet_file_is_refused_in_words(
    ask: Ask, refusal: Ask, run_id: str, folder: Path, damage: str
) -> None:
    file = folder / "a.parquet"
    pq.write_table(pa.table({"a": range(10_000), "b": ["x"] * 10_000}), file)
    whole = file.read_bytes()
    flipped = bytearray(whole)
    choose = random.Random(7)
    for _ in range(200):
        flipped[choose.randrange(4, len(whole) - 400)] ^= 0xFF
    broken = {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "noise": random.Random(3).randbytes(5_000),
        "footer": whole[:-8] + b"\xff\xff\xff\x7fPAR1",
        "flipped": bytes(flipped),
    }
    file.write_bytes(broken[damage])
    status, error = await refusal("runs", run_id, "artifact", "table", folder="", path="a.parquet")
    assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "cannot be read" in error["message"] or "can be read" in error["message"]
    assert (await ask("experiments", folder=""))["store"]["exists"]


async def test_a_file_that_is_no_table_is_refused(refused: Ask, folder: Path) -> None:
    (folder / "model.pkl").write_bytes(b"\x80\x04.")
    assert "only CSV, TSV and Parquet" in await refused("model.pkl")
    (folder / "wide.csv").write_bytes("a,b\n".encode("utf-16"))
    assert "UTF-16" in await refused("wide.csv")


@pytest.mark.parametrize("window", [{"row": "-1"}, {"rows": "501"}, {"column": "x"}, {"row": "٣"}])
async def test_a_window_that_makes_no_sense_is_refused(
    refused: Ask, folder: Path, window: dict[str, str]
) -> None:
    (folder / "a.csv").write_text("a\n1\n")
    assert "must be a number" in await refused("a.csv", **window)
