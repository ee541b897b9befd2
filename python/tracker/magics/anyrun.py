"""Runs that cells start themselves: recorded as those of `%%track` cells are, but for the card.

The watcher is told of each run that begins, whoever began it: `with tracker.start_run()` in a cell,
in a loop, in a function or a thread; a library that logs by itself. A run may end in a later cell.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.capture.callsite import params_around
from tracker.capture.notebook import notebook_path
from tracker.capture.session import ExecutedCell, SessionLog
from tracker.configuration import Tracker
from tracker.magics.background import background
from tracker.magics.codes import CellCode, names_in, snapshot
from tracker.magics.keeping import keep_source
from tracker.magics.outcome import Outcome
from tracker.magics.recording import Recording
from tracker.magics.trouble import Trouble
from tracker.tracking.active import ActiveRun, status_after

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Began = Callable[[CellCode], None]


class _Local(threading.local):
    is_paused = False


class RunWatcher:
    """Records every run that cells of this shell start, and knows the code of the current cell.

    `executing` gives the cell that is going on, as it will be logged, and None between cells;
    `began` is told of the first run of each cell.
    """

    def __init__(
        self,
        shell: InteractiveShell,
        config: Tracker,
        log: SessionLog,
        executing: Callable[[], ExecutedCell | None],
        began: Began,
    ) -> None:
        self._shell = shell
        self._config = config
        self._log = log
        self._executing = executing
        self._began = began
        self._local = _Local()
        self._lock = threading.Lock()
        self._code: CellCode | None = None
        self._first: dict[str, int] = {}
        self._open: dict[str, _RecordedRun] = {}

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the runs of this thread alone meanwhile: somebody else records them."""
        self._local.is_paused = True
        try:
            yield
        finally:
            self._local.is_paused = False

    def __call__(self, run: ActiveRun) -> None:
        """Begin to record a run that has begun."""
        if self._local.is_paused or not run.info.artifact_uri:
            return
        trouble = Trouble()
        with trouble.while_("record what the run's cell does"):
            self._record(run, trouble)
        trouble.tell()

    def _record(self, run: ActiveRun, trouble: Trouble) -> None:
        is_known = run.run_id in self._first
        code = self.code(run.run_id)
        params = self._params(code) if self._config.infer_params else {}
        recording = Recording(self._shell, self._config, run, params, trouble)
        if is_known:
            recording.is_of_others = False
        elif recording.is_of_others:
            recording.params = {}
        recorded = _RecordedRun(self, recording, trouble, code)
        self._open[run.run_id] = recorded
        run.at_end.append(recorded)
        recorded.begin()

    def _params(self, code: CellCode) -> dict[str, str]:
        return code.params | params_around(sys._getframe(1), self._shell.user_ns)

    # -- the code of the current cell ---------------------------------------------------------

    def cell_began(self) -> None:
        """Note that what runs now is another cell."""
        with self._lock:
            self._code = None
        for recorded in list(self._open.values()):
            recorded.go_on()

    def cell_ended(self) -> None:
        """Keep what runs that go on have shown so far: the process may end before they do."""
        for recorded in list(self._open.values()):
            background.submit(recorded.checkpoint)

    @property
    def has_runs(self) -> bool:
        """Whether the current cell started runs, or runs that began before go on in it."""
        return self._code is not None or bool(self._open)

    def ended(self, run_id: str) -> None:
        """Forget a run that has ended."""
        self._open.pop(run_id, None)

    def code(self, run_id: str) -> CellCode:
        """Return the code of a run that takes place in the current cell, or goes on in it."""
        with self._lock:
            code = self._code
            if code is None:
                code = self._code = self._code_from(None)
                with suppress(Exception):  # a front end that is not there, or not as it should be
                    self._began(code)
            first = self._first.setdefault(run_id, code.targets[0] if code.targets else 0)
        return code if not code.targets or first == code.targets[0] else self._code_from(first)

    def _code_from(self, first: int | None) -> CellCode:
        cells = snapshot(self._log.executed_cells(), self._executing())
        last = cells[-1].order if cells else -1
        start = last if first is None else min(first, last)
        told = notebook_path(self._shell.user_ns, "")
        return CellCode(
            self._log.session_id,
            cells,
            tuple(cell.order for cell in cells if cell.order >= start),
            names_in(self._shell.user_ns),
            Path.cwd(),
            Path(told) if told else None,
        )


class _RecordedRun:
    """One run and its recording; what its end calls."""

    def __init__(
        self, watcher: RunWatcher, recording: Recording, trouble: Trouble, code: CellCode
    ) -> None:
        self._watcher = watcher
        self._recording = recording
        self._trouble = trouble
        self._code = code
        self._is_over = False

    def begin(self) -> None:
        recording, code = self._recording, self._code
        if recording.is_of_others:
            recording.listen()
            return
        background.submit(lambda: keep_source(recording.artifacts, code.source))
        recording.listen()
        recording.look(code, lambda findings: None, within=True)

    def go_on(self) -> None:
        """Record the next cell, too."""
        self._recording.listen_on()

    def finish(self) -> None:
        """Keep what the run gave. Tells what fails, raises nothing."""
        run = self._recording.run
        self._is_over = True
        self._watcher.ended(run.run_id)
        self._recording.hush()
        self._recording.keep_results(Outcome(status_after(run.error), run.error))
        with self._trouble.while_("keep the code of the run"):
            code = self._watcher.code(run.run_id)
            if code.targets != self._code.targets and not self._recording.is_of_others:
                self._recording.keep_code(code, lambda findings: None)
        self._recording.over()
        self._trouble.tell()

    def checkpoint(self) -> None:
        """Keep what was shown so far."""
        if not self._is_over:
            self._recording.checkpoint()
