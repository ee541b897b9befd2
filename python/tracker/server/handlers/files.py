"""The routes of runs' files: listed, sent whole or in part, looked into, packed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from tracker.errors import TrackerError
from tracker.rest.ranges import asked_range
from tracker.server.encoding import encode
from tracker.server.handlers.route import RUN, DataRoute, Route

if TYPE_CHECKING:
    from tracker.server.files.openfile import OpenArtifact
    from tracker.server.wire import FindAnswer, ModelAnswer, TableAnswer


class FileRoute(DataRoute):
    """A route about the files of one run."""

    def open_file(self, run_id: str) -> OpenArtifact:
        """Return the file that the request names; called on a thread."""
        from tracker.server.files.openfile import open_artifact

        artifacts = self.backend.service.places.files_of(self.argument("folder"), run_id)
        return open_artifact(artifacts, self.argument("path"))

    def be_a_download(self, name: str, media_type: str) -> None:
        """Say that what follows is to be saved, and not to be shown as a page."""
        self.set_attachment_header(name)
        self.set_header("Content-Type", media_type)
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")


class ArtifactsHandler(DataRoute):
    """GET runs/<run_id>/artifacts."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write an ArtifactsAnswer."""
        folder, path = self.argument("folder"), self.argument("path")
        await self.reply(self.backend.service.artifacts, folder, run_id, path)


class ArtifactHandler(FileRoute):
    """GET runs/<run_id>/artifact."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write the bytes of a file, or the Range of them that is asked for."""
        # Another site may name this URL in an <img> or <script>; it gets nothing.
        self.check_xsrf_cookie()
        try:
            artifact = await self.backend.run(partial(self.open_file, run_id))
        except TrackerError as error:
            await self.refuse(error)
            return
        # Whoever asked may leave before the end; nobody is there to be told then.
        with artifact.file, suppress(StreamClosedError):
            await self._send(artifact)

    async def _send(self, artifact: OpenArtifact) -> None:
        asked = asked_range(self.request.headers, artifact.size)
        self.set_header("Accept-Ranges", "bytes")
        # JupyterLab's own requests are not cached; those of players are, and a file may change.
        self.set_header("Cache-Control", "no-cache")
        if asked is None:
            self.set_header("Content-Range", f"bytes */{artifact.size}")
            self.set_status(416)
            message = "The file ends before the part that was asked for."
            await self.send(encode({"error_code": "BAD_REQUEST", "message": message}))
            return
        self.be_a_download(artifact.name, artifact.media_type)
        self.set_header("Content-Length", len(asked))
        if len(asked) < artifact.size:
            self.set_status(206)
            last = asked.stop - 1
            self.set_header("Content-Range", f"bytes {asked.start}-{last}/{artifact.size}")
        if asked.start:
            await self.backend.run(partial(artifact.file.seek, asked.start))
        left = len(asked)
        # A file that grows meanwhile is sent as long as it was said to be.
        while left and (chunk := await self.backend.run(partial(artifact.read, left))):
            left -= len(chunk)
            self.write(chunk)
            await self.flush()
        await self.finish(set_content_type=artifact.media_type)


class TableHandler(FileRoute):
    """GET runs/<run_id>/artifact/table."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write a TableAnswer."""
        await self.reply(self._table, run_id)

    def _table(self, run_id: str) -> TableAnswer:
        from tracker.server.files.tables import read_table
        from tracker.server.files.tables.window import parse_window

        asked = [self.argument(name) for name in ("row", "rows", "column", "columns")]
        window = parse_window(*asked)
        artifact = self.open_file(run_id)
        with artifact.file:
            return read_table(artifact, window)


class FindHandler(FileRoute):
    """GET runs/<run_id>/artifact/find."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write a FindAnswer."""
        await self.reply(self._found, run_id)

    def _found(self, run_id: str) -> FindAnswer:
        from tracker.server.files.finding import find_text

        offset = self.argument("offset")
        begin = int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < 20 else 0
        artifact = self.open_file(run_id)
        with artifact.file:
            return find_text(artifact, self.argument("text"), begin)


class ModelHandler(FileRoute):
    """GET runs/<run_id>/artifact/model."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write a ModelAnswer."""
        await self.reply(self._model, run_id)

    def _model(self, run_id: str) -> ModelAnswer:
        from tracker.server.files.mlmodel import read_model

        artifact = self.open_file(run_id)
        with artifact.file:
            return read_model(artifact)


class ZipHandler(FileRoute):
    """GET runs/<run_id>/artifacts/zip."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write an archive of a folder's files."""
        self.check_xsrf_cookie()
        try:
            name, pieces = await self.backend.run(partial(self._begin, run_id))
        except TrackerError as error:
            await self.refuse(error)
            return
        self.be_a_download(name, "application/zip")
        try:
            with suppress(StreamClosedError):
                while (piece := await self.backend.run(partial(next, pieces, None))) is not None:
                    if piece:
                        self.write(piece)
                        await self.flush()
                await self.finish(set_content_type="application/zip")
        except TrackerError as error:
            # An archive that ends early must not pass for a whole one.
            self.log.warning("An archive of %s was broken off: %s", run_id, error.message)
            self.detach().close()
        finally:
            await self.backend.run(pieces.close)

    def _begin(self, run_id: str) -> tuple[str, Generator[bytes, None, None]]:
        from tracker.server.files.zipping import zip_name, zipped

        folder, path = self.argument("folder"), self.argument("path")
        places = self.backend.service.places
        run = places.run(folder, run_id)
        pieces = zipped(places.readable_files(folder, run), path)
        return zip_name(run.info.run_name, path), pieces


FILE_ROUTES: list[tuple[str, type[Route]]] = [
    (rf"{RUN}/artifacts", ArtifactsHandler),
    (rf"{RUN}/artifacts/zip", ZipHandler),
    (rf"{RUN}/artifact", ArtifactHandler),
    (rf"{RUN}/artifact/table", TableHandler),
    (rf"{RUN}/artifact/find", FindHandler),
    (rf"{RUN}/artifact/model", ModelHandler),
]
