"""What an export is made of: a kernel's session, a recorded run, or a notebook's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from tracker.export.cells import ExecutedCell
from tracker.export.notebook_file import notes_of, read_notebook


@dataclass(frozen=True, slots=True)
class Source:
    """Cells and what is known around them.

    `base` is the folder that they ran in: local modules and data files are taken from there.
    `notes` are the notebook's words by the id of the cell they stand above. `namespace` has values
    of variables, by which more file names can be told. With `run_id` only what that run may depend
    on is exported. `unreadable` says which cells Python cannot read; `remarks` what else to know.
    """

    cells: Sequence[ExecutedCell]
    base: Path
    notebook_name: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    namespace: Mapping[str, object] = field(default_factory=dict)
    run_id: str | None = None
    unreadable: Sequence[str] = ()
    remarks: Sequence[str] = ()
    is_file: bool = False


def from_session(
    cells: Iterable[ExecutedCell],
    *,
    base_folder: str | PurePath = ".",
    notebook_name: str | None = None,
    namespace: Mapping[str, object] | None = None,
    run_id: str | None = None,
) -> Source:
    """The cells that a kernel executed; words come from the notebook's file if it is there."""
    base = Path(base_folder).absolute()
    file = base / notebook_name if notebook_name else None
    notes = notes_of(file) if file is not None and file.is_file() else {}
    return Source(list(cells), base, notebook_name, notes, namespace or {}, run_id)


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
