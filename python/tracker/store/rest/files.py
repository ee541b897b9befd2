"""What becomes of the artifacts that a server hands through, also while it does not answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tracker.errors import NotFound, StoreError
from tracker.remote import known as known_servers
from tracker.remote.connection import Connection
from tracker.remote.errors import Unreachable
from tracker.store.rest.outbox import KnownRun, Outbox
from tracker.store.rest.sender import Sender
from tracker.store.rest.spooling import operation, spool, upload


class Files:
    """A `tracker.remote.known.Keeper`: uploads at once, or keeps what cannot be uploaded now."""

    def __init__(self, connection: Connection, outbox: Outbox, sender: Sender) -> None:
        self._connection = connection
        self._outbox = outbox
        self._sender = sender

    def keep_file(self, path: str, source: Path | Iterable[bytes]) -> None:
        """Send a file, or keep it until it can be sent. `path` is that of the proxy.

        Raises StoreError, and what producing the bytes raises.
        """
        run, inside = self._run_of(path)
        if isinstance(source, Path):
            if not self._uploaded(run, path, source):
                self._wait(run, inside, spool(self._outbox, source))
            return
        spooled = spool(self._outbox, source)
        try:
            is_uploaded = self._uploaded(run, path, spooled)
        except BaseException:
            spooled.unlink(missing_ok=True)
            raise
        if is_uploaded:
            spooled.unlink(missing_ok=True)
        else:
            self._wait(run, inside, spooled)

    def send_files(self, path: str) -> str:
        """Send what waits for a run, and return the path that the server knows its files by.

        Raises Unreachable, StoreError.
        """
        run, inside = self._run_of(path)
        if run is None:
            return path
        if trouble := self._sender.flush(run.local_id):
            raise trouble
        known = self._outbox.find(run.local_id) or run
        if known.run_id is None:
            raise StoreError("The server refused the run that these artifacts belong to.")
        place = known_servers.proxied_path(self._connection, known.snapshot.info.artifact_uri)
        if place is None:
            raise StoreError(
                f"The run has the id {known.run_id} at the server, and its artifacts are at "
                f"{known.snapshot.info.artifact_uri}. Ask for them there."
            )
        return f"{place}/{inside}".rstrip("/")

    def _uploaded(self, run: KnownRun | None, path: str, file: Path) -> bool:
        """Return whether the server has the file now. Raises what it refuses it with."""
        is_new = run is not None and run.run_id is None
        # A file that waits must not come after a newer one of the same name.
        if is_new or (run is not None and self._outbox.has_files(run.local_id)):
            return False
        if run is not None and self._sender.is_offline:
            return False
        try:
            upload(self._connection, path, file)
        except Unreachable:
            if run is None:
                raise
            return False
        return True

    def _wait(self, run: KnownRun | None, inside: str, spooled: Path) -> None:
        if run is None:
            raise NotFound("These artifacts belong to no run that is known here.")
        self._outbox.append(run.local_id, [operation(inside, spooled)])
        self._sender.wake()

    def _run_of(self, path: str) -> tuple[KnownRun | None, str]:
        """Return the run that a path of the proxy belongs to, and the path among its files."""
        parts = path.split("/")
        for place, part in enumerate(parts[1:], 1):
            if part == "artifacts":
                run = self._outbox.find(parts[place - 1])
                return run, "/".join(parts[place + 1 :])
        return None, path
