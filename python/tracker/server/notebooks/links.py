"""Where a run comes from, and what can be made of it: its cell, a notebook, a project."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from tracker.capture import tags
from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound
from tracker.server.fields import as_object, text
from tracker.server.notebooks.cells import cell_source
from tracker.server.notebooks.origin import original_of
from tracker.server.notebooks.possible import DEEDS, refused, run_for
from tracker.server.places.folders import resolve_folder
from tracker.server.places.reading import Places
from tracker.server.wire import JobRow, NotebookAnswer, RunLinks
from tracker.tracking.context import SOURCE_NAME


def run_links(places: Places, folder: str, run_id: str, jobs: list[JobRow]) -> RunLinks:
    """Return what can be done with a run, and why not the rest. Raises NotFound, InvalidValue."""
    uri, store = places.found(folder)
    if store is None:
        raise NotFound("Nothing was recorded here yet.")
    run = store.get_run(run_id)
    try:
        original = original_of(store, run)
    except NotFound as error:
        return _nothing(error.message, jobs)
    cell_id = original.data.tags.get(tags.CELL_ID)
    return {
        "notebook": notebook_of(places.root, original, uri),
        "cell_id": cell_id,
        "source": cell_source(places, folder, original, cell_id) if cell_id else None,
        "refused": refused(places, folder, uri, original),
        "jobs": jobs,
    }


def _nothing(reason: str, jobs: list[JobRow]) -> RunLinks:
    told: dict[str, str] = dict.fromkeys(DEEDS, reason)
    return {"notebook": None, "cell_id": None, "source": None, "refused": told, "jobs": jobs}


def notebook_of(root: Path, run: Run, store_uri: str) -> str | None:
    """Return the run's notebook for Jupyter's contents API, None where there is none there."""
    from tracker.capture.notebook import project_of

    name = run.data.tags.get(SOURCE_NAME, "")
    path = PurePosixPath(name)
    if path.suffix != ".ipynb" or ".." in path.parts or "\0" in name:
        return None
    project = project_of(store_uri)
    real_root = Path(os.path.realpath(root))
    if not path.is_absolute() and project is None:
        return None
    file = Path(os.path.realpath((project or root) / name))
    if not file.is_relative_to(real_root) or not file.is_file():
        return None
    return file.relative_to(real_root).as_posix()


def open_notebook(places: Places, run_id: str, body: object) -> NotebookAnswer:
    """Answer a NotebookRequest: write a run's code as a notebook that was not there.

    It is put beside the run's own notebook; where that is gone, into the folder asked from.
    Raises NotFound, InvalidValue, StoreError.
    """
    from tracker.export.restoring import open_run

    fields = as_object(body, "The request")
    folder = text(fields, "folder")
    slice_only = fields.get("slice_only", False)
    if not isinstance(slice_only, bool):
        raise InvalidValue("'slice_only' must be true or false.")
    uri, store, run = run_for("open", places, folder, run_id)
    notebook = notebook_of(places.root, run, uri)
    beside = notebook.rpartition("/")[0] if notebook is not None else folder
    try:
        place = resolve_folder(places.root, beside, allow_hidden=True)
    except InvalidValue:  # a store that was opened has no folder among those that Jupyter serves
        place = Path(os.path.realpath(places.root))
    written = open_run(run, slice_only=slice_only, store=store, folder=place)
    return {"path": written.relative_to(os.path.realpath(places.root)).as_posix()}


def new_folder(root: Path, path: str) -> Path:
    """Return a folder, not there yet, for a path of the contents API. Raises InvalidValue."""
    parent, _, name = path.strip("/").rpartition("/")
    if not name:
        raise InvalidValue("Give the folder a name.")
    resolve_folder(root, path.strip("/"))
    place = resolve_folder(root, parent)
    if place != Path(os.path.realpath(root / parent)):
        raise InvalidValue(f"There is no folder {parent!r}. Make it first.")
    folder = place / name
    if os.path.lexists(folder):
        raise InvalidValue(f"{path} is there already. Choose another name: nothing is replaced.")
    return folder
