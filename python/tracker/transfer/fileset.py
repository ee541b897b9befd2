"""Copying the files of a run: what is missing or different; one bad file never stops another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from tracker.artifacts import Artifacts
from tracker.artifacts.base import read_chunks
from tracker.entities import FileInfo
from tracker.errors import NotFound, TrackerError
from tracker.transfer.source import Readable

DEEPEST = 64
"""Folders in folders that are walked through."""


@dataclass(slots=True)
class Differences:
    """Files of a source by what has to be done about them, and `left`: why some cannot be read."""

    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def differences(source: Readable, target: Artifacts) -> Differences:
    """Return which files of `source` are not, or not the same, in `target`. Every byte is read."""
    found = Differences()
    for entry in files_of(source, found.left):
        try:
            if not target.is_file(entry.path):
                found.missing.append(entry.path)
            elif not _are_same(source, target, entry.path):
                found.changed.append(entry.path)
        except (TrackerError, OSError) as error:
            found.left.append(f"{entry.path}: {error}")
    return found


def copy_files(source: Readable, target: Artifacts, last: Sequence[str] = ()) -> list[str]:
    """Copy the files that are missing or different; return what could not be, with the reason.

    The files named in `last` come after all others.
    """
    found = differences(source, target)
    for path in sorted((*found.missing, *found.changed), key=lambda it: it in last):
        try:
            with source.open(path) as file:
                target.put(path, read_chunks(file))
        except (TrackerError, OSError) as error:
            found.left.append(f"{path}: {error}")
    return found.left


def files_of(artifacts: Readable, left: list[str]) -> Iterator[FileInfo]:
    """Yield every file; folders that cannot be listed are told in `left`."""
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            entries = artifacts.list(folder)
        except (TrackerError, OSError) as error:
            left.append(f"{folder or 'the files'}: {error}")
            continue
        for entry in entries:
            if not entry.is_dir:
                yield entry
            elif entry.path.count("/") < DEEPEST:
                pending.append(entry.path)
            else:
                left.append(f"{entry.path}: it lies deeper than {DEEPEST} folders")


def _are_same(source: Readable, target: Artifacts, path: str) -> bool:
    try:
        with source.open(path) as one, target.open(path) as other:
            return all(
                first == second
                for first, second in zip_longest(read_chunks(one), read_chunks(other))
            )
    except NotFound:
        return False
