"""What an export is made of: a kernel's session, a recorded run, or a notebook's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from tracker.artifacts import open_artifacts
from tracker.capture.code import read_code
from tracker.capture.session import ExecutedCell
from tracker.errors import NotFound
from tracker.export.notebook_file import notes_of, read_notebook
from tracker.locate import FOLDER
from tracker.store import Store
from tracker.tracking import active
from tracker.tracking.context import SOURCE_NAME


@dataclass(frozen=True, slots=True)
class Source:
    """Cells and what is known around them.

    `base` is the folder that they ran in: local modules and data files are taken from there.
    `notes` are the notebook's words by the id of the cell they stand above. `namespace` has values
    of variables, by which more file names can be told. With `run_id` only what that run may depend
    on is exported; `targets` are the orders of the executions that it took place in, where they are
    known. `session_id` is the kernel session's. `unreadable` says which cells Python cannot read;
    `remarks` what else to know.
    """

    cells: Sequence[ExecutedCell]
    base: Path
    notebook_name: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    namespace: Mapping[str, object] = field(default_factory=dict)
    run_id: str | None = None
    targets: Sequence[int] | None = None
    unreadable: Sequence[str] = ()
    remarks: Sequence[str] = ()
    is_file: bool = False
    session_id: str = ""


def from_session(
    cells: Iterable[ExecutedCell],
    *,
    base_folder: str | PurePath = ".",
    notebook_name: str | None = None,
    namespace: Mapping[str, object] | None = None,
    run_id: str | None = None,
    session_id: str = "",
) -> Source:
    """The cells that a kernel executed; words come from the notebook's file if it is there."""
    base = Path(base_folder).absolute()
    file = base / notebook_name if notebook_name else None
    notes = notes_of(file) if file is not None and file.is_file() else {}
    return Source(
        list(cells), base, notebook_name, notes, namespace or {}, run_id, session_id=session_id
    )


def from_notebook(path: str | PurePath) -> Source:
    """The cells of a notebook's file. Raises NotFound, InvalidValue if it is no Python notebook."""
    file = Path(path).absolute()
    read = read_notebook(file)
    return Source(
        read.cells,
        file.parent,
        read.name,
        read.notes,
        unreadable=read.unreadable,
        is_file=True,
    )


def from_run(store: Store, run_id: str, *, base_folder: str | PurePath | None = None) -> Source:
    """The cells that were kept with a run of any session.

    `base_folder` is where they ran: by default the notebook's folder as the run tells it, where
    that is there, else the working directory. Raises NotFound if there is no such run, or if
    nothing was kept of its code.
    """
    active.settle()
    run = store.get_run(run_id)
    code = read_code(open_artifacts(run.info.artifact_uri)) if run.info.artifact_uri else None
    if code is None:
        raise NotFound(f"Nothing was kept of the code of the run {run_id}: it cannot be exported.")
    told = run.data.tags.get(SOURCE_NAME, "")
    notebook = told if told.endswith(".ipynb") else None
    base = _folder_of(notebook, store.uri) if base_folder is None else Path(base_folder).absolute()
    remarks = [finding.text[:1].upper() + finding.text[1:] + "." for finding in code.findings]
    if not code.session_id:
        remarks.append("Only the run's own cell was kept, not what it depends on.")
    if code.left_out:
        remarks.append(f"{code.left_out} cells of a long session were not kept.")
    name = PurePath(notebook).name if notebook else None
    file = base / name if name else None
    notes = notes_of(file) if file is not None and file.is_file() else {}
    return Source(
        code.cells,
        base,
        name,
        notes,
        run_id=run_id,
        targets=code.targets,
        remarks=remarks,
        session_id=code.session_id,
    )


def _folder_of(notebook: str | None, store_uri: str) -> Path:
    """The folder of a notebook that is told relative to the project whose store this is."""
    told = PurePath(notebook or "")
    # A store may come from anybody: it names no folder outside of its own project.
    if notebook is not None and not told.is_absolute() and ".." not in told.parts:
        parents = Path(store_uri.removeprefix("sqlite:///")).parents
        project = next((folder.parent for folder in parents if folder.name == FOLDER), Path.cwd())
        folder = (project / notebook).parent
        if folder.is_dir():
            return folder.absolute()
    return Path.cwd()
