"""Sends what waits for a run, in the order stored, and takes off what the server has confirmed.

Points are what must not be sent twice. Before a request goes out, the outbox is told how far it
reaches; an operation that may have been done before is compared with what the server has. Params,
tags, data sets, files and the run's end are the same when they are said again. A run is made with a
tag of its own (`answers.LOCAL_ID`), by which it is found where the answer was lost.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tracker.entities import Metric, Run, RunStatus
from tracker.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, TrackerError
from tracker.remote.connection import Connection
from tracker.remote.errors import NoSuchEndpoint, Refused
from tracker.store.rest import (
    answers,
    histories,
    operations,
    requests,
    runs,
    snapshots,
    spooling,
    summaries,
)
from tracker.store.rest.experiments import Experiments
from tracker.store.rest.operations import Operation
from tracker.store.rest.outbox import KnownRun, Outbox

PARENT = "mlflow.parentRunId"
AT_ONCE = 1000
"""Operations that are looked at for one request, where none of them was refused."""
FOR_GOOD = (InvalidValue, NotFound, InvalidState, AlreadyExists, Refused)
"""Refusals that saying it again would not change."""

_log = logging.getLogger("tracker")


class Delivery:
    """Sends from one outbox over one connection; one thread at a time."""

    def __init__(self, connection: Connection, outbox: Outbox, experiments: Experiments) -> None:
        self._connection = connection
        self._outbox = outbox
        self._experiments = experiments
        self._at_once = AT_ONCE
        self._told: set[tuple[str, str]] = set()

    def deliver_next(self, local_id: str, up_to: int) -> bool:
        """Send the next request for a run; return whether there was anything to send.

        Operations after the number `up_to` are left for later.

        What the server refuses for good is set aside. Raises Unreachable, NotAllowed, StoreError.
        """
        known = self._outbox.find(local_id)
        waiting = self._outbox.next(local_id, AT_ONCE, up_to)
        if not waiting:
            return False
        if known is None:  # it was removed while another process logged to it
            self._outbox.refuse(waiting, "The run was removed before the server had it.")
            return True
        if waiting[0].kind in (operations.POINT, operations.LOG):
            batch = requests.first_batch(waiting[: self._at_once])
            doing: Sequence[Operation] = batch.operations
        else:
            batch, doing = requests.Batch(), waiting[:1]
        try:
            self._do(known, doing, batch)
        except NoSuchEndpoint as error:
            if doing[0].kind != operations.INPUTS:
                raise
            self._refuse(known, doing, error)
        except FOR_GOOD as error:
            self._refused(known, doing, error)
        else:
            self._at_once = min(AT_ONCE, 2 * self._at_once)
        return True

    def _do(self, known: KnownRun, doing: Sequence[Operation], batch: requests.Batch) -> None:
        first = doing[0]
        if first.kind == operations.CREATE:
            self._create(known, first)
            return
        if known.run_id is None:
            raise InvalidState("The run itself was refused by the server, so this cannot be sent.")
        if first.kind == operations.UPDATE:
            self._update(known.run_id, first)
        elif first.kind == operations.INPUTS:
            body = requests.log_inputs(known.run_id, operations.inputs_of(first))
            self._connection.post("runs/log-inputs", body)
        elif first.kind == operations.FILE:
            spooling.send(self._connection, known.snapshot.info.artifact_uri, self._outbox, first)
        else:
            self._log(known, known.run_id, batch)
        self._outbox.done(doing, snapshots.after(known.snapshot, doing))

    # -- the run itself ---------------------------------------------------------------------

    def _create(self, known: KnownRun, operation: Operation) -> None:
        content = operation.content
        experiment_id = self._experiments.at_server(content["experiment_id"])
        run = None
        if known.attempted >= operation.seq:
            run = self._find_created(experiment_id, known.local_id)
        if run is None:
            self._outbox.attempt(known.local_id, operation.seq)
            run = runs.create(
                self._connection,
                {
                    **content,
                    "experiment_id": experiment_id,
                    "tags": self.translated(content["tags"]),
                },
                known.local_id,
            )
        self._outbox.created(operation, run)
        _log.warning(
            "Run '%s', begun as %s while the tracking server did not answer, has the id %s there.",
            run.info.run_name,
            known.local_id,
            run.info.run_id,
        )

    def _find_created(self, experiment_id: str, local_id: str) -> Run | None:
        body = {
            "experiment_ids": [experiment_id],
            "filter": f"tags.`{answers.LOCAL_ID}` = '{local_id}'",
            "run_view_type": "ALL",
            "max_results": 1,
        }
        found = list(answers.parts(self._connection.search("runs/search", body), "runs"))
        return runs.decoded(self._connection, found[0]) if found else None

    def translated(self, tags: dict[str, str]) -> dict[str, str]:
        """Return tags in which the parent has the id that it got at the server."""
        parent = self._outbox.find(tags[PARENT]) if PARENT in tags else None
        if parent is None or parent.run_id is None:
            return tags
        return {**tags, PARENT: parent.run_id}

    def _update(self, run_id: str, operation: Operation) -> None:
        changed = operation.content
        if changed.pop(operations.IF_RUNNING, False):
            answer = self._connection.get("runs/get", [("run_id", run_id)])
            run = runs.decoded(self._connection, answers.part(answer, "run"))
            if run.info.status != RunStatus.RUNNING:
                return
        self._connection.post("runs/update", {"run_id": run_id, **changed})

    # -- what is logged ---------------------------------------------------------------------

    def _log(self, known: KnownRun, run_id: str, batch: requests.Batch) -> None:
        metrics = batch.metrics
        if metrics:
            if known.attempted >= batch.operations[0].seq:
                metrics = self._missing(run_id, metrics)
            self._outbox.attempt(known.local_id, batch.operations[-1].seq)
        batch.tags = self.translated(batch.tags)
        if metrics or batch.params or batch.tags:
            self._connection.post("runs/log-batch", requests.log_batch(run_id, batch, metrics))
        name = batch.tags.get(snapshots.NAME_TAG)
        if name:
            self._connection.post("runs/update", {"run_id": run_id, "run_name": name})
        for key in batch.removed_tags:
            self._remove_tag(run_id, key)

    def _missing(self, run_id: str, metrics: Sequence[Metric]) -> list[Metric]:
        """Return the points that the server does not have."""
        there: set[tuple[str, str, int, int]] = set()
        for key in {it.key for it in metrics}:
            found = histories.read(self._connection, run_id, key)
            columns = (found.values.tolist(), found.timestamps.tolist(), found.steps.tolist())
            there |= {(key, summaries.stored(v), t, s) for v, t, s in zip(*columns, strict=True)}
        return [
            it
            for it in metrics
            if (it.key, summaries.stored(it.value), it.timestamp, it.step) not in there
        ]

    def _remove_tag(self, run_id: str, key: str) -> None:
        try:
            self._connection.post("runs/delete-tag", {"run_id": run_id, "key": key})
        except NotFound as error:
            if "tag" not in error.message.lower():
                raise

    # -- refusals ---------------------------------------------------------------------------

    def _refused(self, known: KnownRun, doing: Sequence[Operation], error: TrackerError) -> None:
        """Set aside what was refused; of several operations, look for the one in half of them."""
        is_about_the_run = isinstance(error, NotFound | InvalidState)
        if len(doing) > 1 and not is_about_the_run:
            self._at_once = len(doing) // 2
            return
        self._refuse(known, doing, error)

    def _refuse(self, known: KnownRun, doing: Sequence[Operation], error: TrackerError) -> None:
        self._outbox.refuse(doing, error.message)
        self._at_once = AT_ONCE
        if (known.local_id, error.message) in self._told:
            return
        self._told.add((known.local_id, error.message))
        _log.warning(
            "The tracking server %s refused what was logged to run %s: %s It is kept here; "
            "`tracker sync --list` shows it, `tracker sync` asks again.",
            self._connection.address.base,
            known.run_id or known.local_id,
            error.message,
        )
