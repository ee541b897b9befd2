"""A sweep as it goes on: starts runs, watches their metric, stops the hopeless, keeps the score."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.entities import Metric, Run, RunStatus
from tracker.errors import ProjectError, TrackerError
from tracker.projects import planning, recording, running, sources, spec
from tracker.projects.command import build_command
from tracker.projects.model import Plan
from tracker.projects.submitted import SubmittedRun
from tracker.projects.sweep_samplers import Sampler
from tracker.projects.sweep_space import Values
from tracker.projects.sweep_stopping import Curve
from tracker.projects.sweep_trials import Trial, TrialState, best_of, frame_of
from tracker.store.base import Store
from tracker.tracking import active, session
from tracker.tracking.context import USER, context_tags
from tracker.tracking.runs import PARENT_RUN_ID

if TYPE_CHECKING:
    import pandas as pd

SWEEP = "tracker.sweep"
"""On the parent run: what was swept, as JSON."""
BEST = "tracker.sweep.best"
"""On the parent run: the id of the best run so far."""
TRIAL = "tracker.sweep.trial"
"""On each child: its number."""
STATE = "tracker.sweep.state"
"""On each child that has ended: how, in the words of `TrialState`."""
HOPELESS_START = 3
"""When so many runs have failed and none has not, the rest would fail too."""

_LOOK_SECONDS = 0.25
_WAIT_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """What a sweep runs. `plan` is that of the first run; `facts` go into the parent's tag."""

    plan: Plan
    metric: str
    maximize: bool
    parallel: int
    backend: str
    config: Mapping[str, object]
    storage_dir: str | Path | None
    on_trial: Callable[[Trial], None] | None
    facts: Mapping[str, object]


@dataclass(slots=True)
class _Going:
    """A run that goes on."""

    trial: Trial
    submitted: SubmittedRun
    curve: Curve = field(default_factory=Curve)
    values: list[float] = field(default_factory=list)
    cursor: int = 0
    stopper: threading.Thread | None = None


