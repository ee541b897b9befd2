"""Runs as one table, a row each: CSV, JSON or Parquet."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tracker.cli.output import to_json
from tracker.cli.records import flat_record
from tracker.errors import InvalidValue, StoreError
from tracker.transfer.cells import csv_line


def write_runs(records: Sequence[Mapping[str, Any]], file_format: str, output: Path | None) -> None:
    """Write records to a file, or to standard output. Raises InvalidValue, StoreError."""
    if file_format == "parquet":
        content: bytes = _parquet(records)
        if output is None and sys.stdout.isatty():
            raise InvalidValue("Parquet is not for reading here. Name a file: runs.parquet.")
    elif file_format == "json":
        content = (to_json(list(records)) + "\n").encode()
    else:
        content = _csv(records).encode()
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise StoreError(f"Cannot write {output}: {error.strerror}.") from error


def _csv(records: Sequence[Mapping[str, Any]]) -> str:
    flat = [flat_record(record) for record in records]
    columns = _columns(flat)
    rows: list[list[object]] = [[*columns]]
    rows += [[row.get(column) for column in columns] for row in flat]
    return "".join(map(csv_line, rows))


def _parquet(records: Sequence[Mapping[str, Any]]) -> bytes:
    import pandas as pd

    flat = [flat_record(record) for record in records]
    frame = pd.DataFrame(flat, columns=_columns(flat))
    file = io.BytesIO()
    try:
        frame.to_parquet(file, index=False)
    except ImportError as error:
        raise StoreError(
            "Parquet needs the package pyarrow: pip install pyarrow. CSV and JSON do not."
        ) from error
    return file.getvalue()


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The run's own columns first, then params, metrics and tags by name."""
    columns = dict.fromkeys(column for row in rows for column in row)
    kinds = ("params.", "metrics.", "tags.")
    own = [column for column in columns if not column.startswith(kinds)]
    return own + [column for kind in kinds for column in sorted(columns) if column.startswith(kind)]
