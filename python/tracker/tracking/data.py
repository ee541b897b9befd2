"""Data sets by name and content: what a run read, recorded with `log_input`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tracker.entities import Dataset, DatasetInput
from tracker.errors import InvalidValue
from tracker.tracking.git import without_credentials

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Arrays = npt.NDArray[np.generic] | Mapping[str, npt.NDArray[np.generic]]

CONTEXT = "mlflow.data.context"


@dataclass(frozen=True, slots=True)
class Data:
    """A data set to be given to `log_input`. `schema` and `profile` are JSON text."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None

    def to_dict(self) -> dict[str, str | None]:
        """Return all there is to know about the data set, without its content."""
        return {name: getattr(self, name) for name in self.__slots__}


def from_pandas(
    df: pd.DataFrame,
    source: str | Path | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Data:
    """Return the data set that a DataFrame holds; `source` is the path or URL it was read from.

    The digest is of all its values, column names and types, whatever the index. Raises
    InvalidValue where `targets` or `predictions` is no column.
    """
    from tracker.tracking import fingerprint

    for role, column in (("targets", targets), ("predictions", predictions)):
        if column is not None and column not in df.columns:
            raise InvalidValue(f"The DataFrame has no column '{column}', named as {role}.")
    profile = {"num_rows": len(df), "num_elements": int(df.size)}
    return _data(
        source, name, digest or fingerprint.of_frame(df), fingerprint.frame_schema(df), profile
    )


def from_numpy(
    features: Arrays,
    source: str | Path | None = None,
    targets: Arrays | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> Data:
    """Return the data set that arrays, or dicts of arrays, hold.

    The digest is of all their values, shapes and types.
    """
    from tracker.tracking import fingerprint

    profile = _sizes("features", features)
    if targets is not None:
        profile |= _sizes("targets", targets)
    return _data(
        source,
        name,
        digest or fingerprint.of_arrays(features, targets),
        fingerprint.arrays_schema(features, targets),
        profile,
    )


def _sizes(role: str, arrays: Arrays) -> dict[str, object]:
    names = ("shape", "size", "nbytes")
    if isinstance(arrays, Mapping):
        return {
            f"{role}_{name}": {key: getattr(array, name) for key, array in arrays.items()}
            for name in names
        }
    return {f"{role}_{name}": getattr(arrays, name) for name in names}


def _data(
    source: str | Path | None,
    name: str | None,
    digest: str,
    schema: str | None,
    profile: Mapping[str, object],
) -> Data:
    source_type, where = _source(source)
    return Data(
        name=name or "dataset",
        digest=digest,
        source_type=source_type,
        source=json.dumps(where),
        schema=schema,
        profile=json.dumps(profile),
    )


def _source(source: str | Path | None) -> tuple[str, dict[str, object]]:
    """Return the kind of a source and its description; without one it is the code that runs."""
    if source is None:
        from tracker.tracking.context import context_tags

        return "code", {"tags": context_tags()}
    text = str(source)
    scheme = urlsplit(text).scheme
    if scheme in ("http", "https"):
        return "http", {"url": without_credentials(text)}
    if len(scheme) > 1 and scheme != "file":
        return scheme, {"uri": text}
    return "local", {"uri": text}


def inputs_of(
    datasets: Sequence[Data | None],
    contexts: Sequence[str | None],
    tags_list: Sequence[Mapping[str, str] | None],
) -> list[DatasetInput]:
    """Return what to record of data sets that were read. Raises InvalidValue."""
    if not len(datasets) == len(contexts) == len(tags_list):
        raise InvalidValue(
            "log_inputs takes `datasets`, `contexts` and `tags_list` of the same length; they have "
            f"{len(datasets)}, {len(contexts)} and {len(tags_list)} elements."
        )
    inputs = []
    for dataset, context, tags in zip(datasets, contexts, tags_list, strict=True):
        if dataset is None:
            if context or tags:
                raise InvalidValue("`context` and `tags` belong to a `dataset`; give one.")
            continue
        all_tags = {key: str(value) for key, value in (tags or {}).items()}
        inputs.append(
            DatasetInput(_entity(dataset), all_tags | ({CONTEXT: context} if context else {}))
        )
    return inputs


def _entity(dataset: Any) -> Dataset:
    """Return what is stored of a data set: one of ours, or of a library that speaks like MLflow."""
    to_dict = getattr(dataset, "to_dict", None)
    facts = to_dict() if to_dict is not None else None
    if not isinstance(facts, dict) or not {"name", "digest"} <= facts.keys():
        raise InvalidValue(
            f"log_input takes a data set made by tracker.data.from_pandas or from_numpy, not "
            f"{type(dataset).__qualname__}."
        )
    return Dataset(
        name=str(facts["name"]),
        digest=str(facts["digest"]),
        source_type=str(facts.get("source_type") or "code"),
        source=str(facts.get("source") or "{}"),
        schema=facts.get("schema"),
        profile=facts.get("profile"),
    )
