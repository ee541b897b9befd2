"""Digests of data, and MLflow's JSON description of its columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Arrays = npt.NDArray[Any] | Mapping[str, npt.NDArray[Any]]

DIGITS = 16
"""Hexadecimal digits of a digest."""

_COLUMN_TYPES = {"b": "boolean", "U": "string", "S": "binary", "M": "datetime"}


def of_frame(frame: pd.DataFrame) -> str:
    """Return a digest of the frame's columns: names, types and every value in order."""
    sha = hashlib.sha256()
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        sha.update(repr((str(name), str(column.dtype), len(column))).encode())
        sha.update(_hashes(column).tobytes())
    return sha.hexdigest()[:DIGITS]


def _hashes(column: pd.Series[Any]) -> npt.NDArray[np.uint64]:
    """Return a hash of each value; values that have none are taken by their text."""
    try:
        return np.asarray(pd.util.hash_pandas_object(column, index=False), dtype=np.uint64)
    except TypeError:
        text = column.map(repr)
        return np.asarray(pd.util.hash_pandas_object(text, index=False), dtype=np.uint64)


def of_arrays(features: Arrays, targets: Arrays | None) -> str:
    """Return a digest of arrays: names, types, shapes and every value."""
    sha = hashlib.sha256()
    for name, array in (*_named("features", features), *_named("targets", targets)):
        sha.update(repr((name, str(array.dtype), array.shape)).encode())
        if array.dtype.hasobject:
            sha.update(_hashes(pd.Series(array.ravel())).tobytes())
        else:
            sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()[:DIGITS]


def _named(role: str, arrays: Arrays | None) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    if isinstance(arrays, Mapping):
        for name in sorted(arrays):
            yield f"{role}/{name}", np.asarray(arrays[name])
    elif arrays is not None:
        yield role, np.asarray(arrays)


def frame_schema(frame: pd.DataFrame) -> str | None:
    """Return the columns' names and types as MLflow writes them; None where it has no word."""
    columns = []
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, position]
        kind = _column_type(column)
        if kind is None:
            return None
        is_required = not bool(column.isna().any())
        columns.append({"type": kind, "name": name, "required": is_required})
    try:
        return json.dumps({"mlflow_colspec": columns})
    except TypeError:  # column names that JSON cannot hold
        return None


def _column_type(column: pd.Series[Any]) -> str | None:
    dtype = column.dtype
    if pd.api.types.is_string_dtype(dtype) and not isinstance(dtype, pd.CategoricalDtype):
        return "string" if column.dropna().map(lambda value: isinstance(value, str)).all() else None
    kind = getattr(dtype, "kind", "O")
    size = getattr(dtype, "itemsize", 8)
    if kind in "iu":
        return "integer" if size < 4 or (kind == "i" and size == 4) else "long"
    if kind == "f":
        return "float" if size <= 4 else "double"
    return _COLUMN_TYPES.get(kind)


def arrays_schema(features: Arrays, targets: Arrays | None) -> str:
    """Return the arrays' types and shapes as MLflow writes them, the first dimension free."""
    described = {
        "features": json.dumps(_tensors(features)),
        "targets": json.dumps(_tensors(targets)) if targets is not None else None,
    }
    return json.dumps({"mlflow_tensorspec": described})


def _tensors(arrays: Arrays) -> list[dict[str, object]]:
    if isinstance(arrays, Mapping):
        return [{"name": name, **_tensor(array)} for name, array in arrays.items()]
    return [_tensor(arrays)]


def _tensor(array: npt.NDArray[Any]) -> dict[str, object]:
    name = {"U": "str", "S": "bytes"}.get(array.dtype.kind, str(array.dtype))
    shape = [-1, *array.shape[1:]] if array.ndim else []
    return {"type": "tensor", "tensor-spec": {"dtype": name, "shape": shape}}
