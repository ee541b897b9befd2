"""What waits in the outboxes of this machine, and sending all of it: what `tracker sync` does."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.errors import StoreError
from tracker.remote import address, credentials
from tracker.store.rest import operations, places
from tracker.store.rest.operations import Operation
from tracker.store.rest.outbox import KnownRun, Outbox
from tracker.store.rest.outbox_file import server_of
from tracker.store.rest.store import RestStore

_log = logging.getLogger("tracker")


@dataclass
class RunReport:
    """What waits of one run, and what the server refused, with its words.

    `run_id` is None while the server does not have the run.
    """

    local_id: str
    run_id: str | None
    run_name: str
    waiting: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


@dataclass
class Report:
    """One server's outbox. `trouble` says why not all was sent that waits."""

    server: str
    runs: list[RunReport]
    sent: dict[str, int] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """Runs that the server has now: the id there, by the id here."""
    discarded: int = 0
    trouble: str | None = None

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left here."""
        return self.trouble is None and not any(it.waiting or it.refused for it in self.runs)


def servers() -> Iterator[tuple[str, Path]]:
    """Yield the tracking URIs of the servers for which there are outboxes, with their folders."""
    for folder in places.existing_outboxes():
        try:
            server = server_of(folder)
        except StoreError as error:  # it must not hide the others
            _log.warning("An outbox is left out: %s", error.message)
            continue
        yield server, folder


def look(server: str, folder: Path) -> Report:
    """Return what is in an outbox, without asking the server."""
    outbox = Outbox(folder, server)
    try:
        return Report(server, _runs(outbox))
    finally:
        outbox.close()


def sync(uri: str, *, discard_refused: bool = False) -> Report:
    """Send what waits for a server, and what it refused before once more; or discard that.

    Runs whose process died end as KILLED. Raises InvalidValue (the URI), StoreError.
    """
    place, user = address.parse(uri)
    if user is not None:
        credentials.remember(place, user)
    store = RestStore(place)
    try:
        outbox = store.outbox
        store.end_dead_runs()
        discarded = outbox.discard_refused() if discard_refused else 0
        outbox.ask_again()
        before = _runs(outbox)
        trouble: StoreError | None
        try:
            trouble = store.send()
        except StoreError as error:
            trouble = error
        after = _runs(outbox)
        report = Report(place.uri, after, _difference(before, after), discarded=discarded)
        report.made = _made(outbox, before)
        report.trouble = None if trouble is None else trouble.message
        return report
    finally:
        store.close(send=False)


def _runs(outbox: Outbox) -> list[RunReport]:
    found: dict[str, RunReport] = {}
    for operation, refusal in outbox.everything():
        report = found.get(operation.local_id)
        if report is None:
            report = found[operation.local_id] = _report(operation, outbox)
        counts = report.waiting if refusal is None else report.refused
        _count(operation, counts)
        if refusal is not None and refusal not in report.reasons:
            report.reasons.append(refusal)
    return list(found.values())


def _report(operation: Operation, outbox: Outbox) -> RunReport:
    known: KnownRun | None = outbox.find(operation.local_id)
    if known is None:
        return RunReport(operation.local_id, None, "")
    return RunReport(known.local_id, known.run_id, known.snapshot.info.run_name)


def _count(operation: Operation, counts: dict[str, int]) -> None:
    """Add what an operation holds, in the words people have for it."""
    if operation.kind in (operations.POINT, operations.LOG):
        logged = operations.logged(operation)
        parts = (("points", logged.metrics), ("params", logged.params), ("tags", logged.tags))
        amounts = [(name, len(part)) for name, part in parts]
    else:
        names = {
            operations.CREATE: "new runs",
            operations.UPDATE: "changes of state",
            operations.INPUTS: "data sets",
            operations.FILE: "files",
        }
        amounts = [(names[operation.kind], 1)]
    for name, amount in amounts:
        if amount:
            counts[name] = counts.get(name, 0) + amount


def _difference(before: Sequence[RunReport], after: Sequence[RunReport]) -> dict[str, int]:
    """Return what waited and is here no more."""
    sent: dict[str, int] = {}
    for sign, reports in ((1, before), (-1, after)):
        for report in reports:
            for counts in (report.waiting, report.refused):
                for name, amount in counts.items():
                    sent[name] = sent.get(name, 0) + sign * amount
    return {name: amount for name, amount in sent.items() if amount > 0}


def _made(outbox: Outbox, before: Sequence[RunReport]) -> dict[str, str]:
    made = {}
    for report in before:
        known = outbox.find(report.local_id) if report.run_id is None else None
        if known is not None and known.run_id is not None:
            made[report.local_id] = known.run_id
    return made
