"""The run of one `%%track` cell, from just before its code to just after.

Inferred params are stored when the cell has ended: params never change, and what the cell logs
itself must win. The card shows them from the start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from tracker.capture.findings import Finding
from tracker.capture.injected import injected_params
from tracker.capture.parameters import find_parameters
from tracker.configuration import Tracker
from tracker.entities import RunStatus
from tracker.magics.channel import channel_for
from tracker.magics.codes import CellCode
from tracker.magics.keeping import keep_source
from tracker.magics.livecard import LiveCard
from tracker.magics.marker import TrackedCell
from tracker.magics.outcome import Outcome
from tracker.magics.recording import Recording
from tracker.magics.trouble import Trouble
from tracker.tracking import session
from tracker.tracking.active import ActiveRun
from tracker.tracking.runs import close_ambient_run, open_ambient_run
from tracker.widgets.composer import CardComposer

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

PATIENCE = 0.05
"""Seconds that a card which cannot be changed later waits for what is found about the code."""


class CellRun(Protocol):
    """The run of a cell that is being executed."""

    @property
    def run_id(self) -> str:
        """The run's id."""

    def finish(self, outcome: Outcome) -> None:
        """Keep what the cell gave and end the run. Tells what fails, raises nothing."""


def start(
    shell: InteractiveShell,
    config: Tracker,
    tracked: TrackedCell,
    code_of: Callable[[str], CellCode],
) -> CellRun:
    """Start the run that the cell asks for; `code_of` gives the code of a run by its id.

    Raises TrackerError: the cell then runs without one.
    """
    request = tracked.request
    experiment_id = None
    if request.experiment is not None:
        store = session.current_store()
        experiment_id = session.get_or_create(store, request.experiment).experiment_id
    run = open_ambient_run(run_name=request.name, experiment_id=experiment_id, tags=request.tags)
    try:
        if not run.info.artifact_uri:
            return _UnstoredRun(run)
        code = code_of(run.run_id)
        recorded = _RecordedRun(shell, config, run, _params(config, tracked, code), code)
        recorded.begin(tracked.source)
        return recorded
    except BaseException:  # nobody would end it, and the cells that follow would log to it
        close_ambient_run(run, RunStatus.KILLED)
        raise


def _params(config: Tracker, tracked: TrackedCell, code: CellCode) -> dict[str, str]:
    if not config.infer_params:
        return {}
    own = {parameter.name: parameter.text for parameter in find_parameters(tracked.source)}
    return own | {key: text for key, text in injected_params(code.cells).items() if key not in own}


class _UnstoredRun:
    """A run that no store keeps; tracking has warned of it. What is logged to it is counted."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self.run_id = run.run_id

    def finish(self, outcome: Outcome) -> None:
        close_ambient_run(self._run, outcome.status)


class _RecordedRun:
    """A run in a store, what is recorded of it, and its card."""

    def __init__(
        self,
        shell: InteractiveShell,
        config: Tracker,
        run: ActiveRun,
        params: dict[str, str],
        code: CellCode,
    ) -> None:
        self.run_id = run.run_id
        self._shell = shell
        self._config = config
        self._run = run
        self._code = code
        self._trouble = Trouble()
        self._recording = Recording(shell, config, run, params, self._trouble)
        self._composer = CardComposer(run.store, run.run_id, params)
        self._card: LiveCard | None = None
        self._heard = threading.Event()

    # -- before the cell ----------------------------------------------------------------------

    def begin(self, source: str) -> None:
        """Keep the source, show the card, begin to listen. Tells what fails, raises nothing."""
        with self._trouble.while_("keep the cell's source"):
            keep_source(self._recording.artifacts, source)
        if self._config.show_card:
            with self._trouble.while_("show the run's card"):
                self._show_card()
        self._recording.listen()
        self._recording.look(self._code, self._hear, within=False)

    def _show_card(self) -> None:
        channel = channel_for(self._shell)
        card = LiveCard(channel, self._composer.compose, interval=self._config.card_interval)
        card.start(self._composer.first(self._run))
        self._card = card

    def _hear(self, findings: Sequence[Finding]) -> None:
        """Put what was found about the code on the card; this is the background's thread."""
        self._heard.set()
        texts = tuple(finding.text for finding in findings)
        if texts == self._composer.findings:
            return
        self._composer.findings = texts
        if self._card is not None:
            self._card.amend()

    # -- after the cell -----------------------------------------------------------------------

    def finish(self, outcome: Outcome) -> None:
        """Keep what the cell gave and end the run. Tells what fails, raises nothing."""
        try:
            self._recording.hush()
            self._recording.keep_results(outcome)
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
        self._recording.over()

    def _show_last_card(self, outcome: Outcome) -> None:
        if self._card is None:
            return
        if not self._card.is_live and self._config.capture_code:
            self._heard.wait(PATIENCE)  # this is the only card there will be
        self._composer.error = outcome.summary
        outputs = self._recording.outputs
        if outputs is not None and outputs.left_out:
            self._composer.notes.append(f"Not kept: {outputs.left_out}.")
        last = self._composer.compose(self._run)
        self._card.finish(last, is_shown=not self._recording.was_cleared)
