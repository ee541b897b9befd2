"""Sends in the background what waits in an outbox, and at once where somebody must see it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from tracker.entities import RunStatus
from tracker.errors import StoreError
from tracker.remote.connection import Connection
from tracker.remote.errors import Busy, NotAllowed, Unreachable
from tracker.store.rest import operations
from tracker.store.rest.delivery import Delivery
from tracker.store.rest.outbox import Outbox
from tracker.store.rest.turn import Turn

INTERVAL = 0.5
"""Seconds in which words gather before they are sent together."""
LONGEST_TURN = 2.0
"""Seconds after which others may send: somebody may wait for a run of theirs."""
SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 60.0
"""Seconds between two tries while the server does not answer; the first follow sooner."""
BEAT_INTERVAL = 10.0
AT_THE_END = 30.0
"""Seconds for which the end of a process waits while what is left is being sent."""

_log = logging.getLogger("tracker")


class Sender:
    """One daemon thread, begun with the first word that waits; one round of sending at a time."""

    def __init__(self, connection: Connection, outbox: Outbox, delivery: Delivery) -> None:
        self._connection = connection
        self._outbox = outbox
        self._delivery = delivery
        self._server = connection.address.base
        self._turn = Turn(outbox.folder / "turn.db")
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._round = threading.Lock()
        self._guard = threading.Lock()
        self._needed = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._next_try = 0.0
        self._next_beat = 0.0
        self._has_warned = False
        self._is_silent = False
        self._has_backlog = False

    @property
    def is_offline(self) -> bool:
        """Whether the server did not answer last time, and is not yet asked again."""
        if self._connection.is_silent:
            return True
        return self._is_silent and time.monotonic() < self._next_try

    def wake(self) -> None:
        """Say that something waits."""
        if self._needed.is_set():
            return
        with self._guard:
            self._needed.set()
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(
                    target=self._work, name="tracker-sender", daemon=True
                )
                self._thread.start()

    def flush(
        self, local_id: str | None = None, *, deadline: float | None = None
    ) -> StoreError | None:
        """Return when all that waits now, or for one run, was sent or refused.

        What keeps some of it from being sent is returned; Unreachable is raised. `deadline`, of
        `time.monotonic`, ends it early.
        """
        if not self._waits(local_id):
            return None
        patience = 3600.0 if deadline is None else max(0.0, deadline - time.monotonic())
        with self._round, self._turn.taken(patience) as is_ours:
            if not is_ours:
                return None
            try:
                trouble = self._send(self._chosen(local_id), deadline)
            except Unreachable as error:
                self._failed(error)
                raise
            self._note(trouble)
            return trouble

    def note_silence(self, error: Unreachable) -> None:
        """Remember that somebody else asked the server, and had no answer."""
        self._failed(error)

    def stop(self, *, send: bool = True) -> None:
        """End the thread, having sent what can be sent in a while; say what could not be."""
        self._stopped.set()
        self._needed.set()
        with self._guard:
            thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=AT_THE_END)
        if send and self._outbox.database.is_there():
            self._send_what_is_left()
        self._begin_anew()

    def _send_what_is_left(self) -> None:
        trouble: StoreError | None
        try:
            trouble = self.flush(deadline=time.monotonic() + AT_THE_END)
        except StoreError as error:
            trouble = error
        if left := self._outbox.waiting_runs():
            _log.warning(
                "What was logged to %d runs waits on this machine to be sent to %s: %s "
                "`tracker sync` sends it.",
                len(left),
                self._server,
                "there was not enough time." if trouble is None else trouble.message,
            )

    def after_fork_in_child(self) -> None:
        """Begin anew: the thread is the parent's."""
        self._begin_anew()

    # -- the thread -------------------------------------------------------------------------

    def _work(self) -> None:
        while self._needed.wait() and not self._stopped.wait(self._pause()):
            self._needed.clear()
            try:
                self._round_in_background()
            except StoreError as error:
                self._failed(error)
            except Exception:
                _log.exception("tracker's sender failed; it tries again")
                self._next_try = time.monotonic() + LONGEST_PAUSE
            if self._outbox_has_more():
                self._needed.set()

    def _pause(self) -> float:
        shortest = SHORTEST_PAUSE if self._has_backlog else INTERVAL
        return max(shortest, self._next_try - time.monotonic())

    def _round_in_background(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_INTERVAL
            self._outbox.beat()
        self.end_dead_runs()
        with self._round, self._turn.taken(0.0) as is_ours:
            if is_ours:
                end = time.monotonic() + LONGEST_TURN
                self._note(self._send(self._outbox.waiting_runs(), end))
                self._has_backlog = time.monotonic() > end

    def _outbox_has_more(self) -> bool:
        try:
            return bool(self._outbox.waiting_runs()) or self._outbox.has_own_runs()
        except StoreError:
            return True

    def end_dead_runs(self) -> None:
        """Give the runs whose process is gone the end it could not give them."""
        for local_id, last in self._outbox.dead_runs():
            end = {"status": str(RunStatus.KILLED), "end_time": last, operations.IF_RUNNING: True}
            self._outbox.append(local_id, [(operations.UPDATE, operations.pack(end))])
            self._outbox.own(local_id, is_own=False)

    # -- one round --------------------------------------------------------------------------

    def _send(self, local_ids: Sequence[str], deadline: float | None) -> StoreError | None:
        """Send for each of these runs; one that fails by itself does not stop the others.

        Returns how the last of those failed. Raises Unreachable.
        """
        trouble: StoreError | None = None
        up_to = self._outbox.last()  # a loop that goes on logging would keep us for ever
        for local_id in local_ids:
            try:
                while self._delivery.deliver_next(local_id, up_to):
                    if deadline is not None and time.monotonic() > deadline:
                        return trouble
            except (NotAllowed, Busy) as error:
                trouble = error
            except Unreachable:
                raise
            except StoreError as error:
                trouble = error
        return trouble

    def _chosen(self, local_id: str | None) -> list[str]:
        return self._outbox.waiting_runs() if local_id is None else [local_id]

    def _waits(self, local_id: str | None) -> bool:
        if local_id is None:
            return bool(self._outbox.waiting_runs())
        return self._outbox.waits(local_id)

    def _note(self, trouble: StoreError | None) -> None:
        if trouble is not None:
            self._failed(trouble)
            return
        self._failures, self._next_try = 0, 0.0
        if self._has_warned:
            self._has_warned = False
            _log.warning("The tracking server %s answers again.", self._server)

    def _failed(self, error: StoreError) -> None:
        self._failures += 1
        self._is_silent = isinstance(error, Unreachable) and not isinstance(error, Busy)
        self._next_try = time.monotonic() + min(LONGEST_PAUSE, 2.0 ** min(self._failures, 10) / 2)
        if not self._has_warned:
            self._has_warned = True
            _log.warning(
                "%s What is logged is kept in %s and sent later; your program goes on.",
                error.message,
                self._outbox.folder,
            )
