"""Which runs the cells of a notebook made, and how a cell has changed since."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple, cast

from tracker.artifacts import Artifacts
from tracker.artifacts.local import LocalArtifacts
from tracker.capture import tags
from tracker.capture.code import read_code
from tracker.capture.notebook import project_of
from tracker.diff.lines import line_differences
from tracker.diff.plain import plain_lines
from tracker.entities import PagedList, Run
from tracker.errors import InvalidValue, NotFound, TrackerError
from tracker.server.fields import as_object, text, texts
from tracker.server.places.folders import resolve_folder
from tracker.server.places.reading import Places
from tracker.server.wire import CellChangesAnswer, CellRow, CellRunsAnswer, LineRow
from tracker.store.base import Store
from tracker.tracking.context import SOURCE_NAME

CELLS_LIMIT: Final = 1000
MOST_AT_ONCE: Final = 500
"""Runs of a notebook that are read together; with more than that each cell is asked for alone."""
LONGEST_SOURCE: Final = 100_000
"""Characters of a cell that is held against what it was for its run."""
_MOST_RENAMED: Final = 100
"""Cells that are looked at for the name that a notebook had before."""
_NEWEST: Final = ["attributes.start_time DESC"]


class Made(NamedTuple):
    """How many runs a cell made, and the latest two."""

    total: int
    runs: list[Run]


def cell_runs(places: Places, body: object) -> CellRunsAnswer:
    """Answer a CellRunsRequest. Raises InvalidValue."""
    fields = as_object(body, "The request")
    cell_ids = texts(fields, "cell_ids", CELLS_LIMIT) or []
    file = notebook_file(places.root, text(fields, "notebook"))
    folder = text(fields, "folder")
    uri, store = places.found(folder)
    names = notebook_names(file, uri)
    if store is None:
        return {"exists": False, "revision": 0, "names": names, "cells": []}
    # Read before the runs: what changes meanwhile is then told by the live socket.
    revision = store.changes().revision
    found = _of_notebook(store, names, cell_ids)
    if found is None:
        old = _old_name(store, cell_ids, project_of(uri))
        names += [] if old is None else [old]
        found = _of_notebook(store, names[-1:], cell_ids) or {}
    rows = [
        _row(places, folder, cell_id, found[cell_id]) for cell_id in cell_ids if cell_id in found
    ]
    return {"exists": True, "revision": revision, "names": names, "cells": rows}


def cell_changes(places: Places, body: object) -> CellChangesAnswer:
    """Answer a CellChangesRequest. Raises NotFound, InvalidValue."""
    fields = as_object(body, "The request")
    folder, cell_id = text(fields, "folder"), text(fields, "cell_id")
    run = places.run(folder, text(fields, "run_id"))
    was, now = cell_source(places, folder, run, cell_id), text(fields, "source")
    if was is None:
        raise NotFound(f"What this cell was for the run {run.info.run_name!r} was not kept.")
    lines = plain_lines(line_differences(was.rstrip(), now.rstrip()))
    return {"run_name": run.info.run_name, "lines": cast("list[LineRow]", lines)}


# -- the notebook's names ---------------------------------------------------------------------


def notebook_file(root: Path, notebook: str) -> Path:
    """Return a notebook's file as a kernel is told it, links not followed. Raises InvalidValue."""
    folder, _, name = notebook.rpartition("/")
    if not name:
        raise InvalidValue(f"{notebook[:80]!r} is no notebook: its path ends with a file's name.")
    resolve_folder(root, folder, allow_hidden=True)
    resolve_folder(root, name, allow_hidden=True)  # no backslash, NUL or `..` there either
    return root / folder / name


