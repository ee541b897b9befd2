"""Logging to runs of a server: checked with what is known here, then stored in the outbox."""

from __future__ import annotations

import struct
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from tracker.entities import LifecycleStage, Metric, Run
from tracker.errors import InvalidState, NotFound, ParamConflict, StoreError
from tracker.remote.connection import Connection
from tracker.remote.errors import Unreachable
from tracker.store import limits
from tracker.store.rest import answers, operations, runs, snapshots, summaries
from tracker.store.rest.operations import Logged
from tracker.store.rest.outbox import KnownRun, Outbox
from tracker.store.rest.sender import Sender


@dataclass
class _Open:
    """A run that may be logged to, and its params."""

    local_id: str
    params: dict[str, str]


class Journal:
    """What this process logs. The first word to a run that others began asks the server for it."""

    def __init__(self, connection: Connection, outbox: Outbox, sender: Sender) -> None:
        self._connection = connection
        self._outbox = outbox
        self._sender = sender
        self._open: dict[str, _Open] = {}
        self._own: set[str] = set()
        self._known_keys: set[str] = set()
        self._checking = threading.RLock()

    # -- which runs -------------------------------------------------------------------------

    def begin(self, run: Run) -> None:
        """Log to a run that this process has just made."""
        run_id = run.info.run_id
        self._own.add(run_id)
        self._open[run_id] = _Open(run_id, {})

    def is_own(self, local_id: str) -> bool:
        """Return whether a run goes on in this process."""
        return local_id in self._own

    def set_own(self, local_id: str, *, is_own: bool) -> None:
        """Say whether it does, from now on."""
        self._outbox.own(local_id, is_own=is_own)
        (self._own.add if is_own else self._own.discard)(local_id)

    def forget(self) -> None:
        """Ask the server about every run again, before the next word to it."""
        self._open.clear()

    def known(self, run_id: str) -> KnownRun:
        """Return a run that can be changed, of whatever lifecycle stage.

        Raises NotFound, Unreachable where nothing is known of it here.
        """
        found = self._outbox.find(run_id)
        if found is not None:
            return found
        if self._sender.is_offline:
            raise Unreachable(
                f"Nothing is known here of run {run_id}, and the tracking server "
                f"{self._connection.address.base} does not answer."
            )
        run = self.fetch(run_id)
        self._outbox.add_run(run.info.run_id, run.info.run_id, run, is_own=False)
        added = self._outbox.find(run_id)
        if added is None:
            raise NotFound(f"Run with id={run_id} not found.")
        return added

    def fetch(self, run_id: str) -> Run:
        """Return a run as the server has it. Raises NotFound, Unreachable."""
        answer = self._connection.get("runs/get", [("run_id", run_id)])
        return runs.decoded(self._connection, answers.part(answer, "run"))

    def removable(self, run_ids: Sequence[str]) -> list[str]:
        """Return those of these runs that are only here; unknown ids pass.

        Raises StoreError where one is at the server, which has no request to remove it.
        """
        here, there = [], 0
        for run_id in dict.fromkeys(run_ids):
            known = self._outbox.find(run_id)
            if known is not None and known.run_id is None:
                here.append(known.local_id)
                continue
            with suppress(NotFound):
                self.fetch(run_id if known is None or known.run_id is None else known.run_id)
                there += 1
        if there:
            raise StoreError(
                f"{there} of these runs are at {self._connection.address.base}, and MLflow's REST "
                "API has no request that removes runs for good. Move them to the bin (`tracker "
                "runs delete`); who runs the server empties it with `mlflow gc`."
            )
        return here

    def _admitted(self, run_id: str) -> _Open:
        found = self._open.get(run_id)
        return found if found is not None else self._admit(run_id)

    def _admit(self, run_id: str) -> _Open:
        """Return a run that may be logged to. Raises NotFound, InvalidState, Unreachable."""
        known = self.known(run_id)
        run = known.snapshot
        if known.run_id is not None and not self._sender.is_offline:
            try:
                run = self.fetch(known.run_id)
            except Unreachable:
                pass  # it was there when we last heard of it
            else:
                run = summaries.completed(run, known.snapshot.data.summaries)
                self._outbox.refresh(known.local_id, run)
        stage = run.info.lifecycle_stage
        if stage != LifecycleStage.ACTIVE:
            raise InvalidState(
                f"The run {run_id} must be in the 'active' state. Current state is {stage}. "
                "Restore the run to log to it."
            )
        pending = self._outbox.pending(known.local_id)
        params = dict(snapshots.after(run, pending).data.params)
        found = self._open[run_id] = _Open(known.local_id, params)
        return found

    # -- what is logged ---------------------------------------------------------------------

    def log_point(self, run_id: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Store a point. Raises NotFound, InvalidState, InvalidValue."""
        run = self._open.get(run_id) or self._admit(run_id)
        if key not in self._known_keys:
            self._known_keys.add(limits.check_key("metric", key))
        try:
            body = operations.pack_point(key, value, timestamp, step)
        except (struct.error, TypeError, OverflowError):
            limits.check_points([Metric(key, value, timestamp, step)])
            raise
        self._outbox.append_point(run.local_id, body)
        self._sender.wake()

    def log(self, run_id: str, logged: Logged) -> None:
        """Store points, params and tags, all or none.

        Raises NotFound, InvalidState, ParamConflict, InvalidValue.
        """
        checked = self._checked(logged)
        run = self._admitted(run_id)
        with self._checking:
            for key, value in checked.params.items():
                if run.params.get(key, value) != value:
                    raise ParamConflict(run_id, key, run.params[key], value)
            words = [(operations.LOG, body) for body in operations.pack_log(checked)]
            if words:
                self._outbox.append(run.local_id, words)
            run.params.update(checked.params)
        self._sender.wake()

    def append(self, run_id: str, kind: str, body: bytes) -> None:
        """Store one operation on a run that may be logged to. Raises NotFound, InvalidState."""
        self._outbox.append(self._admitted(run_id).local_id, [(kind, body)])
        self._sender.wake()

    def check_open(self, run_id: str) -> None:
        """Raise NotFound, InvalidState where a run cannot be logged to."""
        self._admitted(run_id)

    def _checked(self, logged: Logged) -> Logged:
        metrics: Sequence[Metric] = list(logged.metrics)
        for key in {it.key for it in metrics} - self._known_keys:
            self._known_keys.add(limits.check_key("metric", key))
        limits.check_points(metrics)
        metrics = [replace(it, value=float(it.value)) for it in metrics]
        params: Mapping[str, str] = limits.check_params(logged.params)
        return Logged(metrics, params, limits.check_tags(logged.tags))

    def after_fork_in_child(self) -> None:
        """Begin anew: the runs go on in the parent."""
        self._checking = threading.RLock()
        self._own = set()
