"""The code of the runs that a cell starts: worked out once for all of them, beside the user's code.

Everything here that takes time is a job for the background thread.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tracker.artifacts import Artifacts
from tracker.capture import tags
from tracker.capture.changes import Changes, changes_of, imported_files
from tracker.capture.code import RunCode, code_of, lineage_text, session_text
from tracker.capture.findings import Finding, summary
from tracker.capture.injected import injected_params
from tracker.capture.notebookfile import NotebookFile
from tracker.capture.parameters import find_parameters
from tracker.capture.session import ExecutedCell
from tracker.capture.signature import signature
from tracker.store.base import Store
from tracker.tracking import git

_PAUSE = 0.0002
"""Seconds to let the user's code run between two cells that are looked at."""
_LONGEST_SUMMARY = 500


@dataclass(eq=False, slots=True)
class RunFiles:
    """A run whose code is kept, as far as keeping needs it."""

    run_id: str
    store: Store
    artifacts: Artifacts
    infers_params: bool
    tell: Callable[[Sequence[Finding]], None] = lambda findings: None


@dataclass(eq=False, slots=True)
class CellCode:
    """The code of the runs that take place in the same cells of a session.

    `cells` are the session's executions, the one that is going on included; `targets` the orders
    of those that the runs take place in.
    """

    session_id: str
    cells: Sequence[ExecutedCell]
    targets: tuple[int, ...]
    present: frozenset[str]
    folder: Path
    notebook_path: Path | None = None
    notebook: NotebookFile | None = None
    _params: dict[str, str] | None = None
    _runs: list[RunFiles] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _code: RunCode | None = None
    _texts: dict[str, bytes] = field(default_factory=dict)
    _changes: Changes | None = None
    _looked_for_changes: bool = False

    @property
    def source(self) -> str:
        """What runs in the last of the targets."""
        last = self.targets[-1] if self.targets else -1
        return next((cell.source for cell in self.cells if cell.order == last), "")

    @property
    def params(self) -> dict[str, str]:
        """What was injected into the session, and the literals that the cell assigns."""
        if self._params is None:
            own = {each.name: each.text for each in find_parameters(self.source)}
            self._params = injected_params(self.cells) | own
        return self._params

    def keep(self, run: RunFiles) -> None:
        """Keep the code with a run. Raises StoreError."""
        with self._lock:
            self._runs.append(run)
            code = self._worked_out()
            self._write(run, code)
        run.tell(code.findings)

    def take_notebook(self, notebook: NotebookFile) -> None:
        """Keep the file with every run of the cell, and what it tells about their code."""
        with self._lock:
            self.notebook = notebook
            self._code = None
            self._texts.clear()
            code = self._worked_out()
            params = self._tagged_params(code, notebook)
            for run in self._runs:
                self._write(run, code)
                if run.infers_params:
                    add_params(run.store, run.run_id, params)
        for run in list(self._runs):
            run.tell(code.findings)

    def keep_changes(self, run: RunFiles) -> None:
        """Keep the patch of the project's files with a run. Raises StoreError."""
        with self._lock:
            if not self._looked_for_changes:
                self._looked_for_changes = True
                self._changes = self._found_changes()
            changes = self._changes
        if changes is None:
            return
        run.store.log_batch(run.run_id, tags={tags.GIT_DIRTY: str(changes.is_dirty).lower()})
        if changes.patch:
            run.artifacts.put(tags.PATCH_FILE, [changes.patch.encode("utf-8", "replace")])

    # -- inside the lock ----------------------------------------------------------------------

    def _worked_out(self) -> RunCode:
        if self._code is None:
            self._code = code_of(
                self.session_id,
                self.cells,
                self.targets,
                present=self.present,
                notebook=self.notebook.cells if self.notebook else None,
                pause=_pause,
            )
            self._texts[tags.SESSION_FILE] = session_text(self._code).encode("utf-8", "replace")
            self._texts[tags.LINEAGE_FILE] = lineage_text(self._code).encode("utf-8", "replace")
            signed = signature(self._texts)
            if signed is not None:
                self._texts[tags.SIGNATURE_FILE] = signed
            if self.notebook is not None:
                self._texts[tags.NOTEBOOK_FILE] = self.notebook.text.encode("utf-8", "replace")
        return self._code

    def _write(self, run: RunFiles, code: RunCode) -> None:
        for path, content in self._texts.items():
            run.artifacts.put(path, [content])
        text = summary(code.findings)
        if text:
            run.store.log_batch(run.run_id, tags={tags.FINDINGS: text[:_LONGEST_SUMMARY]})

    def _tagged_params(self, code: RunCode, notebook: NotebookFile) -> dict[str, str]:
        """Return the literals of cells that the notebook tags `parameters`."""
        tagged = {cell.cell_id for cell in notebook.cells if "parameters" in cell.tags}
        cells = [cell for cell in code.sliced if cell.cell_id and cell.cell_id in tagged]
        return {each.name: each.text for cell in cells for each in find_parameters(cell.source)}

    def _found_changes(self) -> Changes | None:
        git_dir = git.find_git_dir(self.folder)
        root = git.work_tree(self.folder)
        if git_dir is None or root is None:
            return None
        files = imported_files(root, list(sys.modules.values()))
        if self.notebook_path is not None:
            files.append(self.notebook_path.resolve())
        return changes_of(root, files)


def _pause() -> None:
    time.sleep(_PAUSE)


def add_params(store: Store, run_id: str, params: dict[str, str]) -> None:
    """Record params that a run does not have yet; what was logged stays as it is."""
    if not params:
        return
    logged = store.get_run(run_id).data.params
    new = {key: text for key, text in params.items() if key not in logged}
    if new:
        store.log_batch(run_id, params=new)


def snapshot(executed: Iterable[ExecutedCell], current: ExecutedCell | None) -> list[ExecutedCell]:
    """Return the executions with the one that is going on as the last."""
    cells = list(executed)
    if current is not None:
        cells.append(replace(current, order=len(cells)))
    return cells


def names_in(namespace: dict[str, object]) -> frozenset[str]:
    """Return the names of the variables that there are."""
    with suppress(RuntimeError):  # another thread binds one meanwhile
        return frozenset(namespace)
    return frozenset(list(namespace))
