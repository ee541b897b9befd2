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


class FlavorRow(TypedDict):
    """One way to load a model, and what it says of itself."""

    name: str
    facts: dict[str, str]


class ModelFieldRow(TypedDict):
    """A column or tensor that a model takes or gives."""

    name: str
    type: str
    is_required: bool


class ModelAnswer(TypedDict):
    """What a file `MLmodel` says; the model itself is never loaded."""

    path: str
    facts: dict[str, str]
    flavors: list[FlavorRow]
    inputs: list[ModelFieldRow] | None
    outputs: list[ModelFieldRow] | None
    params: list[ModelFieldRow] | None
    input_example: str | None
