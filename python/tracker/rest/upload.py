"""A file on its way from a client into a run: received piece by piece, written on a thread."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from tracker.artifacts import Artifacts
from tracker.artifacts.paths import artifact_file

PIECES = 8
"""Pieces that wait for the disk before the client has to."""


class Abandoned(Exception):
    """The client left before the end of its file."""


class Upload:
    """One file. It takes its place when all of it has arrived, or is never seen."""

    def __init__(self, executor: Executor, files: Artifacts, path: str) -> None:
        self._pieces: queue.Queue[bytes | None] = queue.Queue(PIECES)
        self._abandoned = False
        self._ending: asyncio.Future[None] | None = None
        self._written = asyncio.get_running_loop().run_in_executor(executor, self._put, files, path)

    @classmethod
    async def begin(cls, executor: Executor, find: Callable[[], tuple[Artifacts, str]]) -> Upload:
        """Return an upload to where `find` says. Raises what it raises, InvalidValue."""

        def found() -> tuple[Artifacts, str]:
            files, path = find()
            return files, artifact_file(path)

        files, path = await asyncio.get_running_loop().run_in_executor(executor, found)
        return cls(executor, files, path)

    async def write(self, piece: bytes) -> None:
        """Take a piece; wait where the disk is behind. Ends at once where writing has failed."""
        await self._hand_on(piece)

    async def finish(self) -> None:
        """Put the file in its place. Raises what writing it raised."""
        await self._hand_on(None)
        await self._written

    def abandon(self) -> None:
        """Forget the file."""
        if not self._written.done():
            self._abandoned = True
            self._written.add_done_callback(lambda done: done.exception())
            self._ending = asyncio.ensure_future(self._hand_on(None))

    async def _hand_on(self, piece: bytes | None) -> None:
        """Give a piece to the writing thread; None tells it that nothing more comes."""
        while not self._written.done():
            try:
                self._pieces.put_nowait(piece)
                return
            except queue.Full:
                await asyncio.sleep(0.002)

    def _put(self, files: Artifacts, path: str) -> None:
        files.put(path, self._arriving())

    def _arriving(self) -> Iterator[bytes]:
        while (piece := self._pieces.get()) is not None:
            yield piece
        if self._abandoned:
            raise Abandoned
