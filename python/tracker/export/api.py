"""The export as one function for callers that name everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath

from tracker.capture.session import ExecutedCell
from tracker.errors import InvalidValue
from tracker.export.offers import MODES, Mode, Selection
from tracker.export.project import ExportResult, Form, Options, never, write_project
from tracker.export.runs import find_run
from tracker.export.source import Source, from_notebook, from_run, from_session
from tracker.tracking import session


def to_mlproject(
    folder: str | PurePath | None = None,
    cells: Iterable[ExecutedCell] | None = None,
    *,
    notebook: str | PurePath | None = None,
    source: Source | None = None,
    run_id: str | None = None,
    name: str | None = None,
    notebook_name: str | None = None,
    base_folder: str | PurePath = ".",
    namespace: Mapping[str, object] | None = None,
    form: Form = "script",
    entry: str = "main",
    params: Mode = "auto",
    param: Iterable[str] = (),
    force: bool = False,
    allow_secrets: bool = False,
    confirm: Callable[[str], bool] = never,
) -> ExportResult:
    """Write what a notebook executed, or holds, as an MLproject; tell what is in it.

    One of these says of what: `cells`, executions of a session (in `base_folder`; `namespace` has
    values of its variables, `run_id` leaves out what that run cannot depend on); `run_id` alone, a
    run of the current store (its id, how that begins, or its name); `notebook`, a file that need
    never have been executed; or a `source` made before. A relative `folder` is one below the base
    folder; without one, `<notebook>-project` is made there.

    `params` (`auto`, `none`, `all`) and `param` (names such as `alpha`, `model.n_estimators`)
    choose what becomes a parameter. `confirm` is asked before large files are copied and cells left
    out that Python cannot read. Raises NotFound, and InvalidValue as `write_project` does.
    """
    if params not in MODES:
        raise InvalidValue(f"Parameters {params!r}? There are: {', '.join(MODES)}.")
    chosen = source or _source(
        cells, notebook, run_id, base_folder, notebook_name=notebook_name, namespace=namespace
    )
    options = Options(
        name, form, entry, Selection(params, tuple(param)), force, allow_secrets, confirm
    )
    return write_project(place_for(folder, chosen), chosen, options)


def _source(
    cells: Iterable[ExecutedCell] | None,
    notebook: str | PurePath | None,
    run_id: str | None,
    base_folder: str | PurePath,
    *,
    notebook_name: str | None,
    namespace: Mapping[str, object] | None,
) -> Source:
    if cells is not None and notebook is None:
        return from_session(
            cells,
            base_folder=base_folder,
            notebook_name=notebook_name,
            namespace=namespace,
            run_id=run_id,
        )
    if notebook is not None and cells is None:
        return from_notebook(notebook)
    if run_id is None or cells is not None:
        raise InvalidValue("Name what to export: cells, a run, or a notebook's file.")
    store = session.current_store()
    run = find_run(store, run_id)
    return from_run(store, run.info.run_id, base_folder=base_folder)


def place_for(folder: str | PurePath | None, source: Source) -> Path:
    """The folder that an export goes to: named after the notebook where nobody names it."""
    stem = PurePath(source.notebook_name).stem if source.notebook_name else "notebook"
    return source.base / (folder or f"{stem}-project")
