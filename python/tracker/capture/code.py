"""The code of a run: the cells its session had executed, and which of them it depends on.

Kept with the run as two files of JSON. `code/session.json` has the executions in order, each text
once; `code/lineage.json` which of them were the run, which it depends on, and the findings. Runs of
one cell share both, byte for byte, so that a store that keeps equal files once keeps them once.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast, get_args

from tracker.artifacts import Artifacts
from tracker.capture import tags
from tracker.capture.cellnames import CellNames
from tracker.capture.dataflow import names_of
from tracker.capture.findings import Evidence, Finding, Kind, find
from tracker.capture.lineage import Execution, slice_of
from tracker.capture.notebookfile import NotebookCell
from tracker.capture.session import ExecutedCell
from tracker.errors import StoreError, TrackerError

FORMAT = 1
MOST_TEXT = 1_000_000
"""Characters of source that are kept of a session; the slice comes first, then what ran last."""
_LARGEST_FILE = 64_000_000
_CELLS_BETWEEN = 10


@dataclass(frozen=True, slots=True)
class RunCode:
    """What ran. `targets` and `slice` are orders of `cells`; `left_out` counts cells not kept.

    `targets` are the executions that the run took place in, `slice` those and all that they may
    depend on, in the order executed.
    """

    session_id: str
    cells: tuple[ExecutedCell, ...]
    targets: tuple[int, ...]
    slice: tuple[int, ...]
    findings: tuple[Finding, ...] = ()
    left_out: int = 0

    @property
    def sliced(self) -> list[ExecutedCell]:
        """The cells that the run depends on, in the order executed."""
        wanted = set(self.slice)
        return [cell for cell in self.cells if cell.order in wanted]


def code_of(
    session_id: str,
    cells: Sequence[ExecutedCell],
    targets: Iterable[int],
    *,
    present: frozenset[str] | None = None,
    notebook: Sequence[NotebookCell] | None = None,
    pause: Callable[[], None] = lambda: None,
) -> RunCode:
    """Return the code of a run that took place in these executions of the session.

    `pause` is called again and again, for whoever does this beside the user's own code.
    """
    own = tuple(sorted(set(targets)))
    names: dict[int, CellNames] = {}
    for place, cell in enumerate(cells):
        names[cell.order] = cell_names(cell.source, cell.succeeded or cell.order in own)
        if place % _CELLS_BETWEEN == 0:
            pause()
    executions = [Execution(cell.order, names[cell.order]) for cell in cells]
    kept = slice_of(executions, own)
    found = find(Evidence(cells, names, frozenset(kept), frozenset(own), present, notebook))
    chosen = _bounded(cells, kept)
    return RunCode(
        session_id, chosen, own, tuple(sorted(kept)), tuple(found), len(cells) - len(chosen)
    )


@functools.lru_cache(maxsize=4096)
def cell_names(source: str, succeeded: bool = True) -> CellNames:
    """Return the names of a cell, found once; not to be changed.

    One that failed may have stopped anywhere, and surely bound nothing.
    """
    names = names_of(source)
    return names if succeeded else replace(names, always=set())


def _bounded(cells: Sequence[ExecutedCell], kept: set[int]) -> tuple[ExecutedCell, ...]:
    room = MOST_TEXT
    chosen: set[int] = set()
    texts: set[str] = set()
    for cell in sorted(cells, key=lambda cell: (cell.order in kept, cell.order), reverse=True):
        new = {cell.source, cell.raw_source} - texts
        room -= sum(map(len, new))
        if room < 0 and chosen:
            break
        texts |= new
        chosen.add(cell.order)
    return tuple(cell for cell in cells if cell.order in chosen)


# -- as files ---------------------------------------------------------------------------------


def session_text(code: RunCode) -> str:
    """Return `code/session.json`."""
    places: dict[str, int] = {}
    rows = []
    for cell in code.cells:
        row = asdict(cell)
        for name in ("source", "raw_source"):
            row[name] = places.setdefault(row[name], len(places))
        rows.append(row)
    head = {"format": FORMAT, "session_id": code.session_id, "left_out": code.left_out}
    return json.dumps({**head, "cells": rows, "sources": list(places)}, ensure_ascii=False)


def lineage_text(code: RunCode) -> str:
    """Return `code/lineage.json`."""
    found = [asdict(finding) for finding in code.findings]
    facts = {"targets": code.targets, "slice": code.slice, "findings": found}
    return json.dumps({"format": FORMAT, **facts}, ensure_ascii=False, indent=1)


def read_code(artifacts: Artifacts) -> RunCode | None:
    """Return the code that was kept with a run; None where there is none that can be read.

    A run whose cell alone was kept has that cell. What a file says is checked: it may be anybody's.
    """
    session, lineage = _json(artifacts, tags.SESSION_FILE), _json(artifacts, tags.LINEAGE_FILE)
    try:
        if session is not None and lineage is not None:
            return _read(session, lineage)
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    source = _text(artifacts, tags.SOURCE_FILE)
    if source is None:
        return None
    return RunCode("", (ExecutedCell(0, source, source),), (0,), (0,))


def _read(session: Mapping[str, Any], lineage: Mapping[str, Any]) -> RunCode:
    sources = [_str(text) for text in session["sources"]]
    cells = tuple(_cell(row, sources) for row in session["cells"])
    findings = tuple(_finding(row) for row in lineage.get("findings", []))
    targets, kept = (tuple(_int(n) for n in lineage[key]) for key in ("targets", "slice"))
    return RunCode(
        _str(session["session_id"]), cells, targets, kept, findings, _int(session["left_out"])
    )


def _cell(row: Mapping[str, Any], sources: list[str]) -> ExecutedCell:
    return ExecutedCell(
        order=_int(row["order"]),
        source=sources[_int(row["source"])],
        raw_source=sources[_int(row["raw_source"])],
        execution_count=_int_or_none(row.get("execution_count")),
        cell_id=_str_or_none(row.get("cell_id")),
        succeeded=bool(row.get("succeeded", True)),
        start_time=_int_or_none(row.get("start_time")),
        duration=_int_or_none(row.get("duration")),
        run_id=_str_or_none(row.get("run_id")),
    )


def _finding(row: Mapping[str, Any]) -> Finding:
    kind = _str(row["kind"])
    if kind not in get_args(Kind):
        raise ValueError(kind)
    cells = tuple(_int(n) for n in row.get("cells", ()))
    return Finding(
        cast(Kind, kind), _str(row["text"]), cells, tuple(map(_str, row.get("names", ())))
    )


def _json(artifacts: Artifacts, path: str) -> dict[str, Any] | None:
    text = _text(artifacts, path)
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(artifacts: Artifacts, path: str) -> str | None:
    try:
        with artifacts.open(path) as file:
            content = file.read(_LARGEST_FILE + 1)
    except StoreError:
        raise
    except TrackerError:  # it is not there
        return None
    return None if len(content) > _LARGEST_FILE else content.decode("utf-8", "replace")


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _int(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(value)
    return value


def _int_or_none(value: object) -> int | None:
    return None if value is None else _int(value)


def _str_or_none(value: object) -> str | None:
    return None if value is None else _str(value)