class Engine:
    """Runs a sweep on a thread of its own, on which the parent is the active run."""

    def __init__(
        self,
        order: Order,
        sampler: Sampler,
        first: Values,
        store: Store,
        experiment_id: str | None,
        run_name: str | None,
    ) -> None:
        self.order = order
        self.store = store
        self.ended = threading.Event()
        self.cancelled = threading.Event()
        self.error: BaseException | None = None
        self._sampler = sampler
        self._next: Values | None = first
        self._lock = threading.Lock()
        self._trials: list[Trial] = []
        self._curves: list[Curve] = []
        self._going: list[_Going] = []
        self._parent = self._open_parent(experiment_id, run_name)
        self.run_id = self._parent.info.run_id

    @property
    def trials(self) -> list[Trial]:
        """All trials so far, by number."""
        with self._lock:
            return list(self._trials)

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="tracker-sweep").start()

    def _open_parent(self, experiment_id: str | None, run_name: str | None) -> Run:
        above = recording.find_parent(self.store)
        tags = context_tags() | {SWEEP: json.dumps(self.order.facts, default=str)[:8000]}
        if above is not None:
            tags[PARENT_RUN_ID] = above.info.run_id
        chosen = experiment_id or session.chosen_experiment_id(self.store)
        if chosen is None and above is not None:
            chosen = above.info.experiment_id
        return self.store.create_run(
            chosen or session.current_experiment_id(self.store),
            run_name=run_name,
            user_id=tags.get(USER, ""),
            tags=tags,
        )

    def _run(self) -> None:
        parent = active.push(active.ActiveRun(self._parent, self.store))
        status = RunStatus.FAILED
        try:
            self._loop()
            status = RunStatus.FINISHED
        except Exception as error:
            # What fails while it is being cancelled is of no interest any more.
            if not self.cancelled.is_set():
                self.error = error
        finally:
            if self.cancelled.is_set() and self.error is None:
                status = RunStatus.KILLED
            self._cancel_all()
            sources.discard(self.order.plan.checkout)
            active.end(parent, status)
            self.ended.set()

    def _loop(self) -> None:
        while not self.cancelled.is_set():
            while self._next is not None and len(self._going) < self.order.parallel:
                self._start_one(self._next)
                self._next = self._sampler.ask() if self._may_propose() else None
            if not self._going:
                return
            self.cancelled.wait(_LOOK_SECONDS)
            for going in list(self._going):
                self._look(going)
            if self._next is None:
                self._next = self._sampler.ask() if self._may_propose() else None

    def _may_propose(self) -> bool:
        """Whether there is room: who learns from what ended shall not propose before that."""
        return len(self._going) < self.order.parallel

    def _start_one(self, values: Values) -> None:
        first = self.order.plan
        number = len(self._trials)
        checkout = sources.duplicate(first.checkout)
        with planning.discarded_on_error(checkout):
            project = first.project if checkout.is_local else spec.project_of(checkout)
            command = build_command(project, first.command.entry_point, values)
            plan = Plan(checkout, project, command, first.env_manager)
            submitted = running.submit(
                planning.with_downloads(plan, values, self.order.storage_dir),
                experiment_id=self._parent.info.experiment_id,
                backend=self.order.backend,
                backend_config=self.order.config,
                synchronous=True,
            )
        # What runs is known before anything else can fail: it is cancelled then.
        trial = Trial(number, submitted.run_id, dict(values))
        going = _Going(trial, submitted)
        with self._lock:
            self._trials.append(trial)
        self._curves.append(going.curve)
        self._going.append(going)
        self.store.log_batch(submitted.run_id, tags={TRIAL: str(number)})

    def _look(self, going: _Going) -> None:
        # Asked before the points are read: what has ended has logged all of them.
        status = going.submitted.poll()
        self._read(going)
        if status.is_terminated:
            self._settle(going, status)
            return
        number = going.trial.number
        others = [curve for index, curve in enumerate(self._curves) if index != number]
        if going.stopper is None and self._sampler.is_hopeless(number, going.curve, others):
            # The end of a process tree takes its time, in which the others are watched on.
            going.stopper = threading.Thread(target=going.submitted.cancel)
            going.stopper.start()

    def _read(self, going: _Going) -> None:
        with suppress(TrackerError):  # a store that is busy or away is asked again
            history = self.store.metric_history(
                going.submitted.run_id, self.order.metric, since=going.cursor
            )
            if history.since != going.cursor:
                going.curve.steps.clear()
                going.curve.scores.clear()
                going.values.clear()
            going.cursor = history.cursor
            for step, value in zip(history.steps, history.values, strict=True):
                number = float(value)
                going.curve.add(int(step), number if self.order.maximize else -number)
                going.values.append(number)
            self._update(
                going, replace(going.trial, value=self._last(going), points=len(going.values))
            )

    def _last(self, going: _Going) -> float | None:
        """Return the metric's last value as MLflow has it: that of the greatest step."""
        if not going.values:
            return None
        steps = going.curve.steps
        return going.values[max(range(len(steps)), key=lambda index: (steps[index], index))]

    def _update(self, going: _Going, trial: Trial) -> None:
        going.trial = trial
        with self._lock:
            self._trials[trial.number] = trial

    def _settle(self, going: _Going, status: RunStatus) -> None:
        state = _state(going, status)
        reason = _why(going.submitted) if state is TrialState.FAILED else ""
        self._going.remove(going)
        self._update(going, replace(going.trial, state=state, reason=reason))
        value = going.trial.value
        score = None if value is None else value if self.order.maximize else -value
        if state is not TrialState.FINISHED:
            score = None
        self._sampler.tell(going.trial.number, score, was_stopped=state is TrialState.STOPPED)
        self._note(going.trial)
        self._refuse_hopeless_start()

    def _note(self, trial: Trial) -> None:
        """Tell how a run ended: whoever asked to be told, and in the runs themselves."""
        if self.order.on_trial is not None:
            with suppress(Exception):  # a listener that fails costs no run
                self.order.on_trial(trial)
        self.store.log_batch(trial.run_id, tags={STATE: trial.state.value})
        best = best_of(self._trials, maximize=self.order.maximize)
        if best is None or best.run_id != trial.run_id or best.value is None:
            return
        point = Metric(f"best_{self.order.metric}", best.value, session.now(), trial.number)
        self.store.log_batch(self.run_id, metrics=[point], tags={BEST: best.run_id})

    def _refuse_hopeless_start(self) -> None:
        ended = [trial for trial in self._trials if trial.state is not TrialState.RUNNING]
        if len(ended) >= HOPELESS_START and all(
            trial.state is TrialState.FAILED for trial in ended
        ):
            raise ProjectError(
                f"The sweep was given up: its first {len(ended)} runs all failed. The last one: "
                f"{ended[-1].reason or 'see its log'}",
                run_id=ended[-1].run_id,
            )

    def _cancel_all(self) -> None:
        """Cancel what still goes on, all at the same time, and wait for it."""
        going, self._going = self._going, []
        threads = [each.stopper or threading.Thread(target=each.submitted.cancel) for each in going]
        for each, thread in zip(going, threads, strict=True):
            if each.stopper is None:
                thread.start()
        for each, thread in zip(going, threads, strict=True):
            thread.join()
            self._read(each)
            self._update(each, replace(each.trial, state=_state(each, each.submitted.poll())))
            with suppress(TrackerError):
                self.store.log_batch(each.trial.run_id, tags={STATE: each.trial.state.value})


