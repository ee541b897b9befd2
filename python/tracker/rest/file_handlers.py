"""Files over HTTP: sent and taken in piece by piece, never shown by a browser."""

from __future__ import annotations

import mimetypes
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from tornado import web
from tornado.iostream import StreamClosedError

from tracker.rest.failures import ProtocolError, invalid
from tracker.rest.handlers import Handler
from tracker.rest.message import answered
from tracker.rest.ranges import asked_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.rest.artifacts import OpenFile
    from tracker.rest.backend import Backend
    from tracker.rest.service import Service
    from tracker.rest.upload import Upload

UPLOAD_LIMIT = 1024**4
"""Bytes of one file."""
CHUNK = 256 * 1024
_SAFE_TYPES = frozenset({"text/plain", "text/csv", "application/json", "application/pdf"})
_SAFE_KINDS = ("image/", "audio/", "video/")


class DownloadHandler(Handler):
    """What sends files."""

    async def send(self, find: Callable[[Service], OpenFile]) -> None:
        """Answer with a file, or the part of it that is asked for."""
        try:
            found = await self.ask(find)
        except Exception as error:
            self.refuse(error)
            return
        # Whoever asked may leave before the end; nobody is there to be told then.
        with found.file, suppress(StreamClosedError):
            await self._send(found)

    async def _send(self, found: OpenFile) -> None:
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(found.name)}")
        self.set_header("Accept-Ranges", "bytes")
        asked = asked_range(self.request.headers, found.size)
        if asked is None:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{found.size}")
            self.write_error(416)
            return
        self.set_header("Content-Type", media_type(found.name))
        self.set_header("Content-Length", len(asked))
        if len(asked) < found.size:
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {asked.start}-{asked.stop - 1}/{found.size}")
        await self._send_part(found, asked)

    async def _send_part(self, found: OpenFile, part: range) -> None:
        if part.start:
            await self.backend.run(partial(found.file.seek, part.start))
        left = len(part)
        # A file that grows meanwhile is sent as long as it was said to be.
        while left and (
            chunk := await self.backend.run(partial(found.file.read, min(left, CHUNK)))
        ):
            left -= len(chunk)
            self.write(chunk)
            await self.flush()
        await self.finish()


def media_type(name: str) -> str:
    """Return what a file is told to be: nothing that a browser would run or render as a page."""
    guessed, encoding = mimetypes.guess_type(name)
    if guessed is None or encoding is not None or guessed == "image/svg+xml":
        return "application/octet-stream"
    is_safe = guessed in _SAFE_TYPES or guessed.startswith(_SAFE_KINDS)
    return guessed if is_safe else "application/octet-stream"


class ArtifactHandler(DownloadHandler):
    """GET get-artifact: a file of a run."""

    async def get(self) -> None:
        """Send it."""
        from tracker.rest.artifacts import open_file_of_run

        run_id = self.get_query_argument("run_id", "") or self.get_query_argument("run_uuid", "")
        path = self.get_query_argument("path", "", strip=False)
        if not run_id or not path:
            self.refuse(invalid("Request must specify run_uuid and path."))
            return
        await self.send(lambda service: open_file_of_run(service, run_id, path))


class ModelArtifactHandler(DownloadHandler):
    """GET logged-models/<id>/artifacts/files: a file of a logged model."""

    async def get(self, model_id: str) -> None:
        """Send it."""
        from tracker.rest.artifacts import open_file_of_model

        path = self.get_query_argument("artifact_file_path", "", strip=False)
        await self.send(lambda service: open_file_of_model(service, model_id, path))


class ProxyFolderHandler(Handler):
    """GET mlflow-artifacts/artifacts?path=: a folder."""

    async def get(self) -> None:
        """List it."""
        from tracker.rest.artifacts import list_folder

        path = self.get_query_argument("path", "", strip=False)
        try:
            self.reply(answered(await self.ask(lambda service: list_folder(service, path))))
        except Exception as error:
            self.refuse(error)


class ProxyHandler(DownloadHandler):
    """GET, PUT and DELETE mlflow-artifacts/artifacts/<path>: a file."""

    body_limit = UPLOAD_LIMIT
    body_seconds = None
    _upload: Upload | None = None

    async def prepare(self) -> None:
        """Begin to keep what arrives, before all of it has."""
        await super().prepare()
        if self._finished or self.request.method != "PUT":
            return
        from tracker.rest.artifacts import place
        from tracker.rest.upload import Upload

        path = self.path_args[0]
        try:
            target = await self.ask(lambda service: place(service, path))
            self._upload = Upload(self.backend.uploads, *target)
        except Exception as error:
            self.refuse(error)

    async def data_received(self, chunk: bytes) -> None:
        """Hand on a piece; the client waits while the disk is slower."""
        if self._upload is not None:
            await self._upload.write(chunk)

    def on_connection_close(self) -> None:
        """Forget a file whose client has left."""
        super().on_connection_close()
        if self._upload is not None:
            self._upload.abandon()

    async def get(self, path: str) -> None:
        """Send it."""
        from tracker.rest.artifacts import open_file

        await self.send(lambda service: open_file(service, path))

    async def put(self, path: str) -> None:
        """Put it in its place."""
        assert self._upload is not None  # prepare() began it, or answered already
        try:
            await self._upload.finish()
        except Exception as error:
            self.refuse(error)
            return
        self.reply(answered({}))

    async def delete(self, path: str) -> None:
        """Remove it."""
        from tracker.rest.artifacts import delete

        try:
            self.reply(answered(await self.ask(lambda service: delete(service, path))))
        except Exception as error:
            self.refuse(error)


class UnsupportedHandler(Handler):
    """What MLflow's clients try with large files, and do without where they are told this.

    Files go through this server in one request, both ways: nothing is kept in memory, so parts
    would gain nothing, and a signed URL of an object store would pass by who may ask.
    """

    def initialize(self, backend: Backend, what: str = "") -> None:
        """Take what is not supported."""
        super().initialize(backend)
        self._what = what

    def post(self, *path: str) -> None:
        """Say so."""
        # The words by which MLflow's client knows to send the file as a whole.
        message = f"{self._what} is not supported for the current artifact repository"
        self.refuse(ProtocolError("NOT_IMPLEMENTED", message))


class UnsupportedReadHandler(UnsupportedHandler):
    """The same, where it is read."""

    get = UnsupportedHandler.post
    post = web.RequestHandler._unimplemented_method
