"""Artifacts that wait for their server: kept beside the outbox, sent like everything else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from tracker.errors import StoreError
from tracker.remote import known as known_servers
from tracker.remote.connection import Connection
from tracker.store.rest import operations
from tracker.store.rest.operations import Operation
from tracker.store.rest.outbox import Outbox

_CHUNK = 1024 * 1024


def spool(outbox: Outbox, source: Path | Iterable[bytes]) -> Path:
    """Keep the bytes of a file in the outbox. Raises StoreError, and what `source` raises."""
    target = outbox.files / os.urandom(16).hex()
    try:
        outbox.files.mkdir(mode=0o700, exist_ok=True)
        with target.open("xb") as file:
            if isinstance(source, Path):
                with source.open("rb") as original:
                    shutil.copyfileobj(original, file, _CHUNK)
            else:
                for chunk in source:
                    file.write(chunk)
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreError(f"The artifact cannot be kept in {outbox.files}: {error}.") from error
        raise
    return target


def operation(path: str, file: Path) -> tuple[str, bytes]:
    """Return what sends a spooled file to a path below the run's artifacts."""
    return operations.FILE, operations.pack({"path": path, "file": file.name})


def send(connection: Connection, artifact_uri: str, outbox: Outbox, waiting: Operation) -> None:
    """Put a spooled file where the run's artifacts are. Raises Unreachable, StoreError."""
    content = waiting.content
    file = outbox.files / str(content["file"])
    if not file.is_file():
        raise StoreError(f"The file {file}, which waits to be sent, is gone.")
    place = known_servers.proxied_path(connection, artifact_uri)
    if place is not None:
        upload(connection, f"{place}/{content['path']}", file)
    else:
        _put_elsewhere(f"{artifact_uri.rstrip('/')}/{content['path']}", file)


def upload(connection: Connection, path: str, file: Path) -> None:
    """Send a file to a path of the proxy. Raises Unreachable, StoreError."""
    connection.upload(path, _chunks_of(file), file.stat().st_size)


def _chunks_of(file: Path) -> Iterable[bytes]:
    """Yield a file in pieces."""
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _put_elsewhere(uri: str, file: Path) -> None:
    """Write to a place that clients write to themselves, such as s3://."""
    import fsspec

    try:
        with fsspec.open(uri, "wb", auto_mkdir=True) as target:
            for chunk in _chunks_of(file):
                target.write(chunk)
    except Exception as error:  # every kind of place has errors of its own
        raise StoreError(f"{uri} did not take an artifact: {error}.") from error
