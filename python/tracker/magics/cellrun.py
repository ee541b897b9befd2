"""The run of one `%%track` cell, from just before its code to just after.

Inferred params are stored when the cell has ended: params never change, and what the cell logs
itself must win. The card shows them from the start.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.outputs import Bounds, Output, OutputList
from tracker.capture.parameters import find_parameters
from tracker.configuration import Tracker
from tracker.entities import RunStatus
from tracker.magics.background import background
from tracker.magics.channel import channel_for
from tracker.magics.keeping import (
    EnvironmentKeeper,
    keep_outputs,
    keep_source,
    keep_traceback,
)
from tracker.magics.livecard import CardComposer, LiveCard
from tracker.magics.marker import TrackedCell
from tracker.magics.outcome import Outcome, traceback_text
from tracker.magics.taps import Taps
from tracker.magics.trouble import Trouble
from tracker.tracking import session
from tracker.tracking.active import ActiveRun
from tracker.tracking.runs import close_ambient_run, open_ambient_run

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_LONGEST_ERROR = 500


class CellRun(Protocol):
    """The run of a cell that is being executed."""

    @property
    def run_id(self) -> str:
        """The run's id."""

    def finish(self, outcome: Outcome) -> None:
        """Keep what the cell gave and end the run. Tells what fails, raises nothing."""


def start(shell: InteractiveShell, config: Tracker, tracked: TrackedCell) -> CellRun:
    """Start the run that the cell asks for. Raises TrackerError: the cell then runs without one."""
    request = tracked.request
    experiment_id = None
    if request.experiment is not None:
        store = session.current_store()
        experiment_id = session.get_or_create(store, request.experiment).experiment_id
    run = open_ambient_run(run_name=request.name, experiment_id=experiment_id, tags=request.tags)
    try:
        if not run.info.artifact_uri:
            return _UnstoredRun(run)
        recorded = _RecordedRun(shell, config, run, _params(config, tracked))
        recorded.begin(tracked.source)
        return recorded
    except BaseException:  # nobody would end it, and the cells that follow would log to it
        close_ambient_run(run, RunStatus.KILLED)
        raise


def _params(config: Tracker, tracked: TrackedCell) -> dict[str, str]:
    found = find_parameters(tracked.source) if config.infer_params else []
    return {parameter.name: parameter.text for parameter in found}


def _bounds(config: Tracker) -> Bounds:
    return Bounds(config.max_output_text, config.max_output_bytes, config.max_outputs)


class _UnstoredRun:
    """A run that no store keeps; tracking has warned of it. What is logged to it is counted."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self.run_id = run.run_id

    def finish(self, outcome: Outcome) -> None:
        close_ambient_run(self._run, outcome.status)


class _RecordedRun:
    """A run in a store, and what listens to its cell."""

    def __init__(
        self, shell: InteractiveShell, config: Tracker, run: ActiveRun, params: dict[str, str]
    ) -> None:
        self.run_id = run.run_id
        self._shell = shell
        self._config = config
        self._run = run
        self._params = params
        self._artifacts = open_artifacts(run.info.artifact_uri)
        self._trouble = Trouble()
        self._ended = threading.Event()
        self._environment = EnvironmentKeeper(self._artifacts, self._ended)
        self._outputs = OutputList(_bounds(config)) if config.capture_outputs else None
        self._taps = Taps(shell, self._outputs)
        self._composer = CardComposer(run.store, run.run_id, params)
        self._card: LiveCard | None = None

    # -- before the cell ----------------------------------------------------------------------

    def begin(self, source: str) -> None:
        """Keep the source, show the card, begin to listen. Tells what fails, raises nothing."""
        with self._trouble.while_("keep the cell's source"):
            keep_source(self._artifacts, source)
        if self._config.show_card:
            with self._trouble.while_("show the run's card"):
                self._show_card()
        with self._trouble.while_("listen to the cell's outputs"):
            self._taps.open()
        if self._config.capture_environment:
            background.submit(self._environment)
        self._trouble.tell()

    def _show_card(self) -> None:
        channel = channel_for(self._shell)
        card = LiveCard(channel, self._composer.compose, interval=self._config.card_interval)
        card.start(self._composer.first(self._run))
        self._card = card

    # -- after the cell -----------------------------------------------------------------------

    def finish(self, outcome: Outcome) -> None:
        """Keep what the cell gave and end the run. Tells what fails, raises nothing."""
        try:
            failure = self._taps.close()
            if failure is not None:
                self._trouble.note("keep all of the cell's outputs", failure)
            with self._trouble.while_("keep the cell's outputs"):
                self._keep_outputs(outcome)
            with self._trouble.while_("store the params found in the cell"):
                self._store_facts(outcome)
        finally:
            # Where an interrupt came in between, the run still ends.
            self._end(outcome)
        with self._trouble.while_("show the run's card"):
            self._show_last_card(outcome)
        self._trouble.tell()

    def _end(self, outcome: Outcome) -> None:
        if self._card is not None:
            self._card.stop()
        with self._trouble.while_("end the run"):
            close_ambient_run(self._run, outcome.status)
        self._ended.set()
        if self._config.capture_environment:
            background.submit(self._environment)

    def _keep_outputs(self, outcome: Outcome) -> None:
        outputs = self._outputs.outputs() if self._outputs is not None else []
        if outcome.error is not None:
            text = traceback_text(self._shell, outcome.error)
            keep_traceback(self._artifacts, text)
            outputs.append(_error_output(outcome, text))
        if outputs and self._outputs is not None:
            keep_outputs(self._artifacts, outputs)

    def _store_facts(self, outcome: Outcome) -> None:
        store = self._run.store
        logged = store.get_run(self.run_id).data.params if self._params else {}
        inferred = {key: text for key, text in self._params.items() if key not in logged}
        facts: dict[str, str | None] = {}
        if outcome.error is not None:
            facts[tags.ERROR] = outcome.summary[:_LONGEST_ERROR]
        if self._outputs is not None and self._outputs.left_out:
            facts[tags.OUTPUTS_LEFT_OUT] = self._outputs.left_out
        if inferred or facts:
            store.log_batch(self.run_id, params=inferred, tags=facts)

    def _show_last_card(self, outcome: Outcome) -> None:
        if self._card is None:
            return
        self._composer.error = outcome.summary
        if self._outputs is not None and self._outputs.left_out:
            self._composer.notes.append(f"Not kept: {self._outputs.left_out}.")
        last = self._composer.compose(self._run)
        self._card.finish(last, is_shown=not self._taps.was_cleared)


def _error_output(outcome: Outcome, text: str) -> Output:
    return {
        "output_type": "error",
        "ename": type(outcome.error).__name__,
        "evalue": outcome.summary.partition(": ")[2],
        "traceback": text.splitlines(),
    }