def notebook_names(file: Path, store_uri: str) -> list[str]:
    """Return what runs may call a notebook: its path in the store's project, or the whole path."""
    project = project_of(store_uri)
    names = []
    if project is not None:
        pairs = ((project, file), (_real(project), _real(file)))
        names = [f.relative_to(p).as_posix() for p, f in pairs if f.is_relative_to(p)]
    return list(dict.fromkeys([*names, file.as_posix()]))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _old_name(store: Store, cell_ids: Sequence[str], project: Path | None) -> str | None:
    """Return the name by which runs of these cells know a notebook that is not there any more.

    A notebook that was renamed keeps the ids of its cells; so does a copy, but then the other one
    is still there, and its runs stay its own.
    """
    for cell_id in cell_ids[:_MOST_RENAMED]:
        for run in _search(store, f"tags.`{tags.CELL_ID}` = {_quoted(cell_id)}", 1):
            name = run.data.tags.get(SOURCE_NAME, "")
            return name if _is_gone(name, project) else None
    return None


def _is_gone(name: str, project: Path | None) -> bool:
    """Whether a notebook of the project is not there; of others nothing is looked for."""
    path = PurePosixPath(name)
    if project is None or not name.endswith(".ipynb") or path.is_absolute() or ".." in path.parts:
        return False
    return not os.path.lexists(project / path)


# -- runs of cells ----------------------------------------------------------------------------


def _of_notebook(
    store: Store, names: Sequence[str], cell_ids: Sequence[str]
) -> dict[str, Made] | None:
    """Return what the cells made under the first of these names that has runs, None without any."""
    for name in names:
        condition = f"tags.`{SOURCE_NAME}` = {_quoted(name)}"
        page = _search(store, condition, MOST_AT_ONCE)
        if page and page.token is None:
            return _grouped(page, set(cell_ids))
        if page:
            made = {cell_id: _made(store, cell_id, condition) for cell_id in cell_ids}
            return {cell_id: each for cell_id, each in made.items() if each.total}
    return None


def _grouped(runs: Sequence[Run], cell_ids: set[str]) -> dict[str, Made]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        cell_id = run.data.tags.get(tags.CELL_ID)
        if cell_id in cell_ids:
            found.setdefault(cell_id, []).append(run)
    return {cell_id: Made(len(runs), runs[:2]) for cell_id, runs in found.items()}


def _made(store: Store, cell_id: str, condition: str) -> Made:
    own = f"tags.`{tags.CELL_ID}` = {_quoted(cell_id)} AND {condition}"
    page = _search(store, own, 2)
    return Made(len(page) if page.total is None else page.total, list(page))


def _search(store: Store, condition: str, most: int) -> PagedList[Run]:
    return store.search_runs(None, filter_string=condition, order_by=_NEWEST, max_results=most)


def _quoted(text: str) -> str:
    # The grammar has no escape: a text with both kinds of quotes finds nothing.
    return '"{}"'.format(text.replace('"', "_")) if "'" in text else f"'{text}'"


# -- a cell as it was -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was kept of a cell: in the files at `uri`, which may be read."""

    uri: str
    cell_id: str
    files: Artifacts = field(compare=False)


def cell_source(places: Places, folder: str, run: Run, cell_id: str) -> str | None:
    """Return the cell as it was typed when it was executed for the run, None where it is not kept.

    Of runs whose files are not on this machine nothing is read: a notebook has many cells.
    """
    try:
        files = places.readable_files(folder, run)
        if not isinstance(files, LocalArtifacts):
            return None
        found = _kept_source(_Kept(files.uri, cell_id, files))
    except TrackerError:
        return None
    return found if len(found) <= LONGEST_SOURCE else None


@lru_cache(maxsize=2_000)
def _kept_source(kept: _Kept) -> str:
    """The same; what is not there (yet) is an error, and so is looked for again."""
    code = read_code(kept.files)
    # Without a session there is only what ran, and that is not what was typed.
    if code is not None and code.session_id:
        targets = set(code.targets)
        for cell in reversed(code.cells):
            if cell.order in targets and cell.cell_id == kept.cell_id:
                return cell.raw_source
    raise NotFound("The cell was not kept.")


def _row(places: Places, folder: str, cell_id: str, made: Made) -> CellRow:
    return {
        "cell_id": cell_id,
        "count": made.total,
        "runs": [
            {
                "run_id": run.info.run_id,
                "run_name": run.info.run_name,
                "status": str(run.info.status),
                "start_time": run.info.start_time,
                "end_time": run.info.end_time,
            }
            for run in made.runs
        ],
        "source": cell_source(places, folder, made.runs[0], cell_id),
    }
