"""What `%load_ext tracker` puts into a shell, and takes out again.

The hooks run around every cell and raise nothing: what fails on our side is told in one line and
the cell runs as if tracker were not there.
"""

from __future__ import annotations

import ast
import threading
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker.capture import tags
from tracker.capture.notebook import notebook_path
from tracker.capture.session import ExecutedCell, SessionLog, StartedCell, begin_session
from tracker.capture.trackline import TrackRequest
from tracker.configuration import Tracker
from tracker.magics.background import background
from tracker.magics.loading import history, loading_cell
from tracker.magics.marker import Marker, TrackedCell
from tracker.magics.outcome import Outcome, outcome_of
from tracker.magics.trouble import Trouble
from tracker.tracking import active, context, session
from tracker.tracking.context import SOURCE_NAME

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from tracker.magics.anyrun import RunWatcher
    from tracker.magics.autotrack import AutoTrack, LateRun
    from tracker.magics.cellrun import CellRun
    from tracker.tracking.active import ActiveRun


@dataclass(slots=True)
class _Executing:
    """A cell between its two hooks. Cells may be nested: code can run cells."""

    info: ExecutionInfo
    raw_cell: str
    started: StartedCell
    cell_run: CellRun | None = None
    late_run: LateRun | None = None


class Extension:
    """The hooks of one shell and what they need."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.config = Tracker(parent=shell)
        self.session: SessionLog = begin_session()
        self._marker = Marker()
        self._stacks: dict[int, list[_Executing]] = {}
        self._watcher: RunWatcher | None = None
        self._auto: AutoTrack | None = None
        self._is_first_look = True

    @property
    def _configurables(self) -> list[Any]:
        """What `%config` finds. IPython annotates it as a list of shells."""
        return self.shell.configurables

    def load(self) -> None:
        """Begin to listen to the shell."""
        shell = self.shell
        if not self.session.executed_cells():
            self.session.remember(history(shell))
        shell.input_transformer_manager.cleanup_transforms.append(self._marker)
        shell.events.register("pre_run_cell", self._before)
        shell.events.register("post_run_cell", self._after)
        self._configurables.append(self.config)
        context.add_provider(self._cell_tags)
        active.add_watcher(self._run_began)
        self._join_loading_cell()

    def _join_loading_cell(self) -> None:
        """Take the cell that loads us as one whose beginning we saw: it may go on to start runs."""
        info = loading_cell(self.shell)
        if info is not None:
            raw_cell = str(info.raw_cell)
            started = self.session.started(raw_cell, raw_cell, info.cell_id)
            executing = _Executing(info, raw_cell, started)
            self._stacks.setdefault(threading.get_ident(), []).append(executing)

    def unload(self) -> None:
        """Leave the shell as it was found. The run of a cell that is executing is cut short."""
        shell = self.shell
        for executing in [cell for stack in self._stacks.values() for cell in stack]:
            if executing.cell_run is not None:
                executing.cell_run.finish(outcome_of(None))
        shell.input_transformer_manager.cleanup_transforms.remove(self._marker)
        shell.events.unregister("pre_run_cell", self._before)
        shell.events.unregister("post_run_cell", self._after)
        self._configurables.remove(self.config)
        context.remove_provider(self._cell_tags)
        active.remove_watcher(self._run_began)

    # -- hooks --------------------------------------------------------------------------------

    def _before(self, info: ExecutionInfo) -> None:
        trouble = Trouble()
        with trouble.while_("note that the cell runs"):
            transforms = self.shell.input_transformer_manager.cleanup_transforms
            raw_cell = str(info.raw_cell)
            tracked = self._marker.read_cell(raw_cell, transforms)
            source = raw_cell if tracked is None else tracked.source
            started = self.session.started(source, raw_cell, getattr(info, "cell_id", None))
            executing = _Executing(info, raw_cell, started)
            self._stacks.setdefault(threading.get_ident(), []).append(executing)
            if self._watcher is not None and self._outermost() is executing:
                self._watcher.cell_began()
            if tracked is None and self._auto is not None and self._auto.is_on:
                with trouble.while_("see whether the cell trains"):
                    tracked = self._tracked_anyway(executing)
            if tracked is not None and not tracked.request.help and self._compiles(info):
                with trouble.while_("start a run for this cell"):
                    executing.cell_run = self._start(tracked)
        trouble.tell()

    def _after(self, result: ExecutionResult | None) -> None:
        trouble = Trouble()
        with trouble.while_("note how the cell ended"):
            executing = self._ended(result)
            if executing is not None:
                self._identify(executing, result)
                self._finish(executing, result)
            if self._watcher is not None:
                self._watcher.cell_ended()
        trouble.tell()

    # -- a cell's beginning -------------------------------------------------------------------

    @property
    def auto(self) -> AutoTrack:
        """What `%track on` turns on."""
        if self._auto is None:
            from tracker.magics.autotrack import AutoTrack

            self._auto = AutoTrack()
        return self._auto

    def _tracked_anyway(self, executing: _Executing) -> TrackedCell | None:
        """Return the cell as one that asks to be a run, if it trains; else wait how long it takes.

        A cell in which a run goes on already is a part of that run.
        """
        source = executing.started.source
        is_cell = executing.info.store_history and self._outermost() is executing
        if not is_cell or not source.strip() or active.current() is not None:
            return None
        if self.auto.wants(source, (cell.source for cell in self.session.executed_cells())):
            return TrackedCell(TrackRequest(), source.splitlines(keepends=True))
        from tracker.magics.autotrack import LateRun

        executing.late_run = LateRun(self.shell, self.config, executing.started)
        return None

    def _start(self, tracked: TrackedCell) -> CellRun:
        from tracker.magics import cellrun  # half of what loading would cost

        watcher = self.watcher
        with watcher.paused():
            return cellrun.start(self.shell, self.config, tracked, watcher.code)

    @property
    def watcher(self) -> RunWatcher:
        """What records runs, made for the first one."""
        if self._watcher is None:
            from tracker.magics.anyrun import RunWatcher
            from tracker.magics.frontend import FrontEnd

            ask = FrontEnd(self.shell, self.config).ask
            self._watcher = RunWatcher(self.shell, self.config, self.session, self._going_on, ask)
        return self._watcher

    def _run_began(self, run: ActiveRun) -> None:
        self.watcher(run)

    def _going_on(self) -> ExecutedCell | None:
        """Return the cell that a run of this thread starts in, as it will be logged."""
        cell = self._outermost()
        if cell is None:
            return None
        count = self.shell.execution_count - 1 if cell.info.store_history else None
        started = cell.started
        return ExecutedCell(
            0, started.source, started.raw_source, count, started.cell_id, True, started.start_time
        )

    def _compiles(self, info: ExecutionInfo) -> bool:
        """Return whether the cell will run: what is no Python shall leave no run behind."""
        source = getattr(info, "transformed_cell", None)
        if source is None:  # older versions of IPython do not tell
            source = self.shell.transform_cell(info.raw_cell)  # type: ignore[no-untyped-call]
        flags = self.shell.compile.flags
        if self.shell.autoawait:
            flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # IPython gives them when it compiles the cell itself
            try:
                compile(source, "<cell>", "exec", flags, dont_inherit=True)
            except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
                return False
        return True

    def _cell_tags(self) -> dict[str, str]:
        """Return the tags of a run that starts in the cell being executed."""
        found = {tags.SESSION_ID: self.session.session_id}
        path = notebook_path(self.shell.user_ns, session.get_tracking_uri())
        if path is not None:
            found[SOURCE_NAME] = path
        cell = self._outermost()
        if cell is not None:
            if cell.started.cell_id:
                found[tags.CELL_ID] = cell.started.cell_id
            if cell.info.store_history:
                found[tags.EXECUTION_COUNT] = str(self.shell.execution_count - 1)
        return found

    def _outermost(self) -> _Executing | None:
        """Return the cell that a run of this thread starts in, None between cells.

        Cells that code runs have neither id nor prompt of their own; those of a thread that is the
        user's own are those of the notebook.
        """
        own = self._stacks.get(threading.get_ident())
        stack = own or next(filter(None, list(self._stacks.values())), [])
        return stack[0] if stack else None

    # -- a cell's end -------------------------------------------------------------------------

    def _ended(self, result: ExecutionResult | None) -> _Executing | None:
        """Return the cell that this is the result of, and forget it.

        Without a result, or with one made up by IPython after a cancellation, it is the innermost.
        """
        stack = self._stacks.get(threading.get_ident(), [])
        info = getattr(result, "info", None)
        for index in range(len(stack) - 1, -1, -1):
            if stack[index].info is info:
                for stale in stack[index + 1 :]:
                    self._finish(stale, None)
                found = stack[index]
                del stack[index:]
                return found
        raw_cell = getattr(info, "raw_cell", None)
        if stack and raw_cell in (None, stack[-1].raw_cell):
            return stack.pop()
        return None

    def _identify(self, executing: _Executing, result: ExecutionResult | None) -> None:
        """Note the cell's id where it is told only at its end: that of the cell that loaded us."""
        cell_id = getattr(getattr(result, "info", None), "cell_id", None)
        if executing.started.cell_id is None and cell_id is not None:
            executing.started = replace(executing.started, cell_id=cell_id)

    def _finish(self, executing: _Executing, result: ExecutionResult | None) -> None:
        outcome = outcome_of(result)
        if executing.cell_run is not None:
            executing.cell_run.finish(outcome)
        late = executing.late_run
        if late is not None:
            late.ended(self.watcher.has_runs)
        if executing.info.store_history and executing.raw_cell.strip():
            self._log(executing, outcome, getattr(result, "execution_count", None))
        if late is not None:
            late.record(outcome, self.watcher.code)

    def _log(self, executing: _Executing, outcome: Outcome, execution_count: int | None) -> None:
        cell_run = executing.cell_run or executing.late_run
        cell = self.session.ended(
            executing.started,
            execution_count=execution_count,
            succeeded=outcome.error is None and outcome.status == "FINISHED",
            run_id=cell_run.run_id if cell_run is not None else None,
        )
        # After the first one, those that ran before the log began are looked at, too.
        cells = self.session.executed_cells() if self._is_first_look else (cell,)
        self._is_first_look = False
        background.submit(lambda: _look_ahead(*cells))


def _look_ahead(*cells: ExecutedCell) -> None:
    """Load what the first run needs, and read the cells it may depend on, while nobody waits."""
    from tracker.capture.code import cell_names
    from tracker.magics import anyrun, cellrun, frontend  # noqa: F401  loaded for later

    for cell in cells:
        cell_names(cell.source, cell.succeeded)
