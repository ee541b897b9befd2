"""Files that are tables, read a window at a time. What they hold is hostile."""

from __future__ import annotations

from tracker.errors import InvalidValue
from tracker.server.files.openfile import OpenArtifact
from tracker.server.files.tables.window import Window
from tracker.server.wire import TableAnswer

_DELIMITED = {"csv": "", "tsv": "\t", "tab": "\t"}
"""Suffixes and what separates the cells; '' where the file has to be asked."""
_PARQUET = frozenset({"parquet", "pq"})


def read_table(artifact: OpenArtifact, window: Window) -> TableAnswer:
    """Return the part of a table inside the window. Raises InvalidValue for what is no table."""
    suffix = artifact.name.rpartition(".")[2].lower()
    if suffix in _DELIMITED:
        from tracker.server.files.tables.delimited import read_delimited

        return read_delimited(artifact, window, _DELIMITED[suffix])
    if suffix in _PARQUET:
        from tracker.server.files.tables.parquet import read_parquet

        return read_parquet(artifact, window)
    raise InvalidValue(f"{artifact.path!r} is no table: only CSV, TSV and Parquet files are.")
