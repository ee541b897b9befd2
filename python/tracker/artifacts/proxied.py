"""The files of a run that its tracking server hands through: `mlflow-artifacts://host:port/path`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from tracker.artifacts.paths import artifact_file, artifact_path, named_path
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.remote import known

_MOST_ENTRIES = 1_000_000


class ProxiedArtifacts:
    """See `tracker.artifacts.base.Artifacts`. While the server does not answer, files wait.

    The server must have been opened as a store; every method raises StoreError where it was not.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri.rstrip("/")

    @property
    def uri(self) -> str:
        """The URI under which the files lie."""
        return self._uri

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a file from its bytes, in pieces. What producing them raises passes unchanged."""
        plain = artifact_file(path)
        server, root = known.find(self._uri)
        server.keeper.keep_file(f"{root}/{plain}", chunks)

    def put_file(self, source: Path, path: str) -> None:
        """Copy a file to `path`. Raises NotFound where there is no such source."""
        plain = artifact_file(path)
        if source.is_dir():
            raise InvalidValue(f"{source} is a folder. Log it with log_artifacts.")
        if not source.exists():
            raise NotFound(f"There is no file {source} to log (from {Path.cwd()}).")
        server, root = known.find(self._uri)
        server.keeper.keep_file(f"{root}/{plain}", source)

    def list(self, path: str = "") -> list[FileInfo]:
        """Return the entries of a folder by name; of a file or of nothing, none."""
        plain = artifact_path(path)
        server, root = self._sent()
        answer = server.connection.list_files(f"{root}/{plain}".rstrip("/"))
        entries = answer.get("files", [])
        if not isinstance(entries, list) or len(entries) > _MOST_ENTRIES:
            raise StoreError(f"The listing of {self._uri} makes no sense.")
        found = [_file_info(entry, plain) for entry in entries]
        return sorted((it for it in found if it is not None), key=lambda it: it.path)

    def open(self, path: str) -> BinaryIO:
        """Return the file, open for reading. Raises NotFound."""
        plain = artifact_path(path)
        server, root = self._sent()
        missing = NotFound(f"The run has no artifact file '{plain}' at {self._uri}.")
        if not plain:
            raise missing
        try:
            return server.connection.download(f"{root}/{plain}")
        except StoreError:
            # MLflow's server fails, with 500, on what is not there.
            if not self.is_file(plain):
                raise missing from None
            raise
        except (NotFound, InvalidValue):
            raise missing from None

    def is_file(self, path: str) -> bool:
        """Return whether there is a file at this path."""
        plain = artifact_path(path)
        folder = plain.rpartition("/")[0]
        return any(it.path == plain and not it.is_dir for it in self.list(folder))

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; what is absent passes."""
        plain = named_path(path)
        server, root = self._sent()
        if any(it.path == plain for it in self.list(plain.rpartition("/")[0])):
            server.connection.remove_files(f"{root}/{plain}")

    def _sent(self) -> tuple[known.Server, str]:
        """Return the server and the path there, with nothing waiting to be sent."""
        server, root = known.find(self._uri)
        return server, server.keeper.send_files(root)


def _file_info(entry: object, folder: str) -> FileInfo | None:
    """Return an entry of the server's listing; None for what cannot be a name in the folder."""
    if not isinstance(entry, dict):
        return None
    name, size = entry.get("path"), entry.get("file_size")
    if not isinstance(name, str):
        return None
    try:
        plain = artifact_path(name)
    except InvalidValue:
        return None
    if not plain or "/" in plain:
        return None
    is_dir = entry.get("is_dir") is True
    if isinstance(size, str) and size.isdecimal() and len(size) < 20:
        size = int(size)
    known_size = size if type(size) is int and not is_dir else None
    return FileInfo(f"{folder}/{plain}" if folder else plain, is_dir, known_size)
