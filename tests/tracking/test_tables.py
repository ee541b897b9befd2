from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import tracker
from tracker import TrackerWarning
from tracker.artifacts import load_image, open_artifacts, walk
from tracker.errors import InvalidValue, NotFound

ROWS = {"question": ["a?", "b?"], "score": [0.5, 1.0]}


@pytest.mark.parametrize("name", ["t.json", "deep/t.parquet"])
def test_a_table_reads_back_and_grows(name: str) -> None:
    with tracker.start_run() as run:
        tracker.log_table(ROWS, name)
        tracker.log_table(pd.DataFrame(ROWS), name)
    table = tracker.load_table(name)
    assert table.to_dict("list") == {"question": ["a?", "b?"] * 2, "score": [0.5, 1.0] * 2}
    tag = tracker.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"]
    assert json.loads(tag) == [{"path": name, "type": "table"}]


def test_a_dict_of_scalars_is_one_row() -> None:
    with tracker.start_run():
        tracker.log_table({"q": "a?", "score": 1}, "t.json")
    assert tracker.load_table("t.json").to_dict("list") == {"q": ["a?"], "score": [1]}


def test_tables_of_many_runs_are_read_as_one() -> None:
    runs = []
    for number in range(3):
        with tracker.start_run() as run:
            tracker.log_param("n", number)
            if number < 2:
                tracker.log_table({"x": [number, number]}, "t.json")
        runs.append(run.info.run_id)
    table = tracker.load_table("t.json", extra_columns=["run_id", "params.n"])
    assert sorted(table["x"]) == [0, 0, 1, 1]
    assert dict(zip(table["run_id"], table["params.n"], strict=True)) == {
        runs[0]: "0",
        runs[1]: "1",
    }
    assert list(tracker.load_table("t.json", run_ids=[runs[1]])["x"]) == [1, 1]
    with pytest.warns(TrackerWarning, match="Only 1 of 2 runs"):
        tracker.load_table("t.json", run_ids=[runs[1], runs[2]])
    with pytest.raises(NotFound, match=r"other\.json"):
        tracker.load_table("other.json")


def test_an_extra_column_that_the_table_has_gets_another_name() -> None:
    with tracker.start_run() as run:
        tracker.log_table({"run_id": ["mine"]}, "t.json")
    with pytest.warns(TrackerWarning, match="'run_id_'"):
        table = tracker.load_table("t.json", extra_columns=["run_id"])
    assert table.to_dict("list") == {"run_id": ["mine"], "run_id_": [run.info.run_id]}
    with pytest.raises(InvalidValue, match="no column 'nope'"):
        tracker.load_table("t.json", extra_columns=["nope"])


def test_images_in_a_table_become_files() -> None:
    image = Image.fromarray(np.zeros((4, 4), dtype=np.uint8))
    with tracker.start_run() as run:
        tracker.log_table({"n": [1], "picture": [image]}, "t.json")
    (cell,) = tracker.load_table("t.json")["picture"]
    assert cell["type"] == "image"
    assert load_image(f"runs:/{run.info.run_id}/{cell['filepath']}").size == (4, 4)
    paths = [info.path for info in walk(open_artifacts(run.info.artifact_uri))]
    assert cell["compressed_filepath"] in paths
    with tracker.start_run(), pytest.raises(InvalidValue, match="mix of images"):
        tracker.log_table({"picture": [image, "x"]}, "t.json")


def test_what_is_no_table_is_refused() -> None:
    with tracker.start_run():
        with pytest.raises(InvalidValue, match=r"ends in neither"):
            tracker.log_table(ROWS, "t.csv")
        with pytest.raises(InvalidValue, match="may not hold"):
            tracker.log_table(ROWS, "a:b.json")
        with pytest.raises(InvalidValue, match="a DataFrame or a dict, not list"):
            tracker.log_table([1], "t.json")  # type: ignore[arg-type]  # the mistake
        tracker.log_text("{", "broken.json")
        with pytest.raises(InvalidValue, match="does not hold a table"):
            tracker.log_table(ROWS, "broken.json")


def test_the_frame_that_is_logged_stays_as_it_is() -> None:
    image = Image.fromarray(np.zeros((4, 4), dtype=np.uint8))
    frame = pd.DataFrame({"picture": [image]})
    with tracker.start_run():
        tracker.log_table(frame, "t.json")
    assert frame["picture"].iloc[0] is image


def test_every_digit_and_every_text_survives() -> None:
    rows = {
        "id": ["001", "1e5", "2026-01-01"],
        "x": [0.1 + 0.2, 1e-300, 1 / 3],
        "n": [2**62, -1, 0],
        "gap": [1.5, None, float("nan")],
        "text": ["ü/\n", None, ""],
        "list": [[1, 2], {"a": None}, []],
    }
    with tracker.start_run():
        tracker.log_table(rows, "t.json")
        tracker.log_table({"id": ["7"]}, "t.json")
    table = tracker.load_table("t.json")
    assert list(table["id"]) == ["001", "1e5", "2026-01-01", "7"]
    assert list(table["x"][:3]) == rows["x"]
    assert [int(n) for n in table["n"][:3]] == rows["n"]
    assert table["gap"].isna().tolist() == [False, True, True, True]
    assert table["text"][0] == "ü/\n"
    assert list(table["list"][:3]) == rows["list"]


def test_times_arrays_and_infinities_have_a_form_in_json() -> None:
    rows = {"t": [pd.Timestamp("2026-01-02")], "a": [np.arange(3)], "i": [float("inf")]}
    with tracker.start_run():
        tracker.log_table(rows, "t.json")
        with pytest.raises(InvalidValue, match="type object have no place in JSON"):
            tracker.log_table({"o": [object()]}, "o.json")
    (row,) = tracker.load_table("t.json").to_dict("records")
    assert row == {"t": "2026-01-02T00:00:00", "a": [0, 1, 2], "i": None}
