"""What the tests of journals share: points to log, and points as they were read."""

from __future__ import annotations

import struct
from pathlib import Path

from tracker.store.sqlite.journal import JournalPage, JournalWriter, create_journal, read_journal

Point = tuple[str, bytes, int, int]
"""Key, the bytes of the value, timestamp, step."""


def bits(value: float) -> bytes:
    """Return what tells apart -0.0 from 0.0 and one NaN from another."""
    return struct.pack("<d", value)


def points_of(page: JournalPage) -> dict[str, list[Point]]:
    """Return the points of a page by key, in the order logged."""
    return {
        series.key: [
            (series.key, bits(value), timestamp, step)
            for step, timestamp, value in zip(
                points.steps, points.timestamps, points.values, strict=True
            )
        ]
        for series, points in page.points.items()
    }


def log_numbered(writer: JournalWriter, count: int, keys: int = 1) -> None:
    """Log steps 0 to `count` in turns to the metrics m0, m1 ..."""
    for i in range(count):
        writer.log(f"m{i % keys}", float(i), 1_700_000_000_000 + i, i)


def steps_read(path: Path) -> list[int]:
    """Return the steps of all series of a journal in ascending order."""
    page = read_journal(path)
    return sorted(step for points in page.points.values() for step in points.steps)


def closed_journal(folder: Path, count: int, keys: int = 1) -> Path:
    """Return a journal of `count` numbered points whose writer is closed."""
    writer = create_journal(folder, "run")
    log_numbered(writer, count, keys)
    writer.close()
    return writer.path
