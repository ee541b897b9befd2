"""DataFrames and arrays among the variables that a cell reads, known by digests of their content.

A digest is made while the cell waits, so it is bounded: of small data it is of every value, of
large data of its shape, types and some rows spread evenly over it, which its tag says. What is
chosen depends on the size alone, so that the same data always has the same digest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tracker.capture import tags
from tracker.entities import Dataset, DatasetInput

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

MOST = 8
"""Data sets that are looked at for one run."""
WHOLE_VALUES = 20_000
"""Data with at most this many values is hashed whole."""
SAMPLE_VALUES = 5_000
MOST_COLUMNS = 200
"""Columns of a frame that take part in a sample."""


def datasets_in(names: Iterable[str], namespace: Mapping[str, object]) -> list[DatasetInput]:
    """Return the data behind these names, in the order of the names, the same object once."""
    found: list[DatasetInput] = []
    seen: set[int] = set()
    for name in sorted(names):
        value = namespace.get(name)
        if value is None or id(value) in seen or len(found) >= MOST:
            continue
        seen.add(id(value))
        try:
            dataset = _dataset(name, value)
        except Exception:  # odd data is the user's own, and no reason to stop
            continue
        if dataset is not None:
            found.append(dataset)
    return found


def _dataset(name: str, value: object) -> DatasetInput | None:
    # What nobody imported cannot be the type of anything.
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return _frame(name, value)
    if pandas is not None and isinstance(value, pandas.Series):
        return _frame(name, value.to_frame())
    if numpy is not None and isinstance(value, numpy.ndarray) and value.ndim and value.size > 1:
        return _array(name, value)
    return None


def _frame(name: str, frame: pd.DataFrame) -> DatasetInput:
    from tracker.tracking import fingerprint

    is_whole = frame.size <= WHOLE_VALUES
    looked = frame if is_whole else _sample(frame)
    digest = fingerprint.of_frame(looked)
    if not is_whole:
        digest = _with_shape(digest, frame.shape)
    profile = {"num_rows": len(frame), "num_elements": int(frame.size)}
    return _input(name, digest, fingerprint.frame_schema(looked), profile, is_whole)


def _sample(frame: pd.DataFrame) -> pd.DataFrame:
    columns = frame.iloc[:, :MOST_COLUMNS]
    rows = max(1, SAMPLE_VALUES // max(1, columns.shape[1]))
    return columns.iloc[_places(len(frame), rows)]


def _array(name: str, array: npt.NDArray[Any]) -> DatasetInput:
    from tracker.tracking import fingerprint

    is_whole = array.size <= WHOLE_VALUES
    looked: npt.NDArray[Any] = array
    if not is_whole:
        # `flat` indexes any layout without copying the array.
        looked = array.flat[_places(array.size, SAMPLE_VALUES)]
    digest = fingerprint.of_arrays(looked, None)
    if not is_whole:
        digest = _with_shape(digest, array.shape)
    profile = {"features_shape": array.shape, "features_size": array.size}
    schema = fingerprint.arrays_schema(array, None)
    return _input(name, digest, schema, {**profile, "features_nbytes": array.nbytes}, is_whole)


def _places(count: int, wanted: int) -> npt.NDArray[np.int64]:
    import numpy

    spread = numpy.linspace(0, count - 1, min(count, wanted))
    return numpy.unique(spread.astype(numpy.int64))


def _with_shape(digest: str, shape: tuple[int, ...]) -> str:
    import hashlib

    return hashlib.sha256(f"{digest} {shape}".encode()).hexdigest()[: len(digest)]


def _input(
    name: str, digest: str, schema: str | None, profile: Mapping[str, object], is_whole: bool
) -> DatasetInput:
    dataset = Dataset(name, digest, "code", "{}", schema, json.dumps(profile))
    facts = {tags.DATA_VARIABLE: name}
    if not is_whole:
        facts[tags.DATA_DIGEST] = "sample"
    return DatasetInput(dataset, facts)