def _why(submitted: SubmittedRun) -> str:
    """Return why a run failed and the last that it said, which tells of its error."""
    said = next((line for line in reversed(submitted.last_lines(3)) if line.strip()), "")
    return f"{submitted.reason} ({said.strip()})" if said else submitted.reason


def _state(going: _Going, status: RunStatus) -> TrialState:
    """Return how a run ended, or was ended."""
    if status is RunStatus.FINISHED:
        return TrialState.FINISHED
    if going.stopper is not None:
        return TrialState.STOPPED
    return TrialState.FAILED if status is RunStatus.FAILED else TrialState.CANCELLED


class Sweep:
    """A sweep that was started. Any thread may ask it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        trials = self.trials
        ended = sum(trial.state is not TrialState.RUNNING for trial in trials)
        best = self.best
        found = "" if best is None else f", best {best.value:g} with {dict(best.parameters)}"
        state = "ended" if self._engine.ended.is_set() else "going on"
        return f"<Sweep {self.run_id} {state}: {ended} of {len(trials)} runs ended{found}>"

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False))

    @property
    def run_id(self) -> str:
        """The run whose children the sweep's runs are."""
        return self._engine.run_id

    @property
    def trials(self) -> list[Trial]:
        """What was tried so far, by number."""
        return self._engine.trials

    @property
    def best(self) -> Trial | None:
        """The finished trial with the best value, None while there is none."""
        return best_of(self.trials, maximize=self._engine.order.maximize)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each trial: number, run_id, state, metrics.<metric>, params.*."""
        return frame_of(self.trials, self._engine.order.metric)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the sweep has ended, at most `timeout` seconds; return whether it has."""
        if timeout is not None:
            return self._engine.ended.wait(timeout)
        # In steps: what waits for a lock for ever cannot be interrupted everywhere.
        while not self._engine.ended.wait(_WAIT_STEP):
            pass
        return True

    def cancel(self) -> None:
        """End every run that goes on, start none any more, and wait for that."""
        self._engine.cancelled.set()
        self.wait()

    def check(self) -> None:
        """Raise what ended the sweep before its time, if anything did."""
        if self._engine.error is not None:
            raise self._engine.error
