"""CSV and its kin: read from the middle of files of any size.

The first look at a file notes where every 500th row begins, as far as somebody has looked; later
windows start there. A request reads a bounded part of the file, so a large one is known bit by bit.
"""

from __future__ import annotations

import codecs
import csv
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from tracker.errors import InvalidValue
from tracker.server.files.openfile import OpenArtifact
from tracker.server.files.tables.window import Window, shown_cell
from tracker.server.wire import TableAnswer

STRIDE = 500
"""Rows between two places that are remembered."""
SCAN_BUDGET = 16 * 1024 * 1024
"""Bytes of a file that one request looks through for rows that were not counted yet."""
LONGEST_LINE = 1024 * 1024
LOOK_AHEAD = 2_000
"""Rows beyond the window that are counted, so that a reader can scroll on."""
_KEPT_INDEXES = 16
_SAMPLE = 64 * 1024


@dataclass
class _Index:
    """What is known of a file's rows."""

    delimiter: str
    header: list[str]
    starts: list[int]
    """Where the rows 0, 500, 1,000 ... begin."""
    counted: int = 0
    position: int = 0
    """Where counting goes on."""
    is_complete: bool = False
    note: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_indexes: OrderedDict[tuple[object, ...], _Index] = OrderedDict()
_guard = threading.Lock()


def read_delimited(artifact: OpenArtifact, window: Window, delimiter: str) -> TableAnswer:
    """Return rows of a file whose cells are separated by `delimiter`, '' for what it looks like."""
    index = _index_of(artifact, delimiter)
    with index.lock:
        _count(index, artifact.file, window.rows.stop + LOOK_AHEAD)
    wanted = range(window.first_row, min(window.rows.stop, index.counted))
    cells = list(_rows(index, artifact.file, wanted)) if wanted else []
    total_columns = max([len(index.header), *(len(row) for row in cells)])
    columns = window.columns
    names = index.header + [""] * (total_columns - len(index.header))
    return {
        "path": artifact.path,
        "columns": [
            {"name": shown_cell(name), "type": None} for name in names[columns.start : columns.stop]
        ],
        "first_column": window.first_column,
        "total_columns": total_columns,
        "rows": [[shown_cell(cell) for cell in row[columns.start : columns.stop]] for row in cells],
        "first_row": window.first_row,
        "total_rows": index.counted,
        "is_complete": index.is_complete,
        "note": index.note,
    }


def _index_of(artifact: OpenArtifact, delimiter: str) -> _Index:
    with _guard:
        known = _indexes.get(artifact.version)
        if known is not None:
            _indexes.move_to_end(artifact.version)
            return known
    made = _begin(artifact, delimiter)
    with _guard:
        known = _indexes.setdefault(artifact.version, made)
        while len(_indexes) > _KEPT_INDEXES:
            _indexes.popitem(last=False)
    return known


def _begin(artifact: OpenArtifact, delimiter: str) -> _Index:
    """Return an index of a file whose first row names the columns."""
    artifact.file.seek(0)
    sample = artifact.file.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InvalidValue(f"{artifact.path!r} is written in UTF-16. Only UTF-8 is shown here.")
    start = len(codecs.BOM_UTF8) if sample.startswith(codecs.BOM_UTF8) else 0
    delimiter = delimiter or _likely_delimiter(sample[start:].decode("utf-8", "replace"))
    lines = _Lines(artifact.file, start)
    index = _Index(delimiter, [], [start])
    try:
        first = next(csv.reader(lines, delimiter=delimiter), [])
    except (csv.Error, _TooLong) as error:
        index.note, index.is_complete = _stopped(0, error), True
        return index
    if not first or _looks_like_data(first):
        # Columns without names are called by their numbers.
        index.header = [str(number) for number in range(len(first))]
    else:
        index.header = first
        index.starts = [lines.position]
    index.position = index.starts[0]
    return index


def _count(index: _Index, file: BinaryIO, up_to: int) -> None:
    """Count rows until there are so many, the budget is spent, or the file ends."""
    if index.is_complete or index.counted >= up_to:
        return
    lines = _Lines(file, index.position)
    reader = csv.reader(lines, delimiter=index.delimiter)
    while index.counted < up_to and lines.position - index.position < SCAN_BUDGET:
        begin = lines.position
        try:
            row = next(reader, None)
        except (csv.Error, _TooLong) as error:
            index.note = _stopped(index.counted + 1, error)
            row = None
        if row is None:
            index.is_complete = True
            break
        if not row:  # an empty line is no row
            continue
        if index.counted % STRIDE == 0 and index.counted:
            index.starts.append(begin)
        index.counted += 1
    index.position = lines.position


def _rows(index: _Index, file: BinaryIO, wanted: range) -> Iterator[list[str]]:
    stretch = min(wanted.start // STRIDE, len(index.starts) - 1)
    lines = _Lines(file, index.starts[stretch])
    found = filter(None, csv.reader(lines, delimiter=index.delimiter))
    skipped = wanted.start - stretch * STRIDE
    return islice(found, skipped, skipped + len(wanted))


class _TooLong(Exception):
    """A line that nobody means to read as one."""

    def __str__(self) -> str:
        return f"a line is longer than {LONGEST_LINE} bytes"


class _Lines:
    """The lines of a file as text, and the byte after the last that was taken."""

    def __init__(self, file: BinaryIO, position: int) -> None:
        self._file = file
        self.position = position
        file.seek(position)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            raise _TooLong
        self.position += len(line)
        return line.decode("utf-8", "replace")


def _likely_delimiter(sample: str) -> str:
    """Return what separates the cells: what the first lines have the same number of."""
    lines = [line for line in sample.splitlines()[:20] if line]
    best, most = ",", 0.0
    for delimiter in (",", ";", "\t", "|"):
        counts = [line.count(delimiter) for line in lines]
        if not counts or not counts[0]:
            continue
        alike = sum(count == counts[0] for count in counts) / len(counts)
        if alike * min(counts[0], 3) > most:
            best, most = delimiter, alike * min(counts[0], 3)
    return best


def _looks_like_data(row: list[str]) -> bool:
    return all(_is_number(cell) for cell in row)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _stopped(row: int, error: Exception) -> str:
    return f"The file cannot be read beyond row {row}: {error}."
