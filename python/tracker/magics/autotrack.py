"""`%track on`: every cell that trains is a run, as if it began with `%%track`.

Whether a cell trains is told from its source before it runs. One that just takes long is known only
once it has ended: what it showed was kept meanwhile, and its run begins when the cell did.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from tracker.capture import tags
from tracker.capture.outputs import OutputList
from tracker.capture.parameters import find_parameters
from tracker.capture.session import StartedCell
from tracker.capture.training import starts_runs, trains
from tracker.configuration import Tracker
from tracker.magics.codes import CellCode
from tracker.magics.keeping import keep_source
from tracker.magics.outcome import Outcome
from tracker.magics.recording import Recording, bounds
from tracker.magics.taps import Taps
from tracker.magics.trouble import Trouble
from tracker.tracking import session
from tracker.tracking.active import ActiveRun
from tracker.tracking.context import USER, context_tags

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

HELP = """\
%track on    every cell that trains is a run: one that calls `fit`, logs a metric, or takes
             longer than %config Tracker.track_after says (10 s)
%track off   only cells that begin with %%track are runs, and those that start runs themselves
%track       say which it is
"""


class AutoTrack:
    """Whether cells that train are runs without being asked."""

    def __init__(self) -> None:
        self.is_on = False

    def command(self, line: str) -> str:
        """Do what the line after `%track` says; return what to tell. Raises UsageError."""
        try:
            words = shlex.split(line)
        except ValueError:
            words = [line]
        if words in (["on"], ["off"]):
            self.is_on = words == ["on"]
        elif words:
            raise UsageError(f"%track: expected on or off, not '{line.strip()}'.")
        if self.is_on:
            return "Every cell that trains is a run. %track off ends that."
        return "Cells that begin with %%track are runs. %track on makes one of each that trains."

    def wants(self, source: str, earlier: Iterable[str]) -> bool:
        """Whether this cell is to be a run from its start on."""
        known = tuple(earlier)
        return self.is_on and trains(source, known) and not starts_runs(source, known)


class LateRun:
    """A cell that becomes a run if it takes long: what it shows is kept until that is known."""

    def __init__(self, shell: InteractiveShell, config: Tracker, started: StartedCell) -> None:
        self._shell = shell
        self._config = config
        self._started = started
        self._outputs = OutputList(bounds(config)) if config.capture_outputs else None
        self._taps = Taps(shell, self._outputs)
        self._run: ActiveRun | None = None
        self._taps.open()

    @property
    def run_id(self) -> str | None:
        """The run that the cell was, if it became one."""
        return self._run.run_id if self._run is not None else None

    def ended(self, has_runs: bool) -> None:
        """Listen no more, and make the run if the cell took long and had none. Raises StoreError.

        The run begins when the cell did.
        """
        self._taps.close()
        seconds = time.perf_counter() - self._started.started
        after = self._config.track_after
        if has_runs or not after or seconds < after:
            return
        store = session.store_for_new_run()
        found = context_tags()
        if self._started.cell_id:
            found[tags.CELL_ID] = self._started.cell_id
        found[tags.EXECUTION_COUNT] = str(self._shell.execution_count - 1)
        run = store.create_run(
            session.current_experiment_id(store),
            user_id=found.get(USER, ""),
            start_time=self._started.start_time,
            tags=found,
        )
        self._run = ActiveRun(run, store)

    def record(self, outcome: Outcome, code_of: Callable[[str], CellCode]) -> None:
        """Keep of the run, if there is one, what any run keeps. Tells what fails."""
        run, trouble = self._run, Trouble()
        if run is None:
            return
        params = {each.name: each.text for each in find_parameters(self._started.source)}
        inferred = params if self._config.infer_params else {}
        with trouble.while_("keep what the cell was"):
            recording = Recording(self._shell, self._config, run, inferred, trouble)
            recording.outputs = self._outputs
            keep_source(recording.artifacts, self._started.source)
            recording.look(code_of(run.run_id), lambda findings: None, within=True)
            recording.keep_results(outcome)
            recording.over()
        with trouble.while_("end the run"):
            run.store.update_run(run.run_id, status=outcome.status)
        trouble.tell()
