"""Artifacts, images, tables and data sets of the active run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tracker.tracking import files
from tracker.tracking.target import Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from PIL import Image

    from tracker.tracking.data import Data


def log_artifact(
    local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy a file into the run's artifacts, below the folder `artifact_path` where one is given.

    A folder is copied with its name. Raises NotFound where there is nothing at `local_path`,
    InvalidValue.
    """
    files.keep_file(Target.of(run_id), local_path, artifact_path)


def log_artifacts(
    local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy what a folder holds into the run's artifacts, below `artifact_path` where given.

    Raises NotFound where there is no such folder, InvalidValue.
    """
    files.keep_folder(Target.of(run_id), local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Keep text as an artifact, in UTF-8. Raises InvalidValue."""
    files.keep_text(Target.of(run_id), text, artifact_file)


def log_dict(dictionary: object, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a dict or list as an artifact: YAML where the name ends in .yml or .yaml, else JSON.

    What neither format can hold is kept as its text.
    """
    files.keep_dict(Target.of(run_id), dictionary, artifact_file)


def log_figure(
    figure: object,
    artifact_file: str,
    *,
    save_kwargs: Mapping[str, object] | None = None,
) -> None:
    """Keep a matplotlib or plotly figure as an artifact, in the format its name ends in.

    plotly figures: .html, .json (``.plotly.json`` opens as a live figure in JupyterLab), and the
    image formats where plotly can draw them. Raises InvalidValue for other objects and formats.
    """
    files.keep_figure(Target.of(None), figure, artifact_file, save_kwargs)


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Keep what an open binary file yields as an artifact."""
    files.keep_stream(Target.of(run_id), stream, artifact_file)


def log_image(
    image: Image.Image | npt.NDArray[np.generic],
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = None,
) -> None:
    """Keep a PIL image or an array of shape (height, width[, 1, 3 or 4]) as an artifact.

    Either under the name `artifact_file`, or as one of a series: `key` with `step` and `timestamp`
    (ms). Arrays hold bools, integers from 0 to 255 or floats from 0 to 1. Raises InvalidValue.
    """
    from tracker.tracking import images

    series = images.Series.of(key, step, timestamp)
    images.keep_image(Target.of(None), image, artifact_file, series)


def log_table(
    data: Mapping[str, object] | pd.DataFrame, artifact_file: str, run_id: str | None = None
) -> None:
    """Keep a table as an artifact, .json or .parquet; rows are added to a table that is there.

    Raises InvalidValue.
    """
    from tracker.tracking import tables

    tables.keep_table(Target.of(run_id), data, artifact_file)


def load_table(
    artifact_file: str,
    run_ids: Sequence[str] | None = None,
    extra_columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the tables of that name of several runs, one below the other.

    Read are all runs of the active experiment that have it, or those of `run_ids`. `extra_columns`
    are columns of `search_runs` to add, such as ``run_id``. Raises NotFound where no run has it.
    """
    from tracker.tracking import session, tables

    store = session.current_store()
    experiment_id = session.current_experiment_id(store)
    return tables.load_tables(store, experiment_id, artifact_file, run_ids, extra_columns or ())


def log_input(
    dataset: Data | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: object = None,
) -> None:
    """Record that the run read a data set; `context` says for what: "training", "validation".

    Make the data set with ``tracker.data.from_pandas`` or ``from_numpy``. Raises InvalidValue.
    """
    log_inputs([dataset], [context], [tags])


def log_inputs(
    datasets: Sequence[Data | None] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[object] | None = None,
) -> None:
    """Record several data sets at once; the three lists are equally long. Raises InvalidValue."""
    from tracker.tracking.data import inputs_of

    inputs = inputs_of(datasets or (), contexts or (), tags_list or ())
    run = Target.of(None)
    with run.tolerated("data sets", len(inputs)):
        run.store.log_inputs(run.run_id, inputs)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Return where the active run's artifacts are, or one of them. Starts a run where none is."""
    return files.join_uri(Target.of(None).artifact_uri(), artifact_path)
