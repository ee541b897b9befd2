"""Runs begun here: made at the server at once, or, while it does not answer, later."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from tracker.entities import Run
from tracker.remote.connection import PATIENCE, Connection
from tracker.remote.errors import Later, Unreachable
from tracker.store.rest import operations, runs
from tracker.store.rest.delivery import PARENT, Delivery
from tracker.store.rest.experiments import Experiments
from tracker.store.rest.outbox import Outbox
from tracker.store.rest.sender import Sender

_EVERYTHING = 2**62
"""Above the number of any operation."""

_log = logging.getLogger("tracker")


class Beginning:
    """Makes runs."""

    def __init__(
        self,
        connection: Connection,
        outbox: Outbox,
        experiments: Experiments,
        delivery: Delivery,
        sender: Sender,
    ) -> None:
        self._connection = connection
        self._outbox = outbox
        self._experiments = experiments
        self._delivery = delivery
        self._sender = sender

    def begin(self, content: Mapping[str, Any]) -> Run:
        """Return a new run of this process. Raises what the server refuses it with.

        Its id is provisional where the server does not answer.
        """
        local_id = runs.new_id()
        is_uncertain = False
        if not self._sender.is_offline:
            try:
                return self._patiently(content, local_id)
            except Unreachable as error:
                is_uncertain = not error.is_unsent
                self._sender.note_silence(error)
        return self._here(content, local_id, is_uncertain=is_uncertain)

    def _patiently(self, content: Mapping[str, Any], local_id: str) -> Run:
        try:
            return self._at_server(content, local_id)
        except Later as error:
            if not error.is_unsent:
                raise
            time.sleep(PATIENCE)
        return self._at_server(content, local_id)

    def _at_server(self, content: Mapping[str, Any], local_id: str) -> Run:
        tags = content["tags"]
        parent = self._outbox.find(tags[PARENT]) if PARENT in tags else None
        if parent is not None and parent.run_id is None:
            self._sender.flush(parent.local_id)
        given = {
            **content,
            "tags": self._delivery.translated(tags),
            "experiment_id": self._experiments.at_server(content["experiment_id"]),
        }
        run = runs.create(self._connection, given, local_id)
        self._outbox.add_run(run.info.run_id, run.info.run_id, run, is_own=True)
        return run

    def _here(self, content: Mapping[str, Any], local_id: str, *, is_uncertain: bool) -> Run:
        run = runs.provisional(self._connection, content, local_id)
        self._outbox.add_run(local_id, None, run, is_own=True, create=operations.pack(content))
        if is_uncertain:  # the server may have made it, and only the answer was lost
            self._outbox.attempt(local_id, _EVERYTHING)
        _log.warning(
            "Run '%s' begins on this machine as %s, for the tracking server %s does not answer. "
            "It is made there, with another id, when it answers; `tracker sync` does that too.",
            run.info.run_name,
            local_id,
            self._connection.address.base,
        )
        return run
