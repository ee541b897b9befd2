"""Files of a run."""

from __future__ import annotations

from typing import TypedDict


class FileRow(TypedDict):
    path: str
    is_dir: bool
    file_size: int | None


class ArtifactsAnswer(TypedDict):
    path: str
    files: list[FileRow]


class TableColumnRow(TypedDict):
    name: str
    type: str | None


class TableAnswer(TypedDict):
    """A window of a table. Until `is_complete`, `total_rows` counts those found so far."""

    path: str
    columns: list[TableColumnRow]
    first_column: int
    total_columns: int
    rows: list[list[str | None]]
    first_row: int
    total_rows: int
    is_complete: bool
    note: str | None


class FoundRow(TypedDict):
    """Where a text stands in a file: its byte, and what is around it."""

    offset: int
    before: str
    match: str
    after: str


class FindAnswer(TypedDict):
    """`next` is the byte to go on from; None where the file was searched to its end."""

    path: str
    size: int
    found: list[FoundRow]
    next: int | None
