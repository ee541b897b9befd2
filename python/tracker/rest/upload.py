"""A file on its way from a client into a run: received piece by piece, written on a thread."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import suppress

from tracker.artifacts import Artifacts
from tracker.rest.failures import BAD_REQUEST, ProtocolError

PIECES = 8
"""Pieces that wait for the disk before the client has to."""
PATIENCE = 60.0
"""Seconds without a piece after which a client's file is given up, and its thread is free."""


class Upload:
    """One file. It takes its place when all of it has arrived, or is never seen."""

    def __init__(self, executor: Executor, files: Artifacts, path: str) -> None:
        self._pieces: queue.Queue[bytes | None] = queue.Queue(PIECES)
        self._is_abandoned = False
        self._written = asyncio.get_running_loop().run_in_executor(
            executor, files.put, path, self._arriving()
        )

    async def write(self, piece: bytes) -> None:
        """Take a piece; wait where the disk is behind. Ends at once where writing has failed."""
        await self._hand_on(piece)

    async def finish(self) -> None:
        """Put the file in its place. Raises what writing it raised."""
        await self._hand_on(None)
        await self._written

    def abandon(self) -> None:
        """Forget the file, now: what waits to be written is dropped."""
        self._is_abandoned = True
        self._written.add_done_callback(_forget)
        with suppress(queue.Empty):
            while True:
                self._pieces.get_nowait()
        with suppress(queue.Full):
            self._pieces.put_nowait(None)

    async def _hand_on(self, piece: bytes | None) -> None:
        """Give a piece to the writing thread; None tells it that nothing more comes."""
        while not self._written.done() and not self._is_abandoned:
            try:
                self._pieces.put_nowait(piece)
                return
            except queue.Full:
                await asyncio.sleep(0.002)

    def _arriving(self) -> Iterator[bytes]:
        try:
            while (piece := self._pieces.get(timeout=PATIENCE)) is not None:
                yield piece
        except queue.Empty:
            self._is_abandoned = True
        if self._is_abandoned:
            raise ProtocolError(BAD_REQUEST, "The file did not arrive to its end.")


def _forget(written: asyncio.Future[None]) -> None:
    """Take note of what writing raised: nobody is left to be told."""
    if not written.cancelled():
        written.exception()
