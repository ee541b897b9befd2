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
