"""What is kept of a run while cells execute, whoever started it.

A `Recording` begins with the run and ends with it, in the same cell or in a later one. Each part
may fail alone; what takes time is a job for the background thread.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.code import cell_names
from tracker.capture.datasets import datasets_in
from tracker.capture.findings import Finding
from tracker.capture.outputs import Bounds, Output, OutputList
from tracker.configuration import Tracker
from tracker.magics.background import background
from tracker.magics.codes import CellCode, RunFiles, add_params
from tracker.magics.keeping import (
    ENVIRONMENT_AFTER,
    EnvironmentKeeper,
    keep_outputs,
    keep_traceback,
    kept_outputs,
)
from tracker.magics.outcome import Outcome, traceback_text
from tracker.magics.taps import Taps
from tracker.magics.trouble import Trouble
from tracker.tracking.active import ActiveRun
from tracker.tracking.system import Settings, SystemMonitor

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_LONGEST_ERROR = 500
_SOON = 0.001
"""Seconds: a first sample of the machine is taken at once."""
Tell = Callable[[Sequence[Finding]], None]


class Recording:
    """The parts of one run that are recorded beside what the user logs."""

    def __init__(
        self,
        shell: InteractiveShell,
        config: Tracker,
        run: ActiveRun,
        params: Mapping[str, str],
        trouble: Trouble,
    ) -> None:
        self.run = run
        self.params = params
        self.artifacts = open_artifacts(run.info.artifact_uri)
        self.outputs = OutputList(bounds(config)) if config.capture_outputs else None
        self._shell = shell
        self._config = config
        self._trouble = trouble
        self._environment = EnvironmentKeeper(self.artifacts)
        self._began = time.monotonic()
        self._is_over = False
        self._keeping = threading.Lock()
        self._earlier: list[Output] | None = None if run.is_resumed else []
        is_own_thread = threading.current_thread() is not threading.main_thread()
        self._taps = Taps(shell, self.outputs, threading.get_ident() if is_own_thread else None)

    @cached_property
    def is_of_others(self) -> bool:
        """Whether the run was resumed, and its code is that of another session, to be left alone.

        Asked before any code is kept.
        """
        return self.run.is_resumed and self.artifacts.is_file(tags.LINEAGE_FILE)

    @property
    def was_cleared(self) -> bool:
        """Whether the cell's output was cleared meanwhile."""
        return self._taps.was_cleared

    # -- at the run's start -------------------------------------------------------------------

    def listen(self) -> None:
        """Begin to keep what is shown."""
        with self._trouble.while_("listen to the cell's outputs"):
            self._taps.open()

    def listen_on(self) -> None:
        """Keep what the next cell shows, too."""
        self._taps.renew()

    def look(self, code: CellCode, tell: Tell, *, within: bool) -> None:
        """Note the data that the code reads; begin to keep code, environment and machine.

        `within` says that the cell is being executed already. `tell` gets what was found about the
        code, from another thread.
        """
        if self._config.capture_data:
            with self._trouble.while_("note the data that the cell reads"):
                self._note_data(code, within)
        if self._config.capture_code:
            self.keep_code(code, tell)
        if self._config.capture_environment:
            background.submit(self._environment, after=ENVIRONMENT_AFTER)
        if self._config.system_metrics_after and self.run.may_watch_system:
            background.submit(self._watch_system, after=self._config.system_metrics_after)

    def keep_code(self, code: CellCode, tell: Tell) -> None:
        """Keep the code of the run, now or as soon as there is time."""
        files = RunFiles(
            self.run.run_id, self.run.store, self.artifacts, self._config.infer_params, tell
        )
        background.submit(lambda: code.keep(files))
        background.submit(lambda: code.keep_changes(files))

    def _note_data(self, code: CellCode, within: bool) -> None:
        names = cell_names(code.source, True)
        read = names.reads | names.deferred | (names.binds if within else set())
        found = datasets_in(read, self._shell.user_ns)
        if found:
            self.run.store.log_inputs(self.run.run_id, found)

    def _watch_system(self) -> None:
        """Watch the machine from now on, if the run still goes; of short runs it says nothing."""
        lasted = time.monotonic() - self._began
        if self._is_over or lasted < self._config.system_metrics_after or not _has_psutil():
            return
        monitor = SystemMonitor.start_later(self.run, Settings.read(), _SOON)
        self.run.at_end.append(monitor)
        if self._is_over:
            monitor.finish()

    def checkpoint(self) -> None:
        """Keep what was shown so far. Raises StoreError."""
        with self._keeping:
            outputs = self.outputs.outputs() if self.outputs is not None else []
            if outputs and not self._is_over:
                self._put(outputs)

    # -- at its end ---------------------------------------------------------------------------

    def hush(self) -> None:
        """Listen no more. Called first of all, so that nothing of ours is heard."""
        self._is_over = True
        failure = self._taps.close()
        if failure is not None:
            self._trouble.note("keep all of the cell's outputs", failure)

    def keep_results(self, outcome: Outcome) -> None:
        """Keep what was shown, how it ended, and the params found; while the run goes on."""
        with self._trouble.while_("keep the cell's outputs"):
            self._keep_outputs(outcome)
        with self._trouble.while_("store the params found in the cell"):
            self._store_facts(outcome)

    def over(self) -> None:
        """Do what is left to do once the run has ended."""
        self._is_over = True
        if self._config.capture_environment and not self.is_of_others:
            background.submit(self._environment)

    def _keep_outputs(self, outcome: Outcome) -> None:
        outputs = self.outputs.outputs() if self.outputs is not None else []
        if outcome.error is not None:
            text = traceback_text(self._shell, outcome.error)
            keep_traceback(self.artifacts, text)
            outputs.append(_error_output(outcome, text))
        if outputs and self.outputs is not None:
            with self._keeping:
                self._put(outputs)

    def _put(self, outputs: list[Output]) -> None:
        """Keep outputs behind those that the run showed before it was resumed."""
        if self._earlier is None:
            self._earlier = kept_outputs(self.artifacts)
        keep_outputs(self.artifacts, [*self._earlier, *outputs])

    def _store_facts(self, outcome: Outcome) -> None:
        add_params(self.run.store, self.run.run_id, dict(self.params))
        facts: dict[str, str | None] = {}
        if outcome.error is not None:
            facts[tags.ERROR] = outcome.summary[:_LONGEST_ERROR]
        if self.outputs is not None and self.outputs.left_out:
            facts[tags.OUTPUTS_LEFT_OUT] = self.outputs.left_out
        if facts:
            self.run.store.log_batch(self.run.run_id, tags=facts)


@functools.cache
def _has_psutil() -> bool:
    return find_spec("psutil") is not None


def bounds(config: Tracker) -> Bounds:
    """Return how much of what a cell shows is kept."""
    return Bounds(config.max_output_text, config.max_output_bytes, config.max_outputs)


def _error_output(outcome: Outcome, text: str) -> Output:
    return {
        "output_type": "error",
        "ename": type(outcome.error).__name__,
        "evalue": outcome.summary.partition(": ")[2],
        "traceback": text.splitlines(),
    }
