"""The part of the explicit client that deals with artifacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tracker.artifacts.access import copy_to
from tracker.entities import FileInfo
from tracker.store.base import Store
from tracker.tracking import files
from tracker.tracking.target import Target

if TYPE_CHECKING:
    import pandas as pd


class FileCalls:
    """Artifacts of the runs of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """Return the entries of a folder of artifacts, its own by default. Raises NotFound."""
        return self._run(run_id).artifacts().list(path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | Path | None = None) -> str:
        """Copy a file or folder to `dst_path`, by default a new folder; return where it is.

        Raises NotFound.
        """
        return str(copy_to(self._run(run_id).artifacts(), path, dst_path))

    def log_artifact(
        self, run_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Copy a file, or a folder with its name, into the artifacts. Raises NotFound."""
        files.keep_file(self._run(run_id), local_path, artifact_path)

    def log_artifacts(
        self, run_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Copy what a folder holds into the artifacts. Raises NotFound."""
        files.keep_folder(self._run(run_id), local_dir, artifact_path)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Keep text, in UTF-8. Raises NotFound, InvalidValue."""
        files.keep_text(self._run(run_id), text, artifact_file)

    def log_dict(self, run_id: str, dictionary: object, artifact_file: str) -> None:
        """Keep a dict or list: YAML where the name ends in .yml or .yaml, else JSON."""
        files.keep_dict(self._run(run_id), dictionary, artifact_file)

    def log_figure(
        self,
        run_id: str,
        figure: object,
        artifact_file: str,
        *,
        save_kwargs: Mapping[str, object] | None = None,
    ) -> None:
        """Keep a matplotlib or plotly figure in the format its name ends in."""
        files.keep_figure(self._run(run_id), figure, artifact_file, save_kwargs)

    def log_stream(self, run_id: str, stream: BinaryIO, artifact_file: str) -> None:
        """Keep what an open binary file yields."""
        files.keep_stream(self._run(run_id), stream, artifact_file)

    def log_image(
        self,
        run_id: str,
        image: object,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Keep an image under a name, or in the series `key`. Raises NotFound, InvalidValue."""
        from tracker.tracking import images

        series = images.Series.of(key, step, timestamp)
        images.keep_image(self._run(run_id), image, artifact_file, series)

    def log_table(
        self, run_id: str, data: Mapping[str, object] | pd.DataFrame, artifact_file: str
    ) -> None:
        """Keep a table, or add its rows to one that is there. Raises NotFound, InvalidValue."""
        from tracker.tracking import tables

        tables.keep_table(self._run(run_id), data, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return the tables of that name of an experiment's runs as one. Raises NotFound."""
        from tracker.tracking import tables

        return tables.load_tables(
            self.store, str(experiment_id), artifact_file, run_ids, extra_columns or ()
        )

    def _run(self, run_id: str) -> Target:
        return Target(run_id, self.store)
