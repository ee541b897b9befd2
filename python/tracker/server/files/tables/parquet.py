"""Parquet, read by pyarrow where the server has it: only the row groups and columns looked at."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from tracker.errors import InvalidValue
from tracker.server.files.openfile import OpenArtifact
from tracker.server.files.tables.window import Window, shown_cell
from tracker.server.wire import TableAnswer

ROW_GROUP_LIMIT = 512 * 1024 * 1024
"""Bytes that the columns looked at may take in memory, one row group at a time."""
_METADATA_LIMIT = 64 * 1024 * 1024
_METADATA_ENTRIES = 1_000_000
_BATCH = 4096
_SAFE_PYARROW = (14, 0, 1)
"""Before this, reading a file could run code from it (CVE-2023-47248)."""


def read_parquet(artifact: OpenArtifact, window: Window) -> TableAnswer:
    """Return rows of a Parquet file. Raises InvalidValue where it cannot be read."""
    pyarrow_parquet = _library()
    try:
        with pyarrow_parquet.ParquetFile(
            artifact.file,
            pre_buffer=False,
            buffer_size=1 << 20,
            thrift_string_size_limit=_METADATA_LIMIT,
            thrift_container_size_limit=_METADATA_ENTRIES,
        ) as opened:
            return _window_of(opened, artifact.path, window)
    except InvalidValue:
        raise
    except Exception as error:  # pyarrow raises whatever the damage leads to
        reason = str(error).partition("\n")[0][:300] or type(error).__name__
        raise InvalidValue(
            f"{artifact.path!r} is not a Parquet file that can be read: {reason}"
        ) from error


def _library() -> Any:
    try:
        pyarrow = import_module("pyarrow")
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise InvalidValue(
            "Parquet files are read by pyarrow, which the Jupyter server lacks. Install it where "
            "the server runs: pip install pyarrow"
        ) from error
    found = tuple(int(part) for part in pyarrow.__version__.split(".")[:3] if part.isdecimal())
    if found < _SAFE_PYARROW:
        raise InvalidValue(
            f"pyarrow {pyarrow.__version__} is not safe for files from others. "
            "Install a newer one where the Jupyter server runs: pip install -U pyarrow"
        )
    return parquet


def _window_of(opened: Any, path: str, window: Window) -> TableAnswer:
    fields = list(opened.schema_arrow)
    chosen = fields[window.columns.start : window.columns.stop]
    total = max(0, opened.metadata.num_rows)
    wanted = range(min(window.first_row, total), min(window.rows.stop, total))
    names = [field.name for field in chosen]
    rows: list[list[str | None]] = []
    if names and wanted:
        rows.extend(_rows(opened, names, wanted))
    return {
        "path": path,
        "columns": [
            {"name": shown_cell(field.name), "type": shown_cell(str(field.type))}
            for field in chosen
        ],
        "first_column": window.first_column,
        "total_columns": len(fields),
        "rows": rows,
        "first_row": window.first_row,
        "total_rows": total,
        "is_complete": True,
        "note": None,
    }


def _rows(opened: Any, names: list[str], wanted: range) -> Iterator[list[str | None]]:
    start = 0
    for number in range(opened.metadata.num_row_groups):
        group = opened.metadata.row_group(number)
        stop = start + group.num_rows
        inside = range(max(wanted.start, start) - start, min(wanted.stop, stop) - start)
        if inside:
            _check_size(group, names)
            yield from _rows_of_group(opened, number, names, inside)
        start = stop


def _rows_of_group(
    opened: Any, group: int, names: list[str], wanted: range
) -> Iterator[list[str | None]]:
    start = 0
    for batch in opened.iter_batches(_BATCH, row_groups=[group], columns=names, use_threads=False):
        stop = start + batch.num_rows
        inside = range(max(wanted.start, start) - start, min(wanted.stop, stop) - start)
        if inside:
            part = batch.slice(inside.start, len(inside))
            # By name: pyarrow gives the columns in the order of the file, each once.
            cells = [part.column(name).to_pylist() for name in names]
            yield from ([_shown(cell) for cell in row] for row in zip(*cells, strict=True))
        if stop >= wanted.stop:
            return
        start = stop


def _check_size(group: Any, names: list[str]) -> None:
    wanted = set(names)
    columns = (group.column(number) for number in range(group.num_columns))
    size = sum(
        max(0, column.total_uncompressed_size)
        for column in columns
        if column.path_in_schema.partition(".")[0] in wanted or column.path_in_schema in wanted
    )
    if size > ROW_GROUP_LIMIT:
        raise InvalidValue(
            f"A row group of this file takes {size:,} bytes, more than is read for a look at it. "
            "Download the file, or write it with smaller row groups."
        )


def _shown(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bytes):
        return shown_cell(f"{len(cell)} bytes: {cell[:32].hex(' ')}")
    return shown_cell(str(cell))
