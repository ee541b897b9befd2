"""Tables as artifacts: written, added to, and read back over many runs."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound
from tracker.store.base import Store
from tracker.tracking.files import keep
from tracker.tracking.images import as_picture, encoded, preview
from tracker.tracking.losses import warn
from tracker.tracking.search import search_all
from tracker.tracking.target import Target

LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"
IMAGES_FOLDER = "table_images"


def keep_table(run: Target, data: Mapping[str, object] | pd.DataFrame, path: str) -> None:
    """Keep a table, below the rows that a table of that name has already. Raises InvalidValue."""
    _check_name(path)
    frame = _with_images_kept(run, _as_frame(data), path)
    with run.store_tolerated("tables"):
        artifacts = run.artifacts()
        if artifacts.is_file(path):
            with artifacts.open(path) as file:
                frame = pd.concat([read_table(file.read(), path), frame], ignore_index=True)
        keep(run, path, (_written(frame, path),))
        _note_table(run, path)


def _note_table(run: Target, path: str) -> None:
    """Name the table in the tag by which runs with tables are found."""
    tags = run.store.get_run(run.run_id).data.tags
    listed = _listed(tags.get(LOGGED_ARTIFACTS))
    entry = {"path": path, "type": "table"}
    if entry not in listed:
        text = json.dumps([*listed, entry])
        run.store.log_batch(run.run_id, tags={LOGGED_ARTIFACTS: text})


def _listed(tag: str | None) -> list[object]:
    try:
        listed = json.loads(tag or "[]")
    except ValueError:
        return []
    return listed if isinstance(listed, list) else []


def _check_name(path: str) -> None:
    if not path.endswith((".json", ".parquet")):
        raise InvalidValue(f"A table is kept as .json or .parquet; '{path}' ends in neither.")
    forbidden = [mark for mark in "\"',:[]{}" if mark in path]
    if forbidden:
        raise InvalidValue(f"The name of a table, '{path}', may not hold {' '.join(forbidden)}.")


def _as_frame(data: Mapping[str, object] | pd.DataFrame) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        return data.copy(deep=False)
    if not isinstance(data, Mapping):
        raise InvalidValue(f"A table is a DataFrame or a dict, not {type(data).__qualname__}.")
    try:
        return pd.DataFrame(dict(data))
    except ValueError:  # only scalars: a table of one row
        return pd.DataFrame([dict(data)])


def _with_images_kept(run: Target, frame: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return the table with its images kept as files of their own, and named where they were."""
    for name in frame.columns:
        column = frame[name]
        if column.dtype != object:
            continue
        are_images = [_is_image(value) for value in column]
        if any(are_images):
            if not all(are_images):
                raise InvalidValue(
                    f"Column '{name}' contains a mix of images and non-images. Keep them apart."
                )
            frame[name] = column.map(lambda value: _kept_image(run, value, path))
    return frame


def _is_image(value: object) -> bool:
    return all(hasattr(value, name) for name in ("save", "resize", "size"))


def _kept_image(run: Target, image: object, path: str) -> dict[str, str]:
    name = f"{IMAGES_FOLDER}/{PurePosixPath(path).with_suffix('')}/{uuid.uuid4()}"
    picture = as_picture(image)
    keep(run, f"{name}.png", (encoded(picture, ".png"),))
    keep(run, f"{name}.webp", (encoded(preview(picture), ".webp"),))
    return {
        "type": "image",
        "filepath": f"{name}.png",
        "compressed_filepath": f"{name}.webp",
    }


def _written(frame: pd.DataFrame, path: str) -> bytes:
    try:
        if path.endswith(".json"):
            return _as_json(frame).encode()
        file = BytesIO()
        frame.to_parquet(file, index=False)
        return file.getvalue()
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValue(f"The table cannot be kept as '{path}': {error}") from error


def _as_json(frame: pd.DataFrame) -> str:
    """Return a table as MLflow writes it, but with every digit of its numbers."""
    columns = [str(name) for name in frame.columns]
    values = frame.astype(object)
    rows = values.where(frame.notna(), None).to_numpy().tolist()
    finite = [[None if _is_infinite(value) else value for value in row] for row in rows]
    table = {"columns": columns, "data": finite}
    return json.dumps(table, separators=(",", ":"), default=_json_value, allow_nan=False)


def _is_infinite(value: object) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _json_value(value: object) -> object:
    """Return what JSON has for a value of NumPy, pandas or the standard library."""
    for method in ("isoformat", "tolist", "item"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise TypeError(f"values of type {type(value).__qualname__} have no place in JSON")


def read_table(content: bytes, path: str) -> pd.DataFrame:
    """Return the table that a file of that name holds. Raises InvalidValue."""
    try:
        if path.endswith(".json"):
            # Not pandas' own reader: it takes the text "001" for the number 1.
            table = json.loads(content)
            return pd.DataFrame(table["data"], columns=table["columns"])
        return pd.read_parquet(BytesIO(content))
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise InvalidValue(f"The artifact '{path}' does not hold a table: {error}") from error


def load_tables(
    store: Store,
    experiment_id: str,
    path: str,
    run_ids: Sequence[str] | None,
    extra_columns: Sequence[str],
) -> pd.DataFrame:
    """Return the tables of that name of several runs, one below the other. Raises NotFound.

    Read are the runs of the experiment that have it, or those of `run_ids`, newest first.
    """
    _check_name(path)
    runs = [
        run
        for run in search_all(store, [experiment_id])
        if _has_table(run, path) and (not run_ids or run.info.run_id in run_ids)
    ]
    if not runs:
        raise NotFound(f"No runs found with the table artifact '{path}'.")
    if run_ids and len(runs) < len(set(run_ids)):
        warn(f"Only {len(runs)} of {len(set(run_ids))} runs have the table '{path}'.")
    tables = [_table_of(store, run, path, extra_columns) for run in runs]
    return pd.concat(tables, ignore_index=True)


def _has_table(run: Run, path: str) -> bool:
    listed = _listed(run.data.tags.get(LOGGED_ARTIFACTS))
    return {"path": path, "type": "table"} in listed


def _table_of(store: Store, run: Run, path: str, extra_columns: Sequence[str]) -> pd.DataFrame:
    target = Target(run.info.run_id, store, artifact_uri=run.info.artifact_uri)
    with target.artifacts().open(path) as file:
        table = read_table(file.read(), path)
    for name in extra_columns:
        if name in table:
            warn(f"The table '{path}' has a column '{name}'; the run's is added as '{name}_'.")
        table[f"{name}_" if name in table else name] = _column_of(run, name)
    return table


def _column_of(run: Run, name: str) -> Any:
    """Return what `search_runs` has in the column of that name. Raises InvalidValue."""
    from tracker.tracking.frames import runs_frame

    row = runs_frame([run])
    if name not in row:
        raise InvalidValue(
            f"Run {run.info.run_id} has no column '{name}'. There are {', '.join(row.columns)}."
        )
    return row[name].iloc[0]
