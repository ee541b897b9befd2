from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

import tracker
from tracker.errors import InvalidValue
from tracker.tracking.data import from_numpy, from_pandas

FRAME = pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": ["x", "y"]})


def test_a_data_set_is_recorded_with_what_it_was_used_for() -> None:
    data = tracker.data.from_pandas(FRAME, source="data/train.csv", name="train")
    with tracker.start_run() as run:
        tracker.log_input(data, context="training", tags={"split": "1"})
        tracker.log_inputs([from_numpy(np.zeros(3))], ["test"], [None])
    found = tracker.get_run(run.info.run_id).inputs.dataset_inputs
    first, second = sorted(found, key=lambda entry: entry.dataset.name, reverse=True)
    assert first.dataset.name == "train"
    assert first.dataset.digest == data.digest
    assert (first.dataset.source_type, first.dataset.source) == (
        "local",
        '{"uri": "data/train.csv"}',
    )
    assert first.tags == {"mlflow.data.context": "training", "split": "1"}
    assert second.dataset.name == "dataset"
    assert second.tags == {"mlflow.data.context": "test"}


def test_schema_and_profile_are_mlflows() -> None:
    data = from_pandas(FRAME)
    assert json.loads(data.profile or "") == {"num_rows": 2, "num_elements": 6}
    assert json.loads(data.schema or "") == {
        "mlflow_colspec": [
            {"type": "long", "name": "a", "required": True},
            {"type": "double", "name": "b", "required": False},
            {"type": "string", "name": "c", "required": True},
        ]
    }
    arrays = from_numpy(np.zeros((3, 4)), targets=np.zeros(3, dtype=np.int64))
    assert json.loads(arrays.profile or "") == {
        "features_shape": [3, 4],
        "features_size": 12,
        "features_nbytes": 96,
        "targets_shape": [3],
        "targets_size": 3,
        "targets_nbytes": 24,
    }
    spec = json.loads(arrays.schema or "")["mlflow_tensorspec"]
    assert json.loads(spec["features"]) == [
        {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}
    ]


@pytest.mark.parametrize(
    ("source", "source_type", "description"),
    [
        ("https://user:secret@host/a.csv", "http", {"url": "https://host/a.csv"}),
        ("s3://bucket/a.csv", "s3", {"uri": "s3://bucket/a.csv"}),
        (Path("a/b.csv"), "local", {"uri": "a/b.csv"}),
        ("file:///a/b.csv", "local", {"uri": "file:///a/b.csv"}),
        ("C:/a.csv", "local", {"uri": "C:/a.csv"}),
    ],
)
def test_the_source_is_told_by_kind(
    source: str | Path, source_type: str, description: dict[str, str]
) -> None:
    data = from_pandas(FRAME, source=source)
    assert data.source_type == source_type
    assert json.loads(data.source) == description


def test_without_a_source_it_is_the_code_that_runs() -> None:
    data = from_pandas(FRAME)
    assert data.source_type == "code"
    assert "mlflow.source.name" in json.loads(data.source)["tags"]


def test_a_digest_may_be_given() -> None:
    assert from_pandas(FRAME, digest="mine").digest == "mine"
    assert from_numpy(np.zeros(2), digest="mine").digest == "mine"


@pytest.mark.parametrize(
    "other",
    [
        FRAME.rename(columns={"a": "z"}),
        FRAME[["b", "a", "c"]],
        FRAME.iloc[::-1],
        FRAME.assign(a=[1, 3]),
        FRAME.assign(a=[1.0, 2.0]),
        FRAME.assign(c=["x", "z"]),
        FRAME.head(1),
        pd.concat([FRAME, FRAME]),
    ],
)
def test_any_other_content_has_another_digest(other: pd.DataFrame) -> None:
    assert from_pandas(other).digest != from_pandas(FRAME).digest


def test_the_digest_is_of_all_rows_and_of_every_type() -> None:
    size = 20_000
    numbers = np.arange(size)
    changed = numbers.copy()
    changed[-1] = 0
    assert from_numpy(numbers).digest != from_numpy(changed).digest
    frame = pd.DataFrame({"n": numbers, "on": numbers % 2 == 0, "list": [[1]] * size})
    other = frame.copy()
    other.loc[size - 1, "on"] = True
    assert from_pandas(frame).digest != from_pandas(other).digest
    assert from_pandas(frame).digest == from_pandas(frame.set_index(numbers + 5)).digest


@given(
    st_numpy.arrays(
        st.sampled_from([np.float64, np.int32, np.bool_]), st_numpy.array_shapes(max_dims=3)
    )
)
def test_a_digest_is_of_content_and_not_of_layout(array: np.ndarray[tuple[int, ...]]) -> None:
    digest = from_numpy(array).digest
    assert digest == from_numpy(np.asfortranarray(array.copy())).digest
    assert digest != from_numpy(array, targets=array).digest
    assert digest != from_numpy({"x": array}).digest
    assert digest != from_numpy(array[None]).digest
    assert len(digest) <= 36


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidValue, match="no column 'z', named as targets"):
        from_pandas(FRAME, targets="z")
    with tracker.start_run():
        with pytest.raises(InvalidValue, match="same length"):
            tracker.log_inputs([from_pandas(FRAME)], [], [])
        with pytest.raises(InvalidValue, match="belong to a `dataset`"):
            tracker.log_input(None, context="training")
        with pytest.raises(InvalidValue, match="not DataFrame"):
            tracker.log_input(FRAME)  # type: ignore[arg-type]  # the mistake under test


def test_data_sets_of_the_real_mlflow_are_taken() -> None:
    mlflow_data = pytest.importorskip("mlflow.data")
    data = mlflow_data.from_pandas(FRAME, name="theirs")
    with tracker.start_run() as run:
        tracker.log_input(data)
    (found,) = tracker.get_run(run.info.run_id).inputs.dataset_inputs
    assert (found.dataset.name, found.dataset.digest) == ("theirs", data.digest)
    assert found.dataset.schema == from_pandas(FRAME).schema
